# shellcheck shell=bash
# The one lock of whatever changes keys or functions: a row of the table, which the function keys-rotate takes too
# (lambdas/keys/rotate/src/lock.rs). It ends by itself, so that a deployment that was killed leaves none for ever.

# For how many seconds it is ours at most. Each change of the stack, which may take half an hour, begins anew.
readonly HELD_FOR=3600

# Who we are to the lock; empty while it is not ours.
holder=''

# Takes the lock, or waits a minute for whoever has it. Where there is no table there is nothing to lock. What a deployment from here
# could not give back, because its credentials had expired or it was killed, is still ours: the same command picks up from there.
take_lock() {
  local mine now started=$SECONDS
  mine=$(left_behind) || mine=$(openssl rand -hex 16)
  until now=$(date +%s) && put_lock "$mine" "$now"; do
    case $(<"$error") in
      *ResourceNotFoundException*) return ;;
      *ConditionalCheckFailed*) ;;
      *) fail "The lock in the table $stack cannot be taken: $(why). Nothing was changed." ;;
    esac
    if ((SECONDS - started > 60)); then fail "$(lock_owner) Wait until that is over, then run the same command again. Nothing was changed."; fi
    waiting "somebody else has the lock"
    sleep 2
  done
  holder=$mine
  (umask 077 && echo "$mine $$" >"$(notes)")
}

# Where it is written down who we are to the lock.
notes() { echo "$target/deploy-lock-$stack"; }

# Who we were to the lock, if the deployment that wrote it down has ended.
left_behind() {
  local mine process
  [[ -f $(notes) ]] || return
  read -r mine process <"$(notes)" || return
  if [[ $process != "$$" ]] && kill -0 "$process" 2>/dev/null; then return 1; fi
  is "$mine" '[0-9a-f]{32}' && echo "$mine"
}

# put_lock <holder> <now>: where there is none, or one that has ended, or ours.
put_lock() {
  local owner
  owner="bin/deploy of $(id -un) on $(uname -n)"
  cloud dynamodb put-item --table-name "$stack" \
    --item "{\"pk\": {\"S\": \"LOCK#keys\"}, \"sk\": {\"S\": \"LOCK\"}, \"version\": {\"S\": \"$1\"}, \"holder\": {\"S\": \"$1\"},
      \"owner\": {\"S\": \"${owner//[!A-Za-z0-9 .@\/_-]/}\"}, \"expires_at\": {\"N\": \"$(($2 + HELD_FOR))\"}}" \
    --condition-expression 'attribute_not_exists(pk) OR expires_at <= :now OR holder = :ours' \
    --expression-attribute-values "{\":now\": {\"N\": \"$2\"}, \":ours\": {\"S\": \"$1\"}}" >/dev/null
}

# Somebody has the lock, as a sentence.
lock_owner() {
  local row
  row=$(cloud dynamodb get-item --table-name "$stack" --key "$LOCK_KEY" --consistent-read --output text \
    --query 'Item.[owner.S, expires_at.N]') || row=
  echo "${row%%$'\t'*} changes keys or functions of the stack $stack (the lock ends at the latest after $(((${row##*$'\t'} + 59 - $(date +%s)) / 60)) minutes)."
}

readonly LOCK_KEY='{"pk": {"S": "LOCK#keys"}, "sk": {"S": "LOCK"}}'

# Ours for another hour, before what may take long.
keep_lock() {
  if [[ ! $holder ]]; then return; fi
  put_lock "$holder" "$(date +%s)" || fail "The lock in the table $stack is lost: $(why). $untouched"
}

# If it cannot be given back, it ends by itself.
release_lock() {
  if [[ ! $holder ]]; then return; fi
  cloud dynamodb delete-item --table-name "$stack" --key "$LOCK_KEY" --condition-expression 'holder = :ours' \
    --expression-attribute-values "{\":ours\": {\"S\": \"$holder\"}}" >/dev/null && rm -f "$(notes)"
  holder=''
}

# The lock is gone with its table.
forget_lock() {
  holder=''
  rm -f "$(notes)"
}

# keys_rotate <event>: asks the function that changes the keys. Sets `reason` if that fails; its answer is in a file.
keys_rotate() {
  local said
  said=$(cloud --cli-read-timeout 320 lambda invoke --function-name "$(live keys-rotate)" --payload fileb:///dev/stdin \
    --query FunctionError --output text "$work/keys" <<<"$1") || {
    reason=$(why)
    return 1
  }
  if [[ $said == None ]] && ! grep -q '"error":' "$work/keys"; then return; fi
  reason=$(sed -nE 's/.*"error": ?"(([^"\\]|\\.)*)".*/\1/p' "$work/keys")
  reason=${reason:-its log (/aws/lambda/$(live keys-rotate)) says why}
  return 1
}

# Brings every function to the keys of the secret: where CloudFormation takes an update back, it brings back keys of before.
# A version that has no such function changes keys by deployments only.
republish() {
  release_lock
  if ! cloud lambda get-function-configuration --function-name "$(live keys-rotate)" --query FunctionName >/dev/null &&
    grep -q ResourceNotFoundException "$error"; then
    return
  fi
  keys_rotate '{"action": "publish"}'
}

# What to say where that failed.
unpublished() { echo "Not every function may have the keys of the secret ($reason): run \`cargo run -- keys publish --stack $stack\`."; }
