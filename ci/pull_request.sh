#!/usr/bin/env bash
# Check the files of a pull request and compare them with where it branched off. Writes nothing.
. "$(dirname "$0")/common.sh"
failed=0
check() {
  coded "$@"
  if [[ $code != 0 ]]; then
    failed=1
    echo "::error title=planner::${*:2:2} ended with exit code $code"
  fi
}
if [[ -d $SNAPSHOTS ]]; then check planner snapshots check "$SNAPSHOTS"; fi
if [[ -d $PRICING ]]; then check planner prices check --pricing "$PRICING"; fi
[[ $failed == 0 ]] || exit 1

tree="$state/base"
rm -rf "$tree"
git worktree prune
git worktree add --quiet --detach "$tree" "$(git merge-base "origin/$BASE" HEAD)"
trap 'git worktree remove --force "$tree"' EXIT
old="$tree/$(git rev-parse --show-prefix)"
if [[ ! -d $old/snapshots && ! -d $old/pricing ]]; then
  echo "::notice title=planner::$BASE has neither snapshots nor pricing yet; nothing to compare with"
  echo "exit-code=0" >>"$GITHUB_OUTPUT"
  exit 0
fi
coded changes "$old" . ${FAIL_ON:+--fail-on "$FAIL_ON"} --format github
if compared "$code"; then
  changes "$old" . --format markdown >>"$GITHUB_STEP_SUMMARY" || [[ $? == 3 ]]
fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
case "$code" in
  0) ;;
  3) echo "::error title=planner diff::A provider's file could not be read" ;;
  10) echo "::error title=planner diff::A change is as bad as $FAIL_ON" ;;
  *) echo "::error title=planner diff::planner itself failed (exit code $code); this is no change" ;;
esac
exit "$code"
