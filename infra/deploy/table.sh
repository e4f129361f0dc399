# shellcheck shell=bash
# The table's indexes: DynamoDB adds one in an update of a table, and a table that is taken over has those of the version that
# made it.

# plan_updates <template>: sets `updates` to the templates that lead to this one, which is the last of them. Each has one more of
# the indexes that the table lacks.
plan_updates() {
  local name there lacking=() count=1
  updates=()
  if table_exists; then
    there=$(cloud dynamodb describe-table --table-name "$stack" --query 'Table.GlobalSecondaryIndexes[].[IndexName]' --output text) ||
      fail "The indexes of the table $stack cannot be seen: $(why). Nothing was changed."
    for name in $(indexes_in "$1"); do
      if ! grep -qx -- "$name" <<<"$there"; then lacking+=("$name"); fi
    done
    # It is taken over as it is, before anything is added to it.
    if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then count=0; fi
    for ((; count < ${#lacking[@]}; count++)); do
      without_indexes "$1" "${lacking[@]+"${lacking[@]:count}"}" >"$work/update-$count.yaml"
      updates+=("$work/update-$count.yaml")
    done
  fi
  updates+=("$1")
}

# indexes_in <template>: their names, in its order.
indexes_in() { awk '$1 == "-" && $2 == "IndexName:" { print $3 }' "$1"; }

# without_indexes <template> <name …>: the template without these.
without_indexes() {
  local template=$1
  shift
  awk -v names=" $* " '
    { match($0, /^ */) }
    $1 == "-" && $2 == "IndexName:" { depth = RLENGTH; dropped = index(names, " " $3 " "); if (dropped) next }
    RLENGTH <= depth { dropped = 0 }
    !dropped { print }' "$template"
}

# Writes the rights of the stack's settings into its table, if it has people and no rights yet: from then on, who may do what is
# changed by commands, in the console and by the API, and no more by a deployment. Without it, the settings go on to count. It is asked
# whatever this deployment changed, for the one before may have ended too early, and only where every function starts: a version that
# is taken back goes by its settings.
write_rights() {
  local said line
  if said=$("$latchkey" role begin --if-used --stack "$stack" 2>&1); then
    if [[ $said == 'Nobody has signed in yet'* || $said == 'The rights are in the table already.' ]]; then return; fi
    while IFS= read -r line; do note "$line"; done <<<"$said"
  else
    note "The rights could not be written: ${said#latchkey: } Until \`cargo run -- role begin --stack $stack\` succeeds, ROLES and ADMINS count."
  fi
}

# Puts the people of an older version into the lists by which they are found: once, as above. Without it, the stack is as good as before,
# and who signs in with a new name is found all the same.
index_people() {
  local said
  if said=$("$latchkey" user index --once --stack "$stack" 2>&1); then
    if [[ $said != 'The lists are there.' && $said != '0 people are in the lists.' ]]; then note "$said"; fi
  else
    note "The lists of people could not be written: ${said#latchkey: } Try \`cargo run -- user index --stack $stack\` later."
  fi
}
