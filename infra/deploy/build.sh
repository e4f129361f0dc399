# shellcheck shell=bash
# Compiling: the arguments of cargo, what is printed while it works, and which programs it has built.

# How this machine builds, once that is settled; and what cargo is compiling, as words between spaces.
tool='' unbuilt=''

# provided.al2023 has this version of the C library, and nothing newer.
readonly GLIBC_CEILING=2.34

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
    fail "This machine's C library is newer than Lambda's, and $culprit needs GLIBC_$newest where $GLIBC_CEILING is the newest: $advice. $(so_far)"
}

# build_with <tool> <name>…: functions that have the same features are built together, with those that are asked for.
build_with() {
  local name group groups=()
  how=(build)
  : >"$work/programs"
  unbuilt=" ${*:2} "
  case $1 in
    native) aim "$triple" && how+=("${aimed[@]+"${aimed[@]}"}") ;;
    # Into a folder that is empty, so that nothing is there but what is built now.
    lambda) how=(lambda build "--${architecture/_/-}" --output-format binary --lambda-dir "$work/lambda") ;;
    cross) how+=(--target "$triple") && export "CARGO_TARGET_$(capitals "$triple")_LINKER=${triple%%-*}-linux-gnu-gcc" ;;
  esac
  how+=(--locked --profile "$profile")
  for name in "${@:2}"; do
    group=$(kinds "$name")
    if [[ " ${groups[*]+"${groups[*]}"} " != *" $group "* ]]; then groups+=("$group"); fi
  done
  for group in ${groups[@]+"${groups[@]}"}; do build_group "$group" "${@:2}"; done
}

# kinds <name>: the features that a function's code has, as one word.
kinds() {
  local names
  names=$(optional "$1")
  echo "+${names//$'\n'/+}"
}

# build_group <features> <name>…: of these functions, those that have these features.
build_group() {
  local name asked='' some=()
  for name in "${@:2}"; do
    if [[ $(kinds "$name") != "$1" ]]; then continue; fi
    some+=("$name")
    asked+=${asked:+,}$(features "$name")
  done
  build_together "$1" "$asked" ${some[@]+"${some[@]}"}
}

# build_together <features> <asked> <name>…: all packages that have the same features are named whatever is built, because cargo gives a
# dependency the features that the named packages want; so a function built alone is the same to the bit as one built with the others.
build_together() {
  local name alike=() options=()
  for name in "${all[@]}"; do
    if [[ $(kinds "$name") == "$1" ]]; then alike+=("$name"); fi
  done
  selection ${alike[@]+"${alike[@]}"}
  if [[ $1 != + ]]; then options=(--no-default-features --features "$2"); fi
  for name in "${@:3}"; do what+=(--bin "$name"); done
  compile "${how[@]}" "${what[@]}" "${options[@]+"${options[@]}"}"
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

# The features that a function's code has, each with the name of the setting that asks for it; worked out once.
optional() {
  local manifest
  if [[ ! -e $work/$1.features ]]; then
    manifest=$(grep -rlx --include Cargo.toml "name = \"$1\"" lambdas)
    sed -nE '/^\[features\]/,/^\[[^f]/s/^([a-z][a-z-]*) = .*/\1/p' "$manifest" | sed '/^default$/d' >"$work/$1.features"
  fi
  cat "$work/$1.features"
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

# compile <arguments of cargo>: what cargo says of mistakes is shown, and how far it is. Which programs it has built, and where,
# is in its messages, of which $work/programs keeps lines of a name and a file. What is built is packed meanwhile.
compile() {
  local broken name
  rm -f "$work/compiled"
  if { talk "$@" | tee "$work/cargo.log" | follow 4>&1 >&3 | ahead; } 3>&1; then
    programs <"$work/cargo.log" >>"$work/programs"
    while read -r name _; do unbuilt=${unbuilt/ $name / }; done <"$work/programs"
    return
  fi
  room
  # shellcheck disable=SC2016 # the backticks are cargo's
  broken=$(sed -nE $'s/\e\\[[0-9;]*m//g; s/^error: (could not compile|failed to run custom build command for) `([^` ]+).*/\\2/p' "$work/cargo.log" | sort -u)
  # shellcheck disable=SC2086 # one word each
  fail "Cargo does not build $(listed ${broken:-this}); the reason is above. $(so_far)"
}

# talk <arguments of cargo>: all that cargo prints, with a line every second in between.
talk() {
  local status=0
  beat &
  cargo "$@" --message-format json-render-diagnostics 2>&1 || status=$?
  : >"$work/compiled"
  # Waited for here, so that the shell does not say that it was killed.
  { kill $! && wait $!; } >/dev/null 2>&1 || true
  return "$status"
}

beat() { while sleep 1 >/dev/null 2>&1 3>&-; do echo beat; done; }

# The programs of which cargo's messages tell: lines of a name and a file.
programs() {
  sed -nE 's/^.*\{"reason":"compiler-artifact",.*"target":\{"kind":\["bin"\],.*"name":"([^"]+)",.*"executable":"(([^"\]|\\.)*)".*/\1 \2/p' | as_text
}

# follow: reads what `talk` says. To the person go cargo's own sentences, but for the names of all the crates it compiles, and
# how far it is; to file 4, each function that was compiled now.
follow() {
  local line found crates=0 ready=() terminal=''
  if [[ -t 1 ]]; then terminal=yes; fi
  while IFS= read -r line; do
    case $line in
      beat) far ;;
      '{"reason":"compiler-artifact"'*'"fresh":false'*)
        crates=$((crates + 1))
        if [[ $line != *'"executable":"'* ]]; then continue; fi
        found=$(programs <<<"$line")
        if [[ $unbuilt != *" ${found%% *} "* ]]; then continue; fi
        unbuilt=${unbuilt/ ${found%% *} / } ready+=("${found%% *}")
        echo "$found" >&4
        ;;
      '{"reason":'* | '   Compiling '* | *'m   Compiling'* | '  Downloaded '* | *'m  Downloaded'* | '    Finished '* | *'m    Finished'*) ;;
      *)
        if [[ $terminal ]]; then steady; fi
        echo "$line" >&2
        ;;
    esac
  done
  if [[ $terminal ]]; then steady; fi
}

# How far cargo is. What has just been built is said in one line, for functions come in twos and threes.
far() {
  local rest=() now=''
  read -ra rest <<<"$unbuilt"
  if ((${#rest[@]} == 0)); then return; fi
  if ((${#rest[@]} > 3)); then now="${#rest[@]} functions to build"; else now="$(listed "${rest[@]}") to build"; fi
  if ((crates)); then now+=", $crates crates compiled"; fi
  if ((${#ready[@]} && SECONDS - printed > 5)); then
    if [[ $terminal ]]; then steady; fi
    note "$(listed "${ready[@]}") $( ((${#ready[@]} > 1)) && echo are || echo is) built after $((SECONDS - since)) s"
    ready=()
  fi
  if [[ $terminal ]]; then living "$now"; else waiting "$now"; fi
}

# What is true when a build fails: functions that were built before may be in the bucket.
so_far() {
  local sent
  for sent in "$work"/*.sent; do
    if [[ -e $sent ]]; then echo "What is live was not changed." && return; fi
  done
  echo "Nothing was uploaded or changed."
}

# A text of JSON as it is. Of all that is escaped, a path can only have these two.
as_text() { sed 's/\\\(["\]\)/\1/g'; }

# program <name>: the file that cargo has named. One that merely lies where it might be is another build's. `cargo lambda` moves
# it into a folder that was empty before.
program() {
  local file
  file=$(sed -n "s/^$1 //p" "$work/programs" | tail -n 1)
  if [[ $file && $tool == lambda ]]; then file=$work/lambda/$1/bootstrap; fi
  [[ -f $file ]] || fail "Cargo does not say where it has put the program of $1, and no other file is taken for it. $(so_far)"
  echo "$file"
}

# below_ceiling <name>…: whether Lambda's C library is new enough for these programs. If not, sets `culprit` and `newest`. A
# program of which nothing can be read is no program to deploy.
below_ceiling() {
  local file
  for culprit; do
    file=$(program "$culprit") || exit
    newest=$(readelf --wide --version-info "$file" 2>"$error" | sed -nE 's/.*Name: GLIBC_([A-Z0-9_.]+).*/\1/p' | sort -uV | tail -n 1) || true
    [[ $newest ]] || fail "What $culprit needs of the C library cannot be read from its program; \`readelf --version-info\` should list it. $(so_far)"
    # A need without a number, such as ABI_DT_RELR, is newer than any number.
    [[ $(printf '%s\n' "$newest" "$GLIBC_CEILING" | sort -V | tail -n 1) == "$GLIBC_CEILING" ]] || return 1
  done
}

