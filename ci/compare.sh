#!/usr/bin/env bash
# Compare the newest snapshots with those of the run before: counts, one line, step summary.
. "$(dirname "$0")/common.sh"
collected="$(noted collect.code)"
before="$(find "$SNAPSHOTS" -name '????-??-??.jsonl' -exec basename {} .jsonl \; 2>/dev/null |
  sort -ru | sed -n 2p)"
code=0
if [[ $collected != 0 && $collected != 3 ]]; then
  before="" # The newest snapshots are those of an earlier run, which told of them.
  summary="nothing was collected"
  echo "Nothing was collected, so nothing can be said of changes." >"$state/diff.md"
elif [[ -z $before ]]; then
  summary="first snapshots"
  echo "These are the first snapshots; the next run compares with them." >"$state/diff.md"
else
  coded changes "$before" ${FAIL_ON:+--fail-on "$FAIL_ON"} --format json >"$state/diff.json"
  if compared "$code"; then
    summary="$(changes "$before" --brief || [[ $? == 3 ]])"
    changes "$before" --format markdown >"$state/diff.md" || [[ $? == 3 ]]
  else
    summary="could not be compared"
    echo "planner diff ended with exit code $code; its message is in the log." >"$state/diff.md"
  fi
fi
if [[ $collected == 3 ]]; then
  summary="${summary/#Nothing changed/No change seen}; not everything was read"
fi
echo "$before" >"$state/before"
echo "$code" >"$state/diff.code"
echo "planner: $summary" >"$state/message"
{
  echo "summary=$summary"
  python - "$state/diff.json" <<'COUNT'
import collections, json, pathlib, sys

file = pathlib.Path(sys.argv[1])
text = file.read_text("utf-8") if file.exists() else ""
changes = json.loads(text)["changes"] if text else []
counts = collections.Counter(change["severity"] for change in changes)
for level in ("breaking", "warning", "info"):
    print(f"{level}={counts[level]}")
COUNT
} >>"$GITHUB_OUTPUT"
{
  cat "$state/diff.md"
  unread
} >>"$GITHUB_STEP_SUMMARY"
