# Sourced by each step: where steps leave notes for the next, and how planner is called.
# shellcheck shell=bash
set -euo pipefail

state="${RUNNER_TEMP:?}/planner"
mkdir -p "$state"

# What a step before this one noted, else nothing.
noted() { cat "$state/$1" 2>/dev/null || true; }

# planner diff with the inputs of the action.
changes() {
  local arguments=(--snapshots "$SNAPSHOTS" --quiet)
  [[ ! -d $PRICING ]] || arguments+=(--pricing "$PRICING")
  [[ -z $USING ]] || arguments+=(--using "$USING")
  [[ -z $IGNORE ]] || arguments+=(--ignore "$IGNORE")
  [[ -z $SEVERITIES ]] || arguments+=(--severities "$SEVERITIES")
  planner diff "${arguments[@]}" "$@"
}

# Run a command and set $code to its exit code, for those whose codes mean something.
# shellcheck disable=SC2034 # those who source this file read it
coded() {
  code=0
  "$@" || code=$?
}

# Whether an exit code of planner diff says that it could compare: fully, gate reached, in part.
compared() { [[ $1 == 0 || $1 == 10 || $1 == 3 ]]; }

# What could not be read, as Markdown; nothing where all was.
unread() {
  [[ $(noted collect.code) != 0 ]] || return 0
  printf '\n## Not everything was read\n\n'
  awk -F' *[|] *' '!($5 ~ /^(ok|not.*offered)$/ && $6 ~ /^(ok|not.*offered|)$/)' "$state/collect.md"
}
