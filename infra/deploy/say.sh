# shellcheck shell=bash
# What the person reads: steps, and one sentence when something fails.

step() {
  doing=$*
  echo "== $*"
}

note() { echo "   $*"; }

# fail <what failed, and what to do>
fail() {
  echo "bin/deploy: $*" >&2
  if [[ ${work-} ]]; then : >"$work/said" || true; fi
  exit 1
}

# The end, however it comes: nothing is left on this machine, the terminal shows again what is typed, and nothing ends
# without a word.
finish() {
  local status=$?
  if [[ -e $work/terminal ]]; then stty "$(<"$work/terminal")" || true; fi
  if ((status)) && [[ ! -e $work/said ]]; then
    echo "bin/deploy: It stopped where it should not (exit status $status), in the step \"${doing-}\".$(last_words) The same command again picks up from there." >&2
  fi
  rm -rf "$work"
  exit "$status"
}

# What the AWS CLI said, if its last call failed.
last_words() {
  if [[ -s $error ]]; then echo " AWS said last: $(why)."; fi
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
