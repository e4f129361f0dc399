# shellcheck shell=bash
# As whom this acts at AWS, and in which region: what the environment says beside .aws.

# Settles profile and region for the AWS CLI. Of two answers to one question it is said which one holds; of keys and a profile
# neither, because nobody knows whose account was meant.
session() {
  local named holder profile name
  named=$(setting PROFILE)
  # In the order in which the AWS CLI looks at them.
  profile=$named holder=PROFILE
  for name in AWS_PROFILE AWS_DEFAULT_PROFILE; do
    if [[ ${!name-} ]]; then profile=${!name} holder=$name; fi
  done
  if [[ $profile && ${AWS_ACCESS_KEY_ID-} ]]; then
    fail "$holder is $profile, and the environment has keys as well (AWS_ACCESS_KEY_ID), which the AWS CLI would use silently: unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or leave $holder out. Nothing was changed."
  fi
  differs PROFILE "$named" "$holder" "$profile"
  differs AWS_PROFILE "${AWS_PROFILE-}" "$holder" "$profile"
  differs AWS_REGION "${AWS_REGION-}" REGION "$region"
  differs AWS_DEFAULT_REGION "${AWS_DEFAULT_REGION-}" REGION "$region"
  unset AWS_PROFILE AWS_DEFAULT_PROFILE
  if [[ $profile ]]; then export AWS_PROFILE=$profile; fi
  # Both names, for both versions of the AWS CLI; no pager, which would wait for a key, and no questions.
  export AWS_REGION=$region AWS_DEFAULT_REGION=$region AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
}

# differs <name> <value> <name of what holds> <value>
differs() {
  if [[ $2 && $2 != "$4" ]]; then note "$1 is $2, and $3 is $4: $4 is what holds here"; fi
}

# Who we are: the first call, so that missing credentials or a wrong region end it here. What is shown is what will be acted on.
account() {
  local said
  # A step without a heading, which would name what is not known yet.
  doing="Asking AWS who this is" since=$SECONDS
  said=$(cloud sts get-caller-identity --query '[Account, Arn]' --output text) ||
    fail "The AWS account cannot be identified: $(why). Nothing was changed."
  account=${said%%[[:space:]]*}
  if ((SECONDS - since > 5)); then note "AWS knew after $((SECONDS - since)) s who this is"; fi
  doing=
  bucket=$stack-code-$account-$region
  step "$stack in $region, account $account${AWS_ENDPOINT_URL:+, at $AWS_ENDPOINT_URL}"
  note "as ${said##*[[:space:]]}${AWS_PROFILE:+, with the profile $AWS_PROFILE}"
}
