#!/usr/bin/env bash
# Commit the snapshots, if there are new ones, and push; rebase where the remote has moved.
. "$(dirname "$0")/common.sh"
if [[ ! -d $SNAPSHOTS ]]; then
  echo "no snapshots to commit"
  exit 0
fi
git add --all -- ":(glob)$SNAPSHOTS/**/*.jsonl" 2>/dev/null || true
if git diff --cached --quiet; then
  echo "no new snapshots to commit"
  exit 0
fi
git -c user.name="github-actions[bot]" \
  -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
  commit --quiet --file "$state/message"
branch="$(git symbolic-ref --short HEAD)"
for _ in 1 2 3; do
  if git push --quiet origin "HEAD:$branch"; then
    exit 0
  fi
  if ! git -c user.name="github-actions[bot]" \
    -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
    pull --quiet --rebase origin "$branch"; then
    git rebase --abort || true
    echo "::error title=planner::The snapshots conflict with what was pushed meanwhile; run the workflow again"
    exit 1
  fi
done
echo "::error title=planner::The snapshots could not be pushed; may this workflow write contents?"
exit 1
