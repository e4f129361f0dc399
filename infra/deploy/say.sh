# shellcheck shell=bash
# What the person reads: steps, and one sentence when something fails.

step() { echo "== $*"; }

note() { echo "   $*"; }

# fail <what failed, and what to do>
fail() {
  echo "bin/deploy: $*" >&2
  if [[ ${work-} ]]; then : >"$work/said" || true; fi
  exit 1
}

# The end, however it comes: nothing is left on this machine, and nothing ends without a word.
finish() {
  local status=$?
  if ((status)) && [[ ! -e $work/said ]]; then
    echo "bin/deploy: It stopped where it should not (exit status $status). The same command again picks up from there; \`bash -x bin/deploy\` shows where." >&2
  fi
  rm -rf "$work"
  exit "$status"
}

# wrong <what is wrong with the command line>
wrong() {
  echo "bin/deploy: $*. \`bin/deploy --help\` says how it is used." >&2
  exit 2
}

# "a, b and c"
listed() {
  local text=${1-}
  while (($# > 2)); do shift && text+=", $1"; done
  if (($# == 2)); then text+=" and $2"; fi
  echo "$text"
}
