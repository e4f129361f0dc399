# shellcheck shell=bash
# The functions: found in lambdas/, and how things are named after them. And where a deployment keeps its files.

# Sets `all`, the name of every function there is, `folders`, where each is, and `chosen`, those on the command line.
functions() {
  local manifest name
  all=() folders=() chosen=()
  while read -r manifest; do
    folders+=("${manifest%/Cargo.toml}")
    name=${manifest#lambdas/}
    name=${name%/Cargo.toml}
    all+=("${name//\//-}")
  done < <(find lambdas -name Cargo.toml | sort)
  if [[ $command != deploy ]]; then return; fi
  for name; do
    name=${name#./} && name=${name#lambdas/} && name=${name%/}
    name=${name//\//-}
    [[ " ${all[*]} " == *" $name "* ]] || fail "There is no function \"$name\": there are $(listed "${all[@]}")."
    chosen+=("$name")
  done
}

# Where this deployment puts its zips and the stack its template: in cargo's target folder, and gone when it ends.
workshop() {
  local missing=() tool
  for tool in cargo aws zip openssl curl readelf; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  ((${#missing[@]} == 0)) || fail "This machine lacks $(listed "${missing[@]}"): install that and try again."
  target=$(cargo metadata --no-deps --offline --format-version 1 2>/dev/null | sed -nE 's/.*"target_directory":"(([^"\]|\\.)*)".*/\1/p' | as_text) ||
    fail "Cargo cannot read this workspace; \`cargo metadata\` says why."
  room
  work=$(mktemp -d "$target/deploy.XXXXXX")
  error=$work/error
  trap finish EXIT
  trap 'echo >&2; fail "Stopped. A stack that is being changed goes on by itself; the same command continues from there."' INT TERM
}

# Fails if nothing can be written in the target folder. A full disk still gives names, so it is asked for some kilobytes.
room() {
  local reason
  reason=$({ mkdir -p "$target" && head -c 65536 /dev/zero >"$target/room.$$"; } 2>&1) || {
    rm -f "$target/room.$$"
    fail "Nothing can be written to $target (${reason##*: }): make room, or make it writable. Nothing was uploaded or changed."
  }
  rm -f "$target/room.$$"
}

# The SHA-256 of a zip, in hexadecimal digits; worked out once.
digest() {
  if [[ ! -s $work/$1.digest ]]; then openssl dgst -sha256 -r "$work/$1.zip" | cut -d ' ' -f 1 >"$work/$1.digest"; fi
  cat "$work/$1.digest"
}

# … and as Lambda writes it.
code_digest() {
  # shellcheck disable=SC2059 # the format is what is printed
  printf "$(digest "$1" | sed 's/../\\x&/g')" | openssl base64 -A
}

# Where the zip of a function is in the bucket.
key() { echo "$1/$(digest "$1").zip"; }

# users-login-callback → UsersLoginCallback
camel() { awk -F - '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }' <<<"$1"; }

# ReturnTo → RETURN_TO, of each line
snake() { sed 's/[A-Z]/_&/g; s/^_//' | tr '[:lower:]' '[:upper:]'; }

# google-client-secret → GOOGLE_CLIENT_SECRET
capitals() { tr '[:lower:]-' '[:upper:]_' <<<"$1"; }
