# shellcheck shell=bash
# What is live: the code of single functions, and whether everything answers.

# must_be_live <name>
must_be_live() {
  local runs
  runs=$(live_code)
  runs=$(awk -F '\t' -v name="$(live "$1")" '$1 == name { print $3 }' <<<"$runs")
  if [[ ! $runs ]]; then fail "$1 is not part of the stack $stack: run \`bin/deploy\`, which makes it where no setting turns it off."; fi
  if [[ $runs != "$architecture" ]]; then fail "$1 runs on $runs, and ARCHITECTURE is $architecture: run \`bin/deploy\`, which changes that for all functions."; fi
}

# change_code <name>: the new code, or the old one if the new does not start.
change_code() {
  local old new now broken
  old=$(running "$1" CodeSha256)
  new=$(code_digest "$1")
  if [[ $old == "$new" ]]; then
    # Lambda names the new code before it runs it.
    if ! takes_effect "$1" && [[ $unsure ]]; then holds=$TAKEN && fail "$(unchanged "$1")"; fi
    broken=$(starts "$1") || fail "$1 does not start: $broken. This code is live already, so there is nothing to go back to: repair it, then deploy again."
    note "$1: this code is live already"
    return
  fi
  update_code "$1" "$(key "$1")" || fail "$(unchanged "$1")"
  now=$(running "$1" CodeSha256)
  [[ $now == "$new" ]] ||
    fail "$1 does not run the code that was uploaded; somebody else may be deploying. Look, then deploy again."
  if broken=$(starts "$1"); then
    note "$1: live, SHA-256 $new"
    return
  fi
  put_back "$1" "$old" || fail "$1 does not start: $broken. $holds"
  fail "$1 does not start: $broken. The old code is live again."
}

# put_back <name> <digest, as Lambda writes it>: code that it ran before, from the bucket. If that cannot be, sets what
# `update_code` sets; `holds` has the reason as well.
put_back() {
  if update_code "$1" "$1/$(openssl base64 -d -A <<<"$2" | od -An -v -tx1 | tr -d ' \n').zip"; then return; fi
  holds="The old code could not be put back: $reason. The new one, which does not start, is live: repair it, then deploy again."
  if [[ $unsure ]]; then holds="The old code may not be back yet: $reason. Which one runs is not known: repair the new one, then deploy again."; fi
  return 1
}

# unchanged <name>: what there is to say after an `update_code` that failed.
unchanged() { echo "The code of $1 $(if [[ $unsure ]]; then echo "may not be changed yet"; else echo "cannot be changed"; fi): $reason. $holds"; }

readonly TAKEN="AWS has the new code, and which one runs is not known: run the same command again."

# update_code <name> <key>: gives it this code, and waits until that runs. If that cannot be seen, sets `reason`; `holds`, the
# sentence about what runs then; and `unsure`, which is empty if that is the code it had.
update_code() {
  unsure='' holds="The old code serves."
  if ! cloud lambda update-function-code --function-name "$(live "$1")" --s3-bucket "$bucket" --s3-key "$2" >/dev/null; then
    reason=$(why)
    if unanswered; then unsure=yes holds="Whether AWS has the new code is not known: run the same command again."; fi
    return 1
  fi
  if takes_effect "$1"; then return; fi
  if [[ $unsure ]]; then holds=$TAKEN; fi
  return 1
}

# takes_effect <name>: whether Lambda runs the new code within two minutes. If not, sets `reason`, and `unsure`
# unless Lambda says itself that it does not.
takes_effect() {
  local status started=$SECONDS troubled=''
  unsure=''
  while ((SECONDS - started < 120)); do
    waiting
    if ! status=$(cloud lambda get-function-configuration --function-name "$(live "$1")" --output text \
      --query '[LastUpdateStatus, LastUpdateStatusReason]'); then
      if bearable; then sleep 1 && continue; fi
      unsure=yes reason="whether it runs cannot be seen ($(why))"
      return 1
    fi
    troubled=
    case $status in
      Successful*) return ;;
      Failed*)
        reason="Lambda cannot run it (${status#*$'\t'})"
        return 1
        ;;
    esac
    sleep 1
  done
  unsure=yes reason="Lambda takes more than two minutes over it, and may still come round"
  return 1
}

# running <name> <property>
running() {
  cloud lambda get-function-configuration --function-name "$(live "$1")" --query "$2" --output text ||
    fail "$1 cannot be read: $(why)."
}

# What a gateway asks an authorizer. To any other function it is an event that cannot be read, which is an answer as well.
readonly QUESTION='{"version": "2.0", "type": "REQUEST", "routeArn": "arn:aws:execute-api:none:0:none/none/GET/",
  "headers": {}, "requestContext": {"apiId": "none", "http": {}}}'

# starts <name>: whether the function answers; if not, prints why. Leave that a new role was just given takes some seconds
# to hold everywhere.
starts() {
  local attempt said reason
  for attempt in 1 2 3 4; do
    said=$(cloud lambda invoke --function-name "$(live "$1")" --payload fileb:///dev/stdin --log-type Tail \
      --query '[FunctionError, LogResult]' --output text "$work/answer.$1" <<<"$QUESTION") || {
      why
      return 1
    }
    if [[ $said == None* ]]; then return; fi
    reason=$(cause "$(cut -f 2 <<<"$said" | openssl base64 -d -A 2>/dev/null | tr -d '\0')$(<"$work/answer.$1")")
    if [[ $reason != *AccessDenied* && $reason != *'not authorized'* ]]; then break; fi
    sleep $((attempt * 2))
  done
  printf '%s' "$reason"
  return 1
}

# cause <log and answer>: the sentence with which one of our functions says why it cannot start; without one, the last words.
cause() {
  local sentence
  sentence=$(sed -nE 's/.*\\?"cause\\?": ?\\?"([^"\]+).*/\1/p' <<<"$1" | head -n 1)
  if [[ ! $sentence ]]; then sentence=$(sed -nE 's/.*"errorMessage": ?"([^"]+).*/\1/p' <<<"$1" | tail -n 1); fi
  cut -c 1-200 <<<"${sentence:-it gave no reason}"
}

# Functions that were changed alone since the stack was made, and do not run what was built now. Whether they start is asked
# of all functions together, so that everything is rolled back if one does not.
align_code() {
  local name lives
  lives=$(live_code)
  for name; do
    if runs "$name" "$(code_digest "$name")" "$lives"; then continue; fi
    update_code "$name" "$(key "$name")" || fail "$(unchanged "$name") Everything else is deployed, and was not looked at yet."
    if [[ -e $work/before.yaml ]]; then changed=yes; fi
    note "$name: its code"
  done
}

# restore_code: the stack is what it was. Whatever ran other code than the stack says, because it was deployed alone, gets that
# again, for CloudFormation knows nothing of it. Sets `again`, the end of the sentence.
restore_code() {
  local name digest lives lost=() open=()
  lives=$(live_code)
  for name in "${all[@]}"; do
    digest=$(awk -F '\t' -v name="$(live "$name")" '$1 == name { print $2 }' "$work/before.code")
    if [[ ! $digest ]] || runs "$name" "$digest" "$lives"; then continue; fi
    if put_back "$name" "$digest"; then
      note "$name: the code it had"
    elif [[ $unsure ]]; then
      open+=("$name ($reason)")
    else
      lost+=("$name ($reason)")
    fi
  done
  again="what served before serves now"
  if ((${#lost[@]})); then again+=", but for the code of $(listed "${lost[@]}"), which was deployed alone and could not be put back"; fi
  if ((${#open[@]})); then again+="; whether the code that was deployed alone is back is not known of $(listed "${open[@]}")"; fi
}

# runs <name> <digest, as Lambda writes it> <what is live>
runs() { grep -qF "$(live "$1")"$'\t'"$2"$'\t' <<<"$3"; }

check_all() {
  step "Starting every function"
  check_functions
  step "Calling every route"
  check_routes
}

check_functions() {
  local name listed broken=()
  for name in "${all[@]}"; do
    (
      error=$work/error.$name
      if starts "$name" >"$work/reason.$name"; then rm "$work/reason.$name"; fi
    ) &
  done
  wait
  for name in "${all[@]}"; do
    if [[ -e $work/reason.$name ]]; then broken+=("$name ($(<"$work/reason.$name"))"); fi
  done
  if ((${#broken[@]} == 0)); then
    note "all ${#all[@]} start"
    return
  fi
  listed=$(listed "${broken[@]+"${broken[@]}"}")
  note "not all start: $listed"
  roll_back
  fail "Not every function starts: $listed. $rolled_back"
}

check_routes() {
  local id about keys method path guard answer number=0 silent=() more="The functions' logs (/aws/lambda/$stack-…) say more."
  # shellcheck disable=SC2015 # `fail` is for whichever of them failed
  id=$(cloud cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id Api --query StackResourceDetail.PhysicalResourceId --output text) &&
    about=$(cloud apigatewayv2 get-api --api-id "$id" --query '[ApiEndpoint, DisableExecuteApiEndpoint]' --output text) &&
    keys=$(cloud apigatewayv2 get-routes --api-id "$id" --query 'Items[].[RouteKey, AuthorizationType]' --output text) ||
    fail "The routes cannot be listed: $(why). Everything was deployed."
  reach "$about"
  keys=$(sort -k 2 <<<"$keys")
  # Some at once.
  while read -r method path guard; do
    number=$((number + 1))
    call "$method" "$base" "$path" "$guard" "$number" >"$work/answer-$number" &
    if ((number % 4 == 0)); then wait; fi
  done <<<"$keys"
  wait
  number=0
  while read -r method path guard; do
    number=$((number + 1))
    answer=$(<"$work/answer-$number")
    note "$answer  $method $path"
    if [[ $answer != *ok* ]]; then silent+=("$method $path"); fi
    if [[ $answer == curl:* ]]; then more=$(through); fi
  done <<<"$keys"
  if ((${#silent[@]})); then fail "$(listed "${silent[@]}") did not answer as expected; everything else is deployed. $more"; fi
}

# reach <address and whether it is switched off>: sets `base`, where the routes are called, and `route`, how curl gets there. A
# domain of one's own is called at the gateway that it will lead to, because nobody could make its record before now.
reach() {
  local closed domain
  read -r base closed <<<"$1"
  route=()
  if [[ $closed != True ]]; then return; fi
  domain=$(setting DOMAIN)
  base=https://$domain
  route=(--connect-to "$domain:443:$(output DomainTarget):443")
}

# call <method> <base> <path> <guard> <number>: a guarded route must refuse a bad token, for which its authorizer must run; any
# other must answer from its function, whatever it says.
call() {
  local status attempt bearer=() url ask body=$work/body-$5
  # shellcheck disable=SC2001 # a pattern of bash has no "anything but"
  url=$2$(sed 's/{[^}]*}/x/g' <<<"$3")
  if [[ $4 == CUSTOM ]]; then bearer=(-H 'Authorization: Bearer none'); fi
  # Of HEAD, curl writes the answer's head where the body would be.
  if [[ $1 == HEAD ]]; then ask=(--head); else ask=(-X "$1" -d ''); fi
  for attempt in 1 2 3; do
    status=$(curl -q -sS -m 15 -o "$body" -w '%{http_code}' "${ask[@]}" "${bearer[@]+"${bearer[@]}"}" "${route[@]+"${route[@]}"}" "$url" 2>"$body.curl") || status=$(tail -n 1 "$body.curl")
    case $4:$status in
      *:*[!0-9]*) ;;
      CUSTOM:401 | CUSTOM:403) echo "$status ok" && return ;;
      CUSTOM:* | *:5??) ;;
      *:404) if function_said "$1" "$body"; then echo "$status ok" && return; fi ;;
      *:[234]??) echo "$status ok" && return ;;
    esac
    if ((attempt < 3)); then sleep 2; fi
  done
  echo "$status FAILED"
}

# function_said <method> <body>: whether the 404 is a function's and not the gateway's own, which has no security headers.
function_said() {
  if [[ $1 == HEAD ]]; then
    grep -qi '^content-security-policy:' "$2"
  elif grep -qx '{"message":"Not Found"}' "$2"; then
    return 1
  fi
}

# What to look at where curl had no answer at all.
through() {
  local name
  name=$(proxy_of)
  if [[ ${!name-} ]]; then
    echo "They were called through the proxy $(without_password "${!name}"), which $name names: does that answer?"
  else
    echo "This machine had no answer from there: check its network."
  fi
}

# What a person needs next.
farewell() {
  local name target
  step "Live: $(output Url)"
  for name in RedirectUris Issuer KeySetUrl; do note "$name  $(output "$name")"; done
  target=$(output DomainTarget)
  if [[ $target ]]; then note "Make this DNS record, if it is not there: $(setting DOMAIN) CNAME $target"; fi
  note "Register the redirect URIs at the providers; then open the address above and sign in."
}

# `--dry-run` for some functions.
foretell_code() {
  local name lives
  step "This would change"
  lives=$(live_code)
  for name; do
    if grep -q "^$(live "$name")"$'\t'"$(code_digest "$name")"$'\t' <<<"$lives"; then note "$name: nothing, this code is live"
    elif grep -q "^$(live "$name")"$'\t' <<<"$lives"; then note "$name: its code"
    else note "$name: new"; fi
  done
}

# `--dry-run` for everything: the change set is made, read and thrown away.
foretell() {
  foretell_code "${all[@]}"
  if ((${#missing[@]})); then note "first values for the secrets $(listed "${missing[@]}")"; fi
  if [[ $state == none || $state == REVIEW_IN_PROGRESS ]]; then
    note "a new stack $stack: $(sed -nE 's/^    Type: AWS::(.*)/\1/p' "$work/template.yaml" | sort | uniq -c | awk '{ printf "%s%s %s", s, $1, $2; s = ", " }')"
    return
  fi
  write_parameters
  change_set "$work/template.yaml" "$work/parameters.json"
  if [[ ! $changes ]]; then
    note "the stack: nothing"
    return
  fi
  drop_set
  while IFS=$'\t' read -r action name kind replaced; do
    note "$action $name ($kind)$([[ $replaced == True ]] && echo ", replaced")"
  done <<<"$changes"
}
