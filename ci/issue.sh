#!/usr/bin/env bash
# One rolling issue, found by its label. It tells of all changes since the day in its marker.
. "$(dirname "$0")/common.sh"
before="$(noted before)"
if [[ -z $before ]] || ! compared "$(noted diff.code)"; then
  echo "nothing was compared, so the issue stays as it is"
  exit 0
fi
number="$(gh issue list --label "$LABEL" --state open --limit 1 --json number --jq '.[0].number // empty')"
since="$before"
: >"$state/old.md"
if [[ -n $number ]]; then
  gh issue view "$number" --json body --jq .body >"$state/old.md"
  marked="$(sed -nE 's/.*<!-- planner since=([0-9-]{10}) -->.*/\1/p' "$state/old.md" | tail -n 1)"
  since="${marked:-$before}"
fi
echo "number=$number" >>"$GITHUB_OUTPUT"

coded changes "$since" --fail-on "$ISSUE_ON" --format markdown >"$state/issue.md"
reached="$code"
if ! compared "$reached"; then
  echo "::error title=planner diff::Exit code $reached for the changes since $since"
  exit 1
fi
summary="$(changes "$since" --brief || [[ $? == 3 ]])"
unread >>"$state/issue.md"
printf '\n<!-- planner since=%s -->\n' "$since" >>"$state/issue.md"

if [[ $reached == 10 && -z $number ]]; then
  gh label create "$LABEL" --force --description "What planner found" >/dev/null
  url="$(gh issue create --title "planner: $summary" --label "$LABEL" --body-file "$state/issue.md")"
  echo "number=${url##*/}" >>"$GITHUB_OUTPUT"
elif [[ $reached == 10 ]]; then
  gh issue edit "$number" --title "planner: $summary" --body-file "$state/issue.md"
  coded changes "$before" --fail-on "$ISSUE_ON" --brief >/dev/null
  # The same text again is a second run on the same day: people have been told.
  if [[ $code == 10 ]] && ! diff -qZB "$state/old.md" "$state/issue.md" >/dev/null; then
    gh issue comment "$number" --body-file "$state/diff.md"
  fi
elif [[ -n $number && $reached == 0 && $(noted collect.code) == 0 ]]; then
  echo "Nothing of what changed since $since is as bad as $ISSUE_ON any more. $summary." >"$state/close.md"
  gh issue comment "$number" --body-file "$state/close.md"
  gh issue close "$number"
elif [[ -n $number ]]; then
  gh issue edit "$number" --body-file "$state/issue.md"
  echo "not everything was read, so the issue stays open"
fi
