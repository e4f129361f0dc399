# shellcheck shell=bash
# The stack: its state, its template and parameters, and a change set carried out with progress.

readonly INLINE_LIMIT=51200

# How many of the function that hashes passwords are reserved where nothing else is set, and how many AWS wants left to all functions
# that have no reservation.
readonly PASSWORDS_AT_ONCE=10 SHARED_AT_LEAST=100

# What is said of the present version while a change is prepared.
untouched="What is live was not changed."

# What is borrowed from the bucket for a dry run, the lines of a change set, and whether there is an older version to go back
# to: never those of the environment.
borrowed='' changes='' changed='' reserved=''

# Sets `state`: the stack's status, or `none`.
stack_state() {
  look_at_stack || fail "The stack $stack cannot be read: $(why). Nothing was changed."
}

look_at_stack() {
  if state=$(cloud cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text); then return; fi
  grep -q 'does not exist' "$error" || return
  state=none
}

stack_must_take_updates() {
  case $state in
    none | REVIEW_IN_PROGRESS | CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) ;;
    *_IN_PROGRESS) fail "The stack $stack is in $state: somebody else is changing it. Wait until that is over, then deploy again." ;;
    *) fail "The stack $stack is in $state and takes no updates. $(cure "$state")" ;;
  esac
}

# cure <state>: what is true of a stack in this state, and what helps. Only one that never served, or whose removal was
# begun, may be removed on our advice: what an update left behind is live.
cure() {
  local arguments="--stack-name $stack --region $region"
  case $1 in
    CREATE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED)
      echo "Nothing of it serves, for it was never made to the end. \`bin/deploy remove\` clears it away and keeps the table; then deploy again."
      ;;
    DELETE_FAILED) echo "It was not removed to the end. \`bin/deploy remove\` clears it away and keeps the table; then deploy again." ;;
    UPDATE_ROLLBACK_FAILED)
      echo "It serves, in parts perhaps with the new version, for an update went wrong and so did its undoing: do not remove it. Run \`aws cloudformation continue-update-rollback $arguments\`, then deploy again."
      ;;
    UPDATE_FAILED)
      echo "It serves, in parts with the new version, for somebody let an update fail without taking it back: do not remove it. Run \`aws cloudformation rollback-stack $arguments\`, then deploy again."
      ;;
    IMPORT_ROLLBACK_FAILED)
      echo "What served before serves, for an import changes no resource; but its undoing failed: do not remove it. The CloudFormation console says at which resource."
      ;;
    *) echo "It may be serving: look at it in the CloudFormation console before you change or remove anything." ;;
  esac
}

stack_must_exist() {
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then
    fail "There is no stack $stack in $region yet: run \`bin/deploy\` first, which puts everything live."
  fi
  stack_must_take_updates
}

# Sets `kept`, arguments that name the keys of the live stack which encrypt what is in its table. Where a way is turned off, its rows stay; if
# it is turned on again, they need the key.
keys_to_keep() {
  local name there
  kept=()
  case ${state-} in '' | none | REVIEW_IN_PROGRESS) return ;; esac
  there=$(secrets_there)
  for name in $there; do
    case $name in
      *-private-key) ;;
      *-key) kept+=(--keep "$name") ;;
    esac
  done
}

# The template as this installation's settings make it, with which every function would start.
render_template() {
  local index kept
  operator
  keys_to_keep
  "$latchkey" template "${kept[@]+"${kept[@]}"}" >"$work/template.yaml" || fail "The template cannot be rendered; the reason is above. Nothing was changed."
  for index in "${!all[@]}"; do
    if is_off "${all[index]}"; then
      unset "all[index]" "folders[index]"
      continue
    fi
    parameters | grep -qx "$(camel "${all[index]}")Code" ||
      fail "The template does not know ${folders[index]}: add it to the members in Cargo.toml and to the list in bin/latchkey/src/mount.rs. Nothing was changed."
  done
  all=("${all[@]}") folders=("${folders[@]}")
  check_runtime_settings
  reserve_passwords
}

# Sets `reserved`: how many of the function that hashes passwords may run at one time. As .aws says; else ten, where the account has
# room for that.
reserve_passwords() {
  local left mine instead="Try again, or write USERS_PASSWORD_CONCURRENCY into .aws, and nothing is looked up. Nothing was changed."
  reserved=$(setting USERS_PASSWORD_CONCURRENCY)
  if [[ $reserved ]] || ! parameters | grep -qx UsersPasswordConcurrency; then return; fi
  if ! mine=$(cloud lambda get-function-concurrency --function-name "$stack-users-password" --query ReservedConcurrentExecutions --output text); then
    grep -q ResourceNotFoundException "$error" || fail "How many of users-password are reserved cannot be seen: $(why). $instead"
  fi
  is "$mine" '[0-9]+' || mine=0
  left=$(cloud lambda get-account-settings --query AccountLimit.UnreservedConcurrentExecutions --output text) ||
    fail "How many functions this account may run at one time cannot be seen: $(why). $instead"
  if is "$left" '[0-9]+' && ((left + mine - PASSWORDS_AT_ONCE >= SHARED_AT_LEAST)); then
    reserved=$PASSWORDS_AT_ONCE
  else
    note "users-password gets no concurrency of its own: this account has no room for that. The attempts that are counted are the bound."
  fi
}

# Whether the settings say that there is no such function.
is_off() {
  case $1 in
    events-send) [[ $(runtime_setting EVENTS) != on ]] ;;
    logout-notify) [[ $(runtime_setting BACKCHANNEL_LOGOUT) == off ]] ;;
    users-passkey) [[ $(runtime_setting PASSKEYS) != on ]] ;;
    users-mailed) [[ $(runtime_setting MAILED_SIGN_IN) != on ]] ;;
    users-factor) [[ $(runtime_setting SECOND_FACTORS) != on ]] ;;
    users-password) [[ $(runtime_setting PASSWORDS) != on ]] ;;
    mail-send) ! is "$(runtime_setting MAIL)" 'ses|smtp' ;;
    webhooks) [[ $(runtime_setting WEBHOOKS) != on ]] ;;
    *) false ;;
  esac
}

# What a function would refuse at startup is refused here. A parameter of the template that is set in .aws wins over .env.
check_runtime_settings() {
  local name value given=() look=() said
  for name in $(parameters | snake); do
    value=$(setting "$name")
    if [[ $value ]]; then given+=("$name=$value"); fi
  done
  if [[ $(setting DOMAIN) && ! $(runtime_setting BASE_URL) ]]; then given+=("BASE_URL=https://$(setting DOMAIN)"); fi
  if loses_second_factors; then look=(--stack "$stack"); fi
  if said=$(env "${given[@]+"${given[@]}"}" "$latchkey" check "${look[@]+"${look[@]}"}" 2>&1); then
    sed -n 's/^latchkey: warning: /   Note: /p' <<<"$said"
    return
  fi
  said=$(tail -n 1 <<<"$said")
  said=${said#latchkey: }
  fail "With these settings not every function starts: ${said%.}. Nothing was changed."
}

# Whether the stack asks for second factors now, or may do so, and would not any more: then it is looked whether people have some.
loses_second_factors() {
  if [[ $state == none || $state == REVIEW_IN_PROGRESS || $(runtime_setting SECOND_FACTORS) == on ]]; then return 1; fi
  cloud lambda get-function-configuration --function-name "$stack-users-factor" --query FunctionName --output text >/dev/null ||
    ! grep -q ResourceNotFoundException "$error"
}

# The names of the template's parameters.
parameters() { parameters_in "$work/template.yaml"; }

# The parameters as a file. A runtime setting is in the template already, as the default of its parameter; what else the
# template lets one choose is named in .aws in capitals (AlarmTopic is ALARM_TOPIC).
write_parameters() {
  local name value separator='[' codes=''
  for name in "${all[@]}"; do codes+=" $(camel "$name")Code=$name "; done
  {
    for name in $(parameters); do
      case $name in
        CodeBucket) value=$bucket ;;
        Architecture) value=$architecture ;;
        Memory) value=$memory ;;
        Retention) value=$retention ;;
        UsersPasswordConcurrency) value=$reserved ;;
        PublicKeys) value=$public_keys ;;
        *Code)
          # Which function's it is.
          value=${codes#*" $name="}
          value=$(key "${value%% *}")
          ;;
        *) value=$(setting "$(snake <<<"$name")") ;;
      esac
      if [[ $value ]]; then entry "$name" "$value"; fi
    done
    echo ']'
  } >"$work/parameters.json"
}

entry() {
  local value=${2//\\/\\\\}
  printf '%s{"ParameterKey": "%s", "ParameterValue": "%s"}\n' "$separator" "$1" "${value//\"/\\\"}"
  separator=,
}

# Arguments that name the template: its text, or its place in the bucket where it is too long for that.
template_arguments() {
  local name
  if (($(wc -c <"$1") <= INLINE_LIMIT)); then
    template=(--template-body "file://$1")
    return
  fi
  name=template/$(openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1).yaml
  if ! is_there "$name"; then
    put "$1" "$name"
    if [[ $dry_run ]]; then borrowed=$name; fi
  fi
  if [[ ${AWS_ENDPOINT_URL-} ]]; then
    template=(--template-url "${AWS_ENDPOINT_URL%/}/$bucket/$name")
  else
    template=(--template-url "https://$bucket.s3.$region.amazonaws.com$([[ $region == cn-* ]] && echo .cn)/$name")
  fi
}

# change_set <template> <parameters>: makes one, and sets `changes` to its lines; empty if nothing would change.
change_set() {
  local kind=UPDATE adopt=() template started=$SECONDS status='' troubled=''
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then
    kind=CREATE
    # The table of a stack that was removed is taken over. For that, AWS wants its name in so many letters.
    if table_exists; then
      adopt=(--import-existing-resources)
      sed "s/^\( *TableName:\) !Ref .*AWS::StackName.*/\1 $stack/" "$1" >"$work/adopting.yaml"
      set -- "$work/adopting.yaml" "$2"
    fi
  fi
  template_arguments "$1"
  # Two of one run may begin within a second.
  set=deploy-$(date -u +%Y%m%d-%H%M%S)-$$-$RANDOM
  cloud cloudformation create-change-set --stack-name "$stack" --change-set-name "$set" --change-set-type "$kind" \
    "${template[@]}" --parameters "file://$2" --capabilities CAPABILITY_NAMED_IAM \
    "${adopt[@]+"${adopt[@]}"}" >/dev/null || fail "AWS does not take the template: $(why). $untouched"
  until [[ $status == CREATE_COMPLETE ]]; do
    if status=$(ask_set Status --no-paginate); then troubled=; else endure "The change set cannot be read" "$untouched"; fi
    if [[ $status == FAILED ]]; then
      no_change_set
      return
    fi
    waiting
    if ((SECONDS - started > 300)); then fail "AWS takes more than five minutes to look at the template: deploy again. $untouched"; fi
    sleep 1
  done
  changes=$(describe_set 'Changes[].ResourceChange.[Action, LogicalResourceId, ResourceType, Replacement]')
  if [[ ${adopt-} && $changes != *Import$'\t'Table$'\t'* ]]; then
    drop_set
    fail "The table $stack is there, and AWS does not take it over into the stack. $untouched"
  fi
  spare_the_data
}

# describe_set <query> [argument]
describe_set() {
  ask_set "$@" || fail "The change set cannot be read: $(why). $untouched"
}

ask_set() {
  cloud cloudformation describe-change-set --stack-name "$stack" --change-set-name "$set" --query "$1" --output text "${@:2}"
}

# A change set that failed because nothing would change is no failure.
no_change_set() {
  local reason
  reason=$(describe_set StatusReason --no-paginate)
  drop_set
  changes=
  case $reason in
    *"didn't contain changes"* | *'No updates are to be performed'*) ;;
    *) fail "AWS cannot change the stack this way: $reason. $untouched" ;;
  esac
}

# Forgets a change set; and the shell of a stack that was never made, which would otherwise stay.
drop_set() {
  if [[ $borrowed ]]; then cloud s3api delete-object --bucket "$bucket" --key "$borrowed" >/dev/null || true; fi
  cloud cloudformation delete-change-set --stack-name "$stack" --change-set-name "$set" >/dev/null || true
  if [[ $state == none ]]; then cloud cloudformation delete-stack --stack-name "$stack" || true; fi
}

# People and keys are never replaced or removed by an update.
spare_the_data() {
  local lost
  lost=$(awk -F '\t' '$3 ~ /DynamoDB::Table|SecretsManager::Secret/ && ($1 == "Remove" && $3 ~ /Table/ || $4 == "True") { print $2 }' <<<"$changes")
  if [[ $lost ]]; then
    drop_set
    # shellcheck disable=SC2086 # one word each
    fail "This update would make $(listed $lost) again and lose its content: undo that change of the template. $untouched"
  fi
}

table_exists() {
  if cloud dynamodb describe-table --table-name "$stack" >/dev/null; then return; fi
  grep -q ResourceNotFoundException "$error" || fail "Whether there is a table $stack cannot be seen: $(why). Nothing was changed."
  return 1
}

# Sets `changed` if there is an older version now. In one update, but for indexes of the table, which come one at a time.
deploy_stack() {
  local update
  changed=
  step "Stack"
  save_live
  write_parameters
  plan_updates "$work/template.yaml"
  for update in "${updates[@]+"${updates[@]}"}"; do
    change_set "$update" "$work/parameters.json"
    if [[ ! $changes ]]; then
      note "nothing to change"
      continue
    fi
    carry_out || stack_failed
    if [[ -e $work/before.yaml ]]; then changed=yes; fi
    note "$end in $((SECONDS - started)) s"
    state=$end
    since=$SECONDS
  done
}

# Carries the change set out and shows how far it is. Sets `end`, the state it ends in.
carry_out() {
  local before events troubled=''
  started=$SECONDS end='' seen=0
  keep_lock
  events=$(events_since '' --no-paginate) || fail "What happens to the stack cannot be seen: $(why). $untouched"
  before=${events%%[[:space:]]*}
  cut -f 2 <<<"$changes" | sort -u >"$work/changing"
  cloud cloudformation execute-change-set --stack-name "$stack" --change-set-name "$set" ||
    fail "The stack cannot be changed: $(why). $untouched"
  : >"$work/done"
  while ((SECONDS - started < 1800)); do
    sleep 1
    waiting
    fill_secrets
    if ! events=$(events_since "$before" --no-paginate); then
      endure "The stack is being changed, and how far that is cannot be seen" "AWS goes on by itself: wait until that is over, then run the same command again."
      continue
    fi
    troubled=
    end=$(awk -F '\t' -v stack="$stack" '$2 == stack && $4 == "AWS::CloudFormation::Stack" { print $3; exit }' <<<"$events")
    progress "$events"
    case $end in
      CREATE_COMPLETE | UPDATE_COMPLETE | IMPORT_COMPLETE) return ;;
      *CLEANUP*) ;;
      *_COMPLETE | *_FAILED) break ;;
    esac
  done
  reasons=$(events_since "$before" | awk -F '\t' '$3 ~ /_FAILED$/ && $5 !~ /cancelled/ && $5 !~ /^(None)?$/ { print $2 ": " $5 }' | tail -n 1) || true
  return 1
}

# progress <events>: says how many resources of the change set are done, if there are more than before. What AWS does when it
# takes a change back is no progress.
progress() {
  local now all lasting=''
  if [[ $end == *ROLLBACK* ]]; then return; fi
  awk -F '\t' '$3 ~ /^(CREATE|UPDATE|IMPORT|DELETE)_COMPLETE$/ { print $2 }' <<<"$1" >>"$work/done"
  now=$(sort -u "$work/done" | grep -cxFf "$work/changing") || true
  all=$(wc -l <"$work/changing")
  if ((SECONDS - started > 5)); then lasting=", $((SECONDS - started)) s"; fi
  if ((now > seen)); then note "$now of $((all)) resources$lasting"; fi
  seen=$now
}

# events_since <event> [argument]: what happened since, newest first. A page holds a hundred, which is what is asked for
# while waiting.
events_since() {
  cloud cloudformation describe-stack-events --stack-name "$stack" --output text "${@:2}" \
    --query 'StackEvents[].[EventId, LogicalResourceId, ResourceStatus, ResourceType, ResourceStatusReason]' |
    awk -F '\t' -v last="$1" 'last != "" && $1 == last { old = 1 } !old { print }'
}

# Saves what is live: the stack's template and parameters, and the code of each function, which is another than the
# parameters say where a function was deployed alone.
save_live() {
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then return; fi
  # shellcheck disable=SC2015 # `fail` is for whichever of them failed
  cloud cloudformation get-template --stack-name "$stack" --query TemplateBody --output text >"$work/before.yaml" &&
    cloud cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Parameters' --output json >"$work/before.json" ||
    fail "The stack's template cannot be read: $(why). $untouched"
  live_code >"$work/before.code"
}

# Rolls back to the version before this deployment. Sets `rolled_back`, the sentence about it.
roll_back() {
  local reason=''
  rolled_back="Nothing else is there to go back to: repair that, then deploy again."
  if [[ ! $changed ]]; then return; fi
  step "Rolling the stack back"
  untouched="The new version, which does not start, is live."
  change_set "$work/before.yaml" "$work/before.json"
  if [[ $changes ]] && ! carry_out; then
    rolled_back="The stack could not be rolled back either, at ${reasons:-a place that AWS does not name}."
    if [[ $end == UPDATE_ROLLBACK_COMPLETE ]]; then rolled_back+=" $untouched Repair it, then deploy again."; else rolled_back+=" It is in ${end:-an unknown state}. $(cure "$end")"; fi
    return
  fi
  restore_code
  rolled_back="The stack was rolled back: $again."
  republish || rolled_back+=" $(unpublished)"
}

# Says how carrying it out ended, in `end`.
stack_failed() {
  local reason=${reasons:-a place that AWS does not name}
  if [[ $reason == *'scheduled for deletion'* ]]; then reason=${reason%.}". A secret of the same name $(marked)"; fi
  case $end in
    UPDATE_ROLLBACK_COMPLETE | IMPORT_ROLLBACK_COMPLETE)
      restore_code
      again="The update failed at $reason. AWS rolled it back: $again."
      republish || again+=" $(unpublished)"
      fail "$again"
      ;;
    CREATE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED) fail "The stack could not be made: $reason. $(cure "$end")" ;;
    *_COMPLETE | *_FAILED) fail "The update failed at $reason, and the stack is in $end. $(cure "$end")" ;;
    *) fail "The stack is still being changed after half an hour: look at it in the CloudFormation console, then deploy again." ;;
  esac
}

# output <name>: what the stack says of itself, asked once.
output() {
  if [[ ! -e $work/outputs ]]; then
    cloud cloudformation describe-stacks --stack-name "$stack" --output text \
      --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]' >"$work/outputs" || fail "The stack's outputs cannot be read: $(why). Everything was deployed."
  fi
  awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/outputs"
}
