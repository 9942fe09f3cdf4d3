#!/usr/bin/env bash
# Collect. How it ended is kept for the last step: good data is committed first.
. "$(dirname "$0")/common.sh"
read -ra wanted <<<"$PROVIDERS"
rm -f "$state"/*
coded planner collect "${wanted[@]}" --snapshots "$SNAPSHOTS" --format markdown >"$state/collect.md"
echo "$code" >"$state/collect.code"
cat "$state/collect.md"
[[ $code == 0 ]] || echo "::warning title=planner collect::Not everything was read (exit code $code)"
