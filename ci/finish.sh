#!/usr/bin/env bash
# Fail the job, now that the good data is safe, where something failed or the gate is reached.
. "$(dirname "$0")/common.sh"
collected="$(noted collect.code)" compared="$(noted diff.code)"
code=0
if ! compared "${compared:-1}"; then
  code="${compared:-1}"
  echo "::error title=planner diff::Nothing could be compared (exit code $code)"
elif [[ $compared == 3 ]]; then
  code=3
  echo "::error title=planner diff::A provider's file could not be read"
elif [[ $compared == 10 ]]; then
  code=10
  echo "::error title=planner diff::A change is as bad as $FAIL_ON; see the step summary"
fi
if [[ ${collected:-0} != 0 ]]; then
  code="$collected"
  echo "::error title=planner collect::Not everything was read (exit code $code)"
fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
