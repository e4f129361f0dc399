# shellcheck shell=bash
# The AWS CLI, and the bucket that Lambda takes code from.

# cloud <what the CLI is told>: what it says when it fails is kept for `why`. The endpoint is named because older CLIs do
# not look into the environment for it.
cloud() {
  aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@" 2>"$error"
}

# Why the last call failed, and what to do about it.
why() {
  local said
  said=$(grep -v '^[[:space:]]*$' "$error" | tail -n 1) || true
  case $said in
    *'Unable to locate credentials'*) echo "there are no AWS credentials: run \`aws configure\`, or name a profile in AWS_PROFILE" ;;
    *'config profile'*'could not be found'*) echo "the AWS profile ${AWS_PROFILE-} does not exist: \`aws configure list-profiles\` lists those that do" ;;
    *Expired* | *'has expired'*) echo "the AWS credentials have expired: sign in to AWS again" ;;
    *InvalidClientTokenId* | *UnrecognizedClient* | *SignatureDoesNotMatch* | *AuthFailure*)
      echo "AWS does not know these credentials in $region: check them, and that this account uses the region (REGION in .aws)"
      ;;
    *'Could not connect'* | *'Connect timeout'* | *'Failed to connect'*)
      echo "${AWS_ENDPOINT_URL:-AWS} does not answer for the region $region: check REGION in .aws${AWS_ENDPOINT_URL:+, AWS_ENDPOINT_URL} and the network"
      ;;
    *'Unknown options'*) echo "this AWS CLI is too old (it does not know ${said##*: }): install a newer one" ;;
    *AccessDenied* | *'not authorized'*) echo "these credentials may not do that (${said##*operation: })" ;;
    *) echo "${said##*operation: }" ;;
  esac
}

# Who we are: the first call, so that missing credentials or a wrong region end it here.
account() {
  account=$(cloud sts get-caller-identity --query Account --output text) ||
    fail "The AWS account cannot be asked who we are: $(why). Nothing was changed."
  bucket=$stack-code-$account-$region
  step "$stack in $region, account $account${AWS_ENDPOINT_URL:+, at $AWS_ENDPOINT_URL}"
}

# The bucket for code, made on the first deployment: nobody outside can read it, and what is in it is encrypted. It must be
# our own account's, because anybody could have taken a name that can be guessed.
bucket() {
  if cloud s3api head-bucket --bucket "$bucket" --expected-bucket-owner "$account" >/dev/null; then return; fi
  case $(<"$error") in
    *404*) ;;
    *403*) fail "The bucket $bucket belongs to somebody else, or these credentials may not see it: choose another STACK in .aws." ;;
    *) fail "The bucket $bucket cannot be looked at: $(why)." ;;
  esac
  step "Making the bucket $bucket"
  local where=(--create-bucket-configuration "LocationConstraint=$region")
  if [[ $region == us-east-1 ]]; then where=(); fi
  # shellcheck disable=SC2015 # `fail` is for whichever of them failed
  cloud s3api create-bucket --bucket "$bucket" "${where[@]+"${where[@]}"}" >/dev/null &&
    cloud s3api put-public-access-block --bucket "$bucket" --public-access-block-configuration \
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true &&
    cloud s3api put-bucket-encryption --bucket "$bucket" --server-side-encryption-configuration \
      'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]' ||
    fail "The bucket $bucket cannot be made: $(why). Nothing else was changed."
}

# upload <name>…: what is not there yet.
upload() {
  local name
  step "Uploading"
  for name; do
    if is_there "$(key "$name")"; then continue; fi
    put "$work/$name.zip" "$(key "$name")"
    note "$name"
  done
}

# is_there <key>: a key holds the digest of its content, so what is there is right. The bucket is listed once.
is_there() {
  if [[ ! -e $work/keys ]]; then
    cloud s3api list-objects-v2 --bucket "$bucket" --query 'Contents[].[Key]' --output text >"$work/keys" ||
      fail "The bucket $bucket cannot be listed: $(why). What is live was not touched."
  fi
  grep -qxF "$1" "$work/keys"
}

# put <file> <key>
put() {
  cloud s3api put-object --bucket "$bucket" --key "$2" --body "$1" --expected-bucket-owner "$account" >/dev/null ||
    fail "$2 cannot be uploaded: $(why). What is live was not touched."
}

# live <name>: the physical name of a function.
live() { echo "$stack-$1"; }

# What every function of the stack runs: lines of name, digest, architecture.
live_code() {
  cloud lambda list-functions --output text \
    --query "Functions[?starts_with(FunctionName, '$stack-')].[FunctionName, CodeSha256, Architectures[0]]" ||
    fail "The functions cannot be listed: $(why)."
}
