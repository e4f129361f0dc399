# shellcheck shell=bash
# Taking the stack away.

# `bin/deploy remove [--with-table]`
remove() {
  local table= code= answer
  stack_state
  case $state in
    *_IN_PROGRESS) if [[ $state != REVIEW_IN_PROGRESS ]]; then stack_must_take_updates; fi ;;
  esac
  if table_exists; then table=yes; fi
  if bucket_is_there; then code=yes; fi
  if [[ $state == none && ! $code && ! ($table && $with_table) ]]; then
    note "There is nothing to remove.$([[ $table ]] && echo " The table $stack is there and is kept; --with-table removes it.")"
    return
  fi
  name_losses
  if [[ $dry_run ]]; then return; fi
  read -rp "   Type the stack's name to remove all this: " answer || true
  echo
  [[ $answer == "$stack" ]] || fail "That is not \"$stack\": nothing was removed."
  # A key that is being changed, or another deployment, must not meet functions that go one by one.
  take_lock
  remove_stack
  if [[ $table && $with_table ]]; then remove_table; fi
  if [[ $code ]]; then remove_bucket; fi
}

# What is lost with a key of the stack though the table stays.
name_sealed() {
  case $1 in
    factor-key) note "with factor-key: codes of people's apps count no more, and recovery codes still do" ;;
    webhook-key) note "with webhook-key: no delivery of a webhook's source is believed until its secret is rotated" ;;
    events-key) note "with events-key: no receiver of events is told anything until its secret is rotated" ;;
  esac
}

name_losses() {
  local rows name names
  step "This removes"
  if [[ $state != none ]]; then
    cloud cloudformation list-stack-resources --stack-name "$stack" --output text \
      --query "StackResourceSummaries[?ResourceStatus!='DELETE_COMPLETE'].ResourceType" | tr '\t' '\n' |
      sed '/DynamoDB::Table/d; s/^AWS:://; s/::/ /' | sort | uniq -c | while read -r count what; do note "$count × $what"; done
    note "with the signing keys: every issued token is invalid at once"
    names=$(secrets_there)
    if [[ $table && ! $with_table ]]; then for name in $names; do name_sealed "$name"; done; fi
  fi
  if [[ $code ]]; then note "the bucket $bucket with all code"; fi
  if [[ ! $table ]]; then return; fi
  rows=$(cloud dynamodb describe-table --table-name "$stack" --query Table.ItemCount --output text)
  if [[ $with_table ]]; then
    note "THE TABLE $stack with everybody in it (some $rows rows): there is no way back"
  else
    note "It keeps the table $stack (some $rows rows), which the next \`bin/deploy\` takes over."
  fi
}

remove_stack() {
  local started=$SECONDS troubled=''
  if [[ $state == none ]]; then return; fi
  step "Removing the stack"
  cloud cloudformation delete-stack --stack-name "$stack" || fail "The stack cannot be removed: $(why)."
  while ((SECONDS - started < 1800)); do
    waiting
    if ! look_at_stack; then
      endure "The stack is being removed, and how far that is cannot be seen" "AWS goes on by itself: run the same command again to see the rest through."
      sleep 1
      continue
    fi
    troubled=
    case $state in
      none | DELETE_COMPLETE) return ;;
      DELETE_FAILED) fail "Not all of the stack could be removed: $(left_over). Clear that away by hand, then run the same command again." ;;
    esac
    sleep 1
  done
  fail "The stack is still being removed after half an hour: look at it in the CloudFormation console."
}

left_over() {
  cloud cloudformation describe-stack-events --stack-name "$stack" --no-paginate --output text \
    --query "StackEvents[?ResourceStatus=='DELETE_FAILED'].[LogicalResourceId, ResourceStatusReason]" | awk -F '\t' 'NR == 1 { print $1 ": " $2 }'
}

remove_table() {
  step "Removing the table"
  # shellcheck disable=SC2015 # `fail` is for whichever of them failed
  cloud dynamodb update-table --table-name "$stack" --no-deletion-protection-enabled >/dev/null &&
    cloud dynamodb delete-table --table-name "$stack" >/dev/null || fail "The table $stack cannot be removed: $(why)."
  forget_lock
}

remove_bucket() {
  step "Removing the bucket"
  cloud s3 rb "s3://$bucket" --force >/dev/null || fail "The bucket $bucket cannot be removed: $(why)."
}
