# shellcheck shell=bash
# What the person reads: steps, and one sentence when something fails.

# Nothing of that is taken from the environment: the step, when it began, when something was printed last, after how many seconds
# without output a wait says how long it lasts, and where this deployment keeps its files.
doing='' since=$SECONDS printed=$SECONDS quiet=5 work='' error=/dev/null

step() {
  lasted
  doing=$* since=$SECONDS
  say "== $*"
}

note() { say "   $*"; }

say() {
  printed=$SECONDS quiet=5
  echo "$*"
}

# How long the step took, if it was long enough to wonder.
lasted() {
  if [[ $doing ]] && ((SECONDS - since > 5)); then note "done in $((SECONDS - since)) s"; fi
  doing=
}

# waiting [what goes on]: in a wait, how long it has lasted; less and less often.
waiting() {
  if ((SECONDS - printed <= quiet)); then return; fi
  echo "   … $((SECONDS - since)) s${1:+, $1}"
  printed=$SECONDS
  if ((quiet < 60)); then quiet=$((quiet * 2)); fi
}

# living <what goes on>: how long it has lasted, as the last line of a terminal, where `steady` wipes it out again.
living() { printf '\r\033[K%s' "$(cut -c 1-76 <<<"   … $((SECONDS - since)) s, $1")"; }
steady() { printf '\r\033[K'; }

# fail <what failed, and what to do>
fail() {
  if [[ $doing ]] && ((SECONDS - since > 5)); then echo "   … $((SECONDS - since)) s" >&2; fi
  echo "bin/deploy: $*" >&2
  if [[ $work ]]; then : >"$work/said" || true; fi
  exit 1
}

# The end, however it comes: nothing is left on this machine, the terminal shows again what is typed, and no failure
# is silent.
finish() {
  local status=$?
  if [[ -e $work/terminal ]]; then stty "$(<"$work/terminal")" || true; fi
  if [[ ${holder-} ]]; then release_lock; fi
  if ((status == 0)); then
    lasted
  elif [[ ! -e $work/said ]]; then
    echo "bin/deploy: It stopped where it should not (exit status $status), in the step \"$doing\".$(last_words) The same command again picks up from there." >&2
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
