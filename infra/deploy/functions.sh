# shellcheck shell=bash
# The functions: found in lambdas/, built, and packed so that the same code is the same zip to the bit where the toolchain and
# the path of cargo's home are the same.

# How this machine builds, once that is settled.
tool=''

# provided.al2023 has this version of the C library, and nothing newer.
readonly GLIBC_CEILING=2.34

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
  trap 'echo >&2; fail "Stopped. A stack that is being changed goes on by itself; the same command picks up from there."' INT TERM
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

# How this machine builds for `architecture`. Sets `tool` and `triple`.
toolchain() {
  local cpu=$architecture host
  if [[ $architecture == arm64 ]]; then cpu=aarch64; fi
  triple=$cpu-unknown-linux-gnu
  host=$(host)
  if [[ $host == "$triple" ]]; then
    tool=native
  elif cargo lambda --version >/dev/null 2>&1; then
    tool=lambda
  elif command -v "$cpu-linux-gnu-gcc" >/dev/null && [[ -d $(rustc --print sysroot)/lib/rustlib/$triple ]]; then
    tool=cross
  else
    fail "ARCHITECTURE is $architecture, and this machine builds for ${host%%-*} only: install cargo-lambda (pip install cargo-lambda), or set ARCHITECTURE=$([[ ${host%%-*} == aarch64 ]] && echo arm64 || echo "${host%%-*}") in .aws."
  fi
}

# What this machine is to Rust.
host() { rustc -vV | sed -n 's/^host: //p'; }

# aim <triple>: sets `aimed`, which tells cargo to build for it, if the person's own settings of cargo name any target. If they
# do not, cargo builds for this machine, where it finds what it has compiled before.
aim() {
  aimed=()
  if [[ ${CARGO_BUILD_TARGET-} ]] || names_target; then aimed=(--target "$1"); fi
}

# Whether a configuration of cargo has a `build.target`: those of this folder and of all above it, and that of cargo's home.
names_target() {
  local folder
  {
    for folder in "$PWD" "${CARGO_HOME:-${HOME-}/.cargo}"; do
      cat "$folder/config.toml" "$folder/config" || true
      while [[ $folder ]]; do
        printf '\n[]\n'
        cat "$folder/.cargo/config.toml" "$folder/.cargo/config" || true
        folder=${folder%/*}
      done
    done
  } 2>/dev/null | awk '
    /^[[:space:]]*\[/ { build = /^[[:space:]]*\[[[:space:]]*"?build"?[[:space:]]*\]/ }
    build && /^[[:space:]]*"?target"?[[:space:]]*=/ { found = 1 }
    /^[[:space:]]*build[[:space:]]*(\.[[:space:]]*target[[:space:]]*)?=/ && /target"?[[:space:]]*=/ { found = 1 }
    END { exit !found }'
}

# build <name>…
build() {
  local advice="install cargo-lambda (pip install cargo-lambda), which builds for the older one"
  toolchain
  step "Building $(listed "$@") ($architecture, $profile)"
  build_with "$tool" "$@"
  if [[ $tool == native ]] && ! below_ceiling "$@" && cargo lambda --version >/dev/null 2>&1; then
    tool=lambda
    build_with lambda "$@"
  fi
  if [[ $tool == lambda ]]; then advice="update cargo-lambda, which should build for the older one"; fi
  below_ceiling "$@" ||
    fail "This machine's C library is newer than Lambda's, and $culprit needs GLIBC_$newest where $GLIBC_CEILING is the newest: $advice. Nothing was uploaded or changed."
}

# build_with <tool> <name>…: a function that has features is built by itself, with those that are asked for.
build_with() {
  local name together=()
  how=(build)
  : >"$work/programs"
  case $1 in
    native) aim "$triple" && how+=("${aimed[@]+"${aimed[@]}"}") ;;
    # Into a folder that is empty, so that nothing is there but what is built now.
    lambda) how=(lambda build "--${architecture/_/-}" --output-format binary --lambda-dir "$work/lambda") ;;
    cross) how+=(--target "$triple") && export "CARGO_TARGET_$(capitals "$triple")_LINKER=${triple%%-*}-linux-gnu-gcc" ;;
  esac
  how+=(--locked --profile "$profile")
  for name in "${@:2}"; do
    if [[ ! $(optional "$name") ]]; then together+=("$name") && continue; fi
    selection "$name"
    compile "${how[@]}" "${what[@]}" --bin "$name" --no-default-features --features "$(features "$name")"
  done
  if ((${#together[@]})); then build_together "${together[@]}"; fi
}

# build_together <name>…: all packages are named whatever is built, because cargo gives a dependency the features that the
# named packages want; so a function built alone is the same to the bit as one built with the others.
build_together() {
  local name plain=()
  for name in "${all[@]}"; do
    if [[ ! $(optional "$name") ]]; then plain+=("$name"); fi
  done
  selection "${plain[@]}"
  for name; do what+=(--bin "$name"); done
  compile "${how[@]}" "${what[@]}"
}

# selection <name>…: sets `what`, the packages of which cargo adds up the features. What ships has those that it needs. A profile
# to try things out with takes the whole workspace, with whose features `cargo run` has compiled the dependencies already.
selection() {
  local name
  what=()
  if [[ $profile != release ]]; then
    what=(--workspace)
    return
  fi
  for name; do what+=(--package "$name"); done
}

# The features that a function's code has, each with the name of the setting that asks for it.
optional() {
  local manifest
  manifest=$(grep -rlx --include Cargo.toml "name = \"$1\"" lambdas)
  sed -nE '/^\[features\]/,/^\[[^f]/s/^([a-z][a-z-]*) = .*/\1/p' "$manifest" | grep -vx default || true
}

# Those that this installation's settings ask for, separated by commas.
features() {
  local name value asked=''
  for name in $(optional "$1"); do
    value=$(setting_of "$1" "$(capitals "$name")")
    if [[ $value && $value != off ]]; then asked+=${asked:+,}$1/$name; fi
  done
  echo "$asked"
}

# setting_of <function> <NAME>: what the function has when this is over. If only its code changes, that is what it has.
setting_of() {
  local value
  if ((${#chosen[@]} == 0)); then
    runtime_setting "$2"
    return
  fi
  value=$(cloud lambda get-function-configuration --function-name "$(live "$1")" --query "Environment.Variables.$2" --output text) ||
    fail "The settings of $1 cannot be read: $(why). Nothing was changed."
  if [[ $value != None ]]; then echo "$value"; fi
}

# compile <what cargo is told>: what cargo says is shown, and read if it fails. Which programs it has built, and where, is in
# its messages, of which $work/programs keeps lines of a name and a file.
compile() {
  local broken
  if cargo "$@" --message-format json-render-diagnostics 2>&1 >"$work/messages" | tee "$work/cargo.log" >&2; then
    sed -nE 's/^\{"reason":"compiler-artifact",.*"target":\{"kind":\["bin"\],.*"name":"([^"]+)",.*"executable":"(([^"\]|\\.)*)".*/\1 \2/p' \
      "$work/messages" | as_text >>"$work/programs"
    return
  fi
  room
  # shellcheck disable=SC2016 # the backticks are cargo's
  broken=$(sed -nE $'s/\e\\[[0-9;]*m//g; s/^error: could not compile `([^`]+)`.*/\\1/p' "$work/cargo.log" | sort -u)
  # shellcheck disable=SC2086 # one word each
  fail "Cargo does not build $(listed ${broken:-this}); its reason stands above. Nothing was uploaded or changed."
}

# A text of JSON as it is. Of all that is escaped, a path can only have these two.
as_text() { sed 's/\\\(["\]\)/\1/g'; }

# program <name>: the file that cargo has named. One that merely lies where it might be is another build's. `cargo lambda` moves
# it into a folder that was empty before.
program() {
  local file
  file=$(sed -n "s/^$1 //p" "$work/programs" | tail -n 1)
  if [[ $file && $tool == lambda ]]; then file=$work/lambda/$1/bootstrap; fi
  [[ -f $file ]] || fail "Cargo does not say where it has put the program of $1, and no other file is taken for it. Nothing was uploaded or changed."
  echo "$file"
}

# below_ceiling <name>…: whether Lambda's C library is new enough for these programs. If not, sets `culprit` and `newest`. A
# program of which nothing can be read is no program to deploy.
below_ceiling() {
  local file
  for culprit; do
    file=$(program "$culprit") || exit
    newest=$(readelf --wide --version-info "$file" 2>"$error" | sed -nE 's/.*Name: GLIBC_([A-Z0-9_.]+).*/\1/p' | sort -uV | tail -n 1) || true
    [[ $newest ]] || fail "What $culprit needs of the C library cannot be read from its program; \`readelf --version-info\` should list it. Nothing was uploaded or changed."
    # A need without a number, such as ABI_DT_RELR, is newer than any number.
    [[ $(printf '%s\n' "$newest" "$GLIBC_CEILING" | sort -V | tail -n 1) == "$GLIBC_CEILING" ]] || return 1
  done
}

# package <name>…: $work/<name>.zip with nothing in it but `bootstrap`.
package() {
  local name level=-9
  if [[ $profile != release ]]; then level=-1; fi
  step "Packing"
  for name; do
    right_machine "$name"
    if ! mkdir "$work/$name" || ! pack "$name" "$level" 2>"$error"; then
      room
      fail "$name cannot be packed: $(tail -n 1 "$error"). Nothing was uploaded or changed."
    fi
    note "$name  $(digest "$name" | cut -c 1-12)  $(($(wc -c <"$work/$name.zip") / 1024)) KB"
  done
}

# right_machine <name>: a program for another machine would be packed as well, and not start.
right_machine() {
  local file machine
  file=$(program "$1") || exit
  machine=$(readelf --file-header "$file" 2>"$error" | sed -nE 's/^ *Machine: *//p') || true
  case $architecture:$machine in
    arm64:AArch64 | x86_64:*X86-64*) ;;
    *) fail "The program of $1 is for ${machine:-a machine that cannot be read}, and ARCHITECTURE is $architecture: look for a target in the configuration of cargo. Nothing was uploaded or changed." ;;
  esac
}

# The date, the mode and the owner of a file are part of a zip: always the same ones.
pack() {
  local file=$work/$1/bootstrap
  cp -- "$(program "$1")" "$file" || return
  if [[ $tool == native ]]; then strip "$file" || return; fi
  chmod 755 "$file" && TZ=UTC touch -t 198001010000 "$file" &&
    (cd "$work/$1" && TZ=UTC zip -q -X "$2" "../$1.zip" bootstrap) && rm -r "${work:?}/$1"
}

# The SHA-256 of a zip, in hexadecimal digits.
digest() { openssl dgst -sha256 -r "$work/$1.zip" | cut -d ' ' -f 1; }

# … and as Lambda writes it.
code_digest() { openssl dgst -sha256 -binary "$work/$1.zip" | openssl base64 -A; }

# Where the zip of a function is in the bucket.
key() { echo "$1/$(digest "$1").zip"; }

# users-login-callback → UsersLoginCallback
camel() { awk -F - '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }' <<<"$1"; }

# ReturnTo → RETURN_TO
snake() { sed 's/[A-Z]/_&/g; s/^_//' <<<"$1" | tr '[:lower:]' '[:upper:]'; }

# google-client-secret → GOOGLE_CLIENT_SECRET
capitals() { tr '[:lower:]-' '[:upper:]_' <<<"$1"; }
