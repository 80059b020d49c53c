#!/usr/bin/env bash
# What the action does, and what any other CI can run: SPEC, OVERLAY, OUT, BASE and ARGUMENTS as action.yml describes them.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
xtask() { cargo run --quiet --manifest-path "$root/Cargo.toml" --package xtask -- "$@"; }

arguments=()
[ -z "${SPEC:-}" ] || arguments+=(--spec "$SPEC")
[ -z "${OUT:-}" ] || arguments+=(--out "$OUT")
read -ra further <<< "${ARGUMENTS:-}"
overlay=()
[ -z "${OVERLAY:-}" ] || overlay=(--overlay "$OVERLAY")

if [ -n "${BASE:-}" ]; then
  document="${SPEC:-spec/licenses.yaml}"
  if ! git rev-parse --quiet --verify "$BASE^{commit}" > /dev/null; then
    echo "::warning::no report of changes: the checkout has no revision $BASE (fetch-depth of actions/checkout)"
  elif git cat-file -e "$BASE:$document" 2> /dev/null; then
    # The report is for people: that there is none to give is no drift.
    xtask diff "git:$BASE:$document" "$document" ${overlay[@]+"${overlay[@]}"} --format markdown \
      >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}" || true
  else
    echo "$document is new since $BASE: there is nothing to compare it with"
  fi
fi
# Bash before 4.4 takes an empty list for a variable that is not set.
xtask codegen --check ${arguments[@]+"${arguments[@]}"} ${overlay[@]+"${overlay[@]}"} ${further[@]+"${further[@]}"}
