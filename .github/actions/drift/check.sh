#!/usr/bin/env bash
# The drift check of the action, which any other CI can run too. Reads SPEC, OVERLAY, OUT, BASE, APPROVED, FAIL_ON and
# ARGUMENTS, as action.yml describes them.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)"

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

# A name as bash would read it, so that none of its characters gives a command to whoever reads the log.
quote() {
  local quoted
  printf -v quoted '%q' "$1"
  printf '%s' "${quoted//##/#\\#}"
}

# Cargo and rustup obey the configuration of the current folder and of every folder above it. The generator is built in
# its own folder, and no folder above may belong to the checkout that is checked: it could put any program in the place
# of the compiler.
checkout="$(git rev-parse --show-toplevel 2> /dev/null || pwd -P)"
above="$(dirname "$root")"
while [ "$above" != "$(dirname "$above")" ] && [[ "$above/" == "$checkout/"* ]]; do
  for name in .cargo/config.toml .cargo/config rust-toolchain.toml rust-toolchain; do
    [ ! -e "$above/$name" ] || fail "the checkout has a $name above the generator's folder: put the generator elsewhere"
  done
  above="$(dirname "$above")"
done

# The program is run itself, not through `cargo run`: a configuration may name a runner.
built="$(cd "$root" && cargo build --locked --package xtask --message-format json-render-diagnostics)"
xtask="$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' <<< "$built" | sed 's/\\\\/\\/g' | tail -n 1)"
[ -n "$xtask" ] || fail "cargo does not name the program that it built in $root"

# By these, cargo tells the program which workspace is its own. It was not started by cargo.
unset CARGO_MANIFEST_DIR CARGO_PKG_NAME

arguments=()
[ -z "${SPEC:-}" ] || arguments+=("--spec=$SPEC")
[ -z "${OUT:-}" ] || arguments+=("--out=$OUT")
# All lines count. Without a NUL, `read` stops at the end of the text, with 1.
read -d '' -ra further <<< "${ARGUMENTS:-}" || true
overlay=()
[ -z "${OVERLAY:-}" ] || overlay=("--overlay=$OVERLAY")

if [ -n "${BASE:-}" ]; then
  document="${SPEC:-spec/licenses.yaml}"
  if ! git rev-parse --quiet --verify --end-of-options "$BASE^{commit}" > /dev/null; then
    echo "::warning::no report of changes: the checkout has no revision $(quote "$BASE") (fetch-depth of actions/checkout)"
  elif git cat-file -e "$BASE:$document" 2> /dev/null; then
    compared=(${overlay[@]+"${overlay[@]}"})
    [ -z "${APPROVED:-}" ] || compared+=("--approved=$APPROVED")
    [ -z "${FAIL_ON:-}" ] || compared+=("--fail-on=$FAIL_ON")
    report() {
      "$xtask" diff ${compared[@]+"${compared[@]}"} --format markdown -- "git:$BASE:$document" "$document"
    }
    # Without FAIL_ON the report is for people: if there is none to give, that is no drift. It does not go to /dev/stdout
    # by name, which would open the log once more and have the two write over each other.
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
      report >> "$GITHUB_STEP_SUMMARY" || [ -z "${FAIL_ON:-}" ] || changed=1
    else
      report || [ -z "${FAIL_ON:-}" ] || changed=1
    fi
  else
    echo "no report of changes: $(quote "$document") is new since $(quote "$BASE")"
  fi
fi
# The drift is shown as well. A change that counts fails the job all the same.
if [ -n "${changed:-}" ]; then
  "$xtask" codegen --check ${arguments[@]+"${arguments[@]}"} ${overlay[@]+"${overlay[@]}"} ${further[@]+"${further[@]}"} || true
  printf 'error: the document changed so that --fail-on=%s counts it, and the change is not approved\n' "$(quote "$FAIL_ON")" >&2
  exit 1
fi
# Bash before 4.4 takes an empty list for a variable that is not set.
exec "$xtask" codegen --check ${arguments[@]+"${arguments[@]}"} ${overlay[@]+"${overlay[@]}"} ${further[@]+"${further[@]}"}
