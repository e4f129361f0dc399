# shellcheck shell=bash
# The stack: its state, its template and parameters, and a change set carried out with progress.

readonly INLINE_LIMIT=51200

# Sets `state`: the stack's status, or `none`.
stack_state() {
  if state=$(cloud cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text); then return; fi
  if ! grep -q 'does not exist' "$error"; then fail "The stack $stack cannot be looked at: $(why). Nothing was changed."; fi
  state=none
}

stack_must_take_updates() {
  case $state in
    none | REVIEW_IN_PROGRESS | CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) ;;
    UPDATE_ROLLBACK_FAILED)
      fail "The stack $stack is in $state: an update went wrong and so did its undoing. What served before serves. Run \`aws cloudformation continue-update-rollback --stack-name $stack --region $region\`, then deploy again."
      ;;
    *_IN_PROGRESS) fail "The stack $stack is in $state: somebody else is changing it. Wait until that is over, then deploy again." ;;
    *) fail "The stack $stack is in $state: it was not made or removed to the end, and takes no updates. \`bin/deploy remove\` clears it away and keeps the table; then deploy again." ;;
  esac
}

stack_must_exist() {
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then
    fail "There is no stack $stack in $region yet: run \`bin/deploy\` first, which puts everything live."
  fi
  stack_must_take_updates
}

# The template as this installation's settings make it.
render_template() {
  local name
  latchkey=(cargo run --quiet --locked --)
  "${latchkey[@]}" template >"$work/template.yaml" || fail "The template cannot be rendered; the reason stands above. Nothing was changed."
  for name in "${all[@]}"; do
    parameters | grep -qx "$(camel "$name")Code" ||
      fail "The template does not know lambdas/${name//-//}: add it to the list in bin/latchkey/src/mount.rs. Nothing was changed."
  done
}

# The names of the template's parameters.
parameters() { sed -nE '/^Parameters:/,/^[A-Z]/s/^  ([A-Za-z0-9]+):.*/\1/p' "$work/template.yaml" | grep -vx Parameters; }

# The parameters as a file, so that none is in a command line.
write_parameters() {
  local name function separator='['
  {
    for name in $(parameters); do
      case $name in
        CodeBucket) entry "$name" "$bucket" ;;
        Architecture) entry "$name" "$architecture" ;;
        Memory) entry "$name" "$memory" ;;
        Retention) entry "$name" "$retention" ;;
        PublicKeys) entry "$name" "$public_keys" ;;
      esac
    done
    for function in "${all[@]}"; do entry "$(camel "$function")Code" "$(key "$function")"; done
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
  put "$1" "$name"
  if [[ ${AWS_ENDPOINT_URL-} ]]; then
    template=(--template-url "${AWS_ENDPOINT_URL%/}/$bucket/$name")
  else
    template=(--template-url "https://$bucket.s3.$region.amazonaws.com$([[ $region == cn-* ]] && echo .cn)/$name")
  fi
}

# change_set <template> <parameters>: makes one, and sets `changes` to its lines; empty if nothing would change.
change_set() {
  local kind=UPDATE adopt=() template started=$SECONDS status=''
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then
    kind=CREATE
    # The table of a stack that was removed is taken over.
    if table_exists; then adopt=(--import-existing-resources); fi
  fi
  template_arguments "$1"
  set=deploy-$(date -u +%Y%m%d-%H%M%S)-$$
  cloud cloudformation create-change-set --stack-name "$stack" --change-set-name "$set" --change-set-type "$kind" \
    "${template[@]}" --parameters "file://$2" --capabilities CAPABILITY_NAMED_IAM \
    "${adopt[@]+"${adopt[@]}"}" >/dev/null || fail "AWS does not take the template: $(why). What is live was not touched."
  until [[ $status == CREATE_COMPLETE ]]; do
    status=$(describe_set Status)
    if [[ $status == FAILED ]]; then
      no_change_set
      return
    fi
    if ((SECONDS - started > 300)); then fail "AWS takes more than five minutes to look at the template: deploy again. What is live was not touched."; fi
    sleep 1
  done
  changes=$(describe_set 'Changes[].ResourceChange.[Action, LogicalResourceId, ResourceType, Replacement]')
  spare_the_data
}

describe_set() {
  cloud cloudformation describe-change-set --stack-name "$stack" --change-set-name "$set" --query "$1" --output text ||
    fail "The change set cannot be looked at: $(why). What is live was not touched."
}

# A change set that failed because nothing would change is no failure.
no_change_set() {
  local reason
  reason=$(describe_set StatusReason)
  drop_set
  changes=
  case $reason in
    *"didn't contain changes"* | *'No updates are to be performed'*) ;;
    *) fail "AWS cannot change the stack this way: $reason. What is live was not touched." ;;
  esac
}

# Forgets a change set; and the shell of a stack that was never made, which would otherwise stay.
drop_set() {
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
    fail "This update would make $(listed $lost) anew and lose what is in it: undo that change of the template. What is live was not touched."
  fi
}

table_exists() { cloud dynamodb describe-table --table-name "$stack" >/dev/null; }

deploy_stack() {
  step "Stack"
  remember
  write_parameters
  change_set "$work/template.yaml" "$work/parameters.json"
  if [[ ! $changes ]]; then
    note "nothing to change"
    return
  fi
  carry_out "$(wc -l <<<"$changes")" || stack_failed
  note "$end in $((SECONDS - started)) s"
}

# Carries the change set out and shows how far it is. Sets `end`, the last state, and `reasons`.
carry_out() {
  local before seen=0 done events
  started=$SECONDS reasons=
  before=$(newest_event)
  cloud cloudformation execute-change-set --stack-name "$stack" --change-set-name "$set" ||
    fail "The stack cannot be changed: $(why). What is live was not touched."
  while ((SECONDS - started < 1800)); do
    fill_secrets
    events=$(events_since "$before")
    done=$(awk -F '\t' -v stack="$stack" '$2 != stack && $3 ~ /_COMPLETE$/' <<<"$events" | cut -f 2 | sort -u | wc -l)
    if ((done > seen)); then note "$((seen = done)) of $1 resources"; fi
    end=$(awk -F '\t' -v stack="$stack" '$2 == stack && $4 == "AWS::CloudFormation::Stack" { print $3; exit }' <<<"$events")
    case $end in
      CREATE_COMPLETE | UPDATE_COMPLETE | IMPORT_COMPLETE) return ;;
      *_COMPLETE | *_FAILED) if [[ $end != *CLEANUP* ]]; then break; fi ;;
    esac
    sleep 1
  done
  reasons=$(awk -F '\t' '$3 ~ /_FAILED$/ && $5 !~ /cancelled/ && $5 != "" && $5 != "None" { print $2 ": " $5 }' <<<"$events" | tail -n 1)
  return 1
}

newest_event() { all_events | head -n 1 | cut -f 1; }

# Newest first; a stack that does not exist yet has none.
all_events() {
  cloud cloudformation describe-stack-events --stack-name "$stack" --no-paginate --output text \
    --query 'StackEvents[].[EventId, LogicalResourceId, ResourceStatus, ResourceType, ResourceStatusReason]' || true
}

events_since() { all_events | awk -F '\t' -v last="$1" '$1 == last { exit } { print }'; }

# Keeps the stack's present template and parameters, to which it is taken back if the new functions do not start.
remember() {
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then return; fi
  cloud cloudformation get-template --stack-name "$stack" --query TemplateBody --output text >"$work/before.yaml" &&
    cloud cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Parameters' --output json >"$work/before.json" ||
    fail "The stack's template cannot be read: $(why). What is live was not touched."
}

# Sets `taken_back`, the sentence about it.
take_back() {
  taken_back="There is no older version to go back to: deploy again when that is repaired."
  if [[ ! -e $work/before.yaml ]]; then return; fi
  step "Taking the stack back"
  change_set "$work/before.yaml" "$work/before.json"
  if [[ $changes ]] && ! carry_out "$(wc -l <<<"$changes")"; then
    taken_back="The stack could not be taken back either ($reasons)."
  else
    taken_back="The stack was taken back: what served before serves now."
  fi
}

stack_failed() {
  local told=${reasons:-$(note "no reason given")}
  case ${end:-} in
    UPDATE_ROLLBACK_COMPLETE) fail "The update failed at $told. AWS took it back: what served before serves now." ;;
    *ROLLBACK* | *FAILED) fail "The stack could not be made: $told. Nothing of it serves. \`bin/deploy remove\` clears it away; then deploy again." ;;
    *) fail "The stack is still being changed after half an hour: look at it in the CloudFormation console, then deploy again." ;;
  esac
}

# output <name>
output() {
  cloud cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}
