# shellcheck shell=bash
# The secrets: the stack makes them empty, and this puts values in. A value is never an argument and never in a file: it
# goes from a variable of this shell through a pipe.

# The secrets that the template makes, without the stack's name.
secret_names() {
  # shellcheck disable=SC2016 # CloudFormation's
  grep -oE '\$\{AWS::StackName\}/[a-z0-9-]+' "$work/template.yaml" | sed 's,.*/,,' | sort -u
}

# The secrets that the live stack has, without its name. The stack knows them at once, where a list of all secrets may be
# minutes late. An ARN, by which AWS calls a secret there, ends in a dash and six characters.
secrets_there() {
  local there
  there=$(cloud cloudformation list-stack-resources --stack-name "$stack" --output text \
    --query "StackResourceSummaries[?ResourceType=='AWS::SecretsManager::Secret'].[PhysicalResourceId]") ||
    fail "The secrets cannot be listed: $(why). Nothing was changed."
  sed -E 's/^(arn:.*)-[^-]*$/\1/; s,.*/,,' <<<"$there" | sort
}

readonly HELD="SecretString || SecretBinary || ''"

# held <name> [query]: what a secret holds, which is nothing as long as it has no value. Any other failure is one: a secret
# that cannot be read must not be taken for an empty one, for which a new key is made, and with the old key all tokens and
# cookies would be worthless.
held() {
  if cloud secretsmanager get-secret-value --secret-id "$stack/$1" --query "${2:-$HELD}" --output text; then return; fi
  grep -q ResourceNotFoundException "$error"
}

# filled <name>: whether there is a value; it is not printed, and stays in the CLI.
filled() {
  local answer
  answer=$(held "$1" "($HELD) != ''") || fail "Whether $1 has a value cannot be determined: $(why "$1"). Nothing was changed."
  [[ $answer == True ]]
}

# Finds a value for every secret that has none. Sets `missing` and `values`, side by side, and makes `conflicts` empty.
gather_secrets() {
  local name value
  missing=() values=() conflicts=()
  for name in $(secret_names); do
    if filled "$name"; then continue; fi
    case $name in
      cookie-key | events-key | factor-key | mailed-key | webhook-key) value=$("$latchkey" keys cookie) || no_keys ;;
      signing-keys) value=$("$latchkey" keys new) || no_keys ;;
      *) value=$(first_value "$name") ;;
    esac
    missing+=("$name") values+=("$value")
    note "$name: new"
  done
}

no_keys() { fail "Keys cannot be made; the reason is above. Nothing was changed."; }

# The value of a provider's secret as it is on this machine, or from the person at the keyboard.
first_value() {
  local variable value
  variable=$(capitals "$1")
  value=$("$latchkey" setting "$variable") || fail "$variable cannot be read; the reason is above. Nothing was changed."
  if [[ -z $value && -z $dry_run && -t 0 ]]; then value=$(ask "$1"); fi
  if [[ -z $value && -z $dry_run ]]; then
    fail "The secret $1 has no value yet: put $variable into .env.local or the environment, or run this at a terminal, which asks for it. Nothing was changed."
  fi
  printf '%s' "$value"
}

# ask <name>: what somebody types or pastes, unseen; of a key in PEM all lines, so that the shell does not get the rest. `finish`
# resets the terminal if this is interrupted.
ask() {
  local value line=
  stty -g >"$work/terminal"
  stty -echo
  printf '   %s (not shown while you type): ' "$1" >&2
  read -r value || true
  if [[ $value == -----BEGIN* ]]; then
    while [[ $line != -----END* ]] && read -r line; do value+=$'\n'$line; done
  fi
  stty "$(<"$work/terminal")"
  rm "$work/terminal"
  echo >&2
  printf '%s' "$value"
}

# Sets `public_keys`: the public halves of the keys that sign, or will sign.
public_keys() {
  local index keys
  for index in "${!missing[@]}"; do
    if [[ ${missing[index]} != signing-keys ]]; then continue; fi
    public_keys=$(printf '%s' "${values[index]}" | "$latchkey" keys public) || fail "The new signing keys cannot be read. Nothing was changed."
    return
  done
  keys=$(held signing-keys) || fail "The stack's signing keys cannot be read: $(why signing-keys). Nothing was changed."
  public_keys=$(printf '%s' "$keys" | "$latchkey" keys public) || fail "The stack's signing keys cannot be used; the reason is above. Nothing was changed."
}

# put_secret <name> <value>
put_secret() {
  printf '%s' "$2" | cloud secretsmanager put-secret-value --secret-id "$stack/$1" --secret-string file:///dev/stdin >/dev/null
}

# put_first <name> <value>: a value for a secret that has none. A secret that has one keeps it: if that is another than ours,
# it is in `conflicts`.
put_first() {
  local there
  there=$(held "$1") || return
  if [[ ! $there ]]; then
    put_secret "$1" "$2"
  elif [[ $there != "$2" ]]; then
    conflicts+=("$1")
  fi
}

# Puts the values in as soon as the stack has made the secrets, so that no function starts without. Those that are not made
# yet stay in `missing`.
fill_secrets() {
  local index left=() left_values=()
  for index in "${!missing[@]}"; do
    if put_first "${missing[index]}" "${values[index]}"; then continue; fi
    left+=("${missing[index]}") left_values+=("${values[index]}")
  done
  missing=("${left[@]+"${left[@]}"}") values=("${left_values[@]+"${left_values[@]}"}")
}

secrets_must_be_filled() {
  fill_secrets
  if ((${#missing[@]})); then fail "No value can be put into $(listed "${missing[@]}"): $(why "${missing[${#missing[@]} - 1]}"). Run the same command again."; fi
  if ((${#conflicts[@]})); then fail "Somebody else has put a value into $(listed "${conflicts[@]}") meanwhile, which stays. Run the same command again: it makes the stack fit that value."; fi
}

# `bin/deploy secrets [name]`
secrets() {
  local name there
  stack_state
  stack_must_exist
  there=$(secrets_there)
  if [[ ${1-} ]]; then
    change_secret "$1" "$there"
    return
  fi
  step "Secrets"
  for name in $there; do
    if filled "$name"; then note "$name  has a value"; else note "$name  is empty"; fi
  done
}

# change_secret <name> <all names>
change_secret() {
  local name value
  for name in "$1" "$1-client-secret" "$1-private-key" ''; do
    if grep -qxF -- "${name:-.}" <<<"$2"; then break; fi
  done
  # shellcheck disable=SC2086 # one word each
  if [[ ! $name ]]; then fail "The stack $stack has no secret \"$1\": it has $(listed $2). A provider's secret is made by \`bin/deploy\` once PROVIDERS names the provider."; fi
  if [[ $dry_run ]]; then
    note "would change $name"
    return
  fi
  take_lock
  if [[ $name == signing-keys ]]; then
    rotate
    return
  fi
  if [[ -t 0 ]]; then value=$(ask "$name"); else value=$(cat); fi
  if [[ ! $value ]]; then fail "There is no value for $name: type it, or give it on standard input. Nothing was changed."; fi
  replace_secret "$name" "$value"
}

# The signing keys are not typed in: the function that changes them by itself does it now.
rotate() {
  local reason=''
  release_lock
  keys_rotate '{"action": "rotate"}' || fail "The signing keys are not rotated: $reason"
  if grep -Eq '"changed": ?true' "$work/keys"; then
    note "A new key is published. It signs in three hours, when no cache is without it; the old one verifies for two more hours."
  else
    note "A new key is on its way already."
  fi
  note "\`cargo run -- keys list --stack $stack\` shows them."
}

# with_older <keys> <older keys>: these, and behind them those of the older ones that are not among them.
with_older() {
  local key all=$1 older=()
  IFS=', ' read -ra older <<<"$2"
  for key in "${older[@]+"${older[@]}"}"; do
    if [[ ,${all// /}, != *",$key,"* ]]; then all+=,$key; fi
  done
  printf '%s' "$all"
}

# replace_secret <name> <value>: the new value, or the old one again if a function that reads it does not start with the new. Keys by which
# the table is encrypted stay behind a new one: without them, nothing of what is there could be opened any more.
replace_secret() {
  local old readers broken fault behind='' again="run the same command again"
  readers=$(readers_of "$1")
  old=$(held "$1") || fail "The value that $1 has cannot be read, and without it there is no way back: $(why "$1"). Nothing was changed."
  case $1 in
    events-key | factor-key | webhook-key)
      behind=$old
      set -- "$1" "$(with_older "$2" "$old")"
      ;;
  esac
  # shellcheck disable=SC2064 # this name
  trap "echo >&2; fail 'Stopped. $1 may have the new value, and functions may go on with the old one: $again.'" INT TERM
  put_secret "$1" "$2" || fail "$1 cannot be changed: $(why "$1"). No function uses another value."
  note "$1 is changed"
  if [[ $behind ]]; then note "the keys of before are behind it, for what they have encrypted"; fi
  if [[ ! $readers ]]; then
    note "no function reads it yet"
    return
  fi
  # shellcheck disable=SC2086 # one word each
  restart $readers
  if ((${#broken[@]})); then put_value_back "$1" "$old"; fi
}

# The functions of the stack that read a secret.
readers_of() {
  local arn
  # shellcheck disable=SC2015 # `fail` is for whichever of them failed
  arn=$(cloud secretsmanager describe-secret --secret-id "$stack/$1" --query ARN --output text) &&
    cloud lambda list-functions --output text \
      --query "Functions[?starts_with(FunctionName, '$stack-') && contains(to_string(Environment.Variables), '$arn')].[FunctionName]" |
    sed "s/^$stack-//" ||
    fail "Which functions read $1 cannot be seen: $(why). Nothing was changed."
}

# restart <function>…: up to the first that is not seen to restart, which is in `broken`, with the reason. `fault` says
# whether it does not start, or nobody knows.
restart() {
  local name reason
  broken=()
  for name; do
    if ! start_anew "$name"; then
      broken=("$name" "$reason")
      return
    fi
    note "$name reads it again"
  done
}

# start_anew <function>: whether it starts; if not, sets `reason` and `fault`. A function reads its secrets when it starts, and
# Lambda restarts it when its configuration changes: so it gets another description, and the memory it has.
start_anew() {
  local about memory unsure
  fault="was not seen to start"
  # shellcheck disable=SC2015 # `why` is for whichever of them failed
  about=$(cloud lambda get-function-configuration --function-name "$(live "$1")" --query '[MemorySize, Description]' --output text) &&
    IFS=$'\t' read -r memory about <<<"$about" &&
    cloud lambda update-function-configuration --function-name "$(live "$1")" --memory-size "$memory" \
      --description "${about%% (restarted*} (restarted $(date -u '+%F %T'))" >/dev/null || {
    reason=$(why)
    return 1
  }
  takes_effect "$1" || return
  fault="does not start"
  reason=$(starts "$1")
}

# put_value_back <name> <old value>: ends with what went wrong, and what holds now.
put_value_back() {
  local story="${broken[0]} $fault with the new value of $1: ${broken[1]}."
  if [[ ! $2 ]]; then fail "$story There is no older value to go back to: run the same command with a better one."; fi
  put_secret "$1" "$2" ||
    fail "$story The old value cannot be put back ($(why)), so the new one stays: run the same command with a good value at once."
  # shellcheck disable=SC2086 # one word each
  restart $readers
  if ((${#broken[@]})); then
    fail "$story The old value is back, but ${broken[0]} $fault with that either: ${broken[1]}. Run \`bin/deploy secrets $1\` with a good value, or \`bin/deploy\`."
  fi
  fail "$story The old value is back, and every function that reads it has started with it."
}
