# shellcheck shell=bash
# The AWS CLI, and the bucket that Lambda takes code from.

# cloud <arguments of the CLI>: its error message is stored for `why`. The endpoint is named because older CLIs do
# not look into the environment for it.
cloud() {
  aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@" 2>"$error"
}

# why [secret]: why the last call failed, and what to do about it. It may have been about a secret.
why() {
  local said
  said=$(grep -v '^[[:space:]]*$' "$error" | tail -n 1) || true
  case $said in
    *'Unable to locate credentials'*) echo "there are no AWS credentials: run \`aws configure\`, or name a profile in AWS_PROFILE" ;;
    *'config profile'*'could not be found'*) echo "the AWS profile ${AWS_PROFILE-} does not exist: \`aws configure list-profiles\` lists those that do" ;;
    # Before all others, because AWS calls a signature of another time expired as well, or not right.
    *'Signature expired'* | *'Signature not yet current'* | *RequestTimeTooSkewed* | *RequestExpired* | *RequestInTheFuture* | *'not yet valid'*)
      echo "this machine's clock says $(date -u '+%F %T') UTC, which is too far from AWS's: set the clock"
      ;;
    *'connect to proxy'* | *ProxyError* | *'roxy URL'* | *'unnel connection failed'*) proxy_fails "$said" ;;
    *CERTIFICATE_VERIFY_FAILED* | *'SSL validation failed'*)
      echo "the certificate of ${AWS_ENDPOINT_URL:-AWS} cannot be verified (${said##*: }): check this machine's clock, and AWS_CA_BUNDLE if a proxy looks into TLS"
      ;;
    *ExpiredToken* | *'is expired'* | *'has expired'* | *'have expired'* | *'SSO Token'* | *'SSO session'* | *'SSO access token'* | *'token from sso'* | *UnauthorizedSSOToken*)
      expired
      ;;
    *'marked for deletion'* | *'scheduled for deletion'*) marked "${1-}" ;;
    *InvalidClientTokenId* | *UnrecognizedClient* | *SignatureDoesNotMatch* | *InvalidSignature* | *AuthFailure*)
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

# Credentials that were good once, by where they come from.
expired() {
  if [[ ${AWS_ACCESS_KEY_ID-} ]]; then
    echo "the AWS credentials in the environment (AWS_ACCESS_KEY_ID …) have expired: export new ones, or unset them and run \`aws sso login\`"
  else
    echo "the AWS credentials have expired: run \`aws sso login${AWS_PROFILE:+ --profile $AWS_PROFILE}\`, or get new ones the way you got these"
  fi
}

# marked <secret>: Secrets Manager keeps what was deleted for some days, and nothing can be read from it or made in its place.
marked() {
  local id=${1:+$stack/$1}
  echo "${id:+the secret $id }is marked for deletion. Restore it with \`aws secretsmanager restore-secret --secret-id ${id:-$stack/…} --region $region\`, or delete it for good with \`aws secretsmanager delete-secret --secret-id ${id:-$stack/…} --force-delete-without-recovery --region $region\`; then run the same command again"
}

# proxy_fails <what the AWS CLI said>
proxy_fails() {
  local url name
  url=$(sed -nE 's/.*[Pp]roxy URL: "([^"]*)".*/\1/p' <<<"$1")
  name=$(proxy_of "$url")
  url=$(without_password "${url:-${!name-}}")
  case $1 in
    *'unnel connection failed'*) echo "the proxy ${url:-of this machine} ($name) does not let this through (${1##*: }): check $name" ;;
    *) echo "the proxy ${url:-of this machine} ($name) does not answer: start it, or correct or unset $name" ;;
  esac
}

# proxy_of [address]: the variable that names this proxy, or else the first that names any.
proxy_of() {
  local name first='' place
  place=$(without_password "${1-}")
  place=${place#*://}
  for name in https_proxy HTTPS_PROXY http_proxy HTTP_PROXY all_proxy ALL_PROXY; do
    if [[ ! ${!name-} ]]; then continue; fi
    if [[ $place && ${!name} == *"${place%/}"* ]]; then
      echo "$name"
      return
    fi
    first=${first:-$name}
  done
  echo "${first:-HTTPS_PROXY}"
}

without_password() { sed -E 's,//[^/@]*@,//,' <<<"$1"; }

# passing: whether what the last call failed of may be over in a moment by itself.
passing() {
  case $(<"$error") in
    *Throttl* | *'Rate exceeded'* | *TooManyRequests* | *RequestLimitExceeded* | *SlowDown* | *ServiceUnavailable* | *InternalFailure* | *InternalError* | *InternalServiceError* | *'(50'[0-9]')'*) ;;
    *roxy*) return 1 ;;
    *'Could not connect'* | *'onnect timeout'* | *'ead timeout'* | *'onnection was closed'* | *'onnection reset'* | *'onnection aborted'*) ;;
    *) return 1 ;;
  esac
}

# endure <what cannot be done> <what is true then>: after a call of a wait that failed. It goes on for a minute if that may
# pass, and ends the wait if it cannot. `troubled` is since when, and empty while all is well.
endure() {
  if bearable; then return; fi
  fail "$1: $(why). $2"
}

bearable() {
  troubled=${troubled:-$SECONDS}
  passing && ((SECONDS - troubled < 60))
}

# unanswered: whether AWS may have done what the last call asked for, though it failed.
unanswered() {
  case $(<"$error") in
    *ServiceUnavailable* | *InternalFailure* | *InternalError* | *InternalServiceError* | *ServiceException* | *'(50'[0-9]')'*) ;;
    *'ead timeout'* | *'onnection was closed'* | *'onnection reset'* | *'onnection aborted'*) ;;
    *) return 1 ;;
  esac
}

# The bucket for code, made on the first deployment: nobody outside can read it, and what is in it is encrypted. It must be
# our own account's, because anybody could have taken a name that can be guessed.
bucket() {
  local there=0
  bucket_is_there || there=$?
  case $there in
    0) return ;;
    2) fail "The bucket $bucket belongs to somebody else, or these credentials may not see it: choose another STACK in .aws." ;;
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

# Whether there is a bucket, which is 0, 1 if not, and 2 if it is not ours. AWS does not say more than a status here, so we ask
# who we are once more: credentials that have expired are no answer.
bucket_is_there() {
  local said
  if cloud s3api head-bucket --bucket "$bucket" --expected-bucket-owner "$account" >/dev/null; then return; fi
  said=$(<"$error")
  if [[ $said == *404* ]]; then return 1; fi
  if cloud sts get-caller-identity >/dev/null; then
    if [[ $said == *403* ]]; then return 2; fi
    echo "$said" >"$error"
  fi
  fail "The bucket $bucket cannot be read: $(why). What is live was not changed."
}

# upload <name>…: what is not there yet, some at once.
upload() {
  local name number=0
  step "Uploading"
  for name; do
    if [[ -e $work/$name.sent ]]; then continue; fi
    if is_there "$(key "$name")"; then continue; fi
    (
      error=$work/error.$name
      : >"$work/$name.sending"
      send "$work/$name.zip" "$(key "$name")" && mv "$work/$name.sending" "$work/$name.sent"
    ) &
    number=$((number + 1))
    if ((number % 4 == 0)); then wait; fi
  done
  wait
  for name; do
    if [[ -e $work/$name.sending ]]; then
      error=$work/error.$name
      fail "$(key "$name") cannot be uploaded: $(why). What is live was not changed."
    fi
    if [[ -e $work/$name.sent ]]; then note "$name"; fi
  done
}

# is_there <key>: a key holds the digest of its content, so what is there is right. The bucket is listed once.
is_there() {
  if [[ ! -e $work/keys ]]; then list_keys || fail "The bucket $bucket cannot be listed: $(why). What is live was not changed."; fi
  grep -qxF "$1" "$work/keys"
}

list_keys() {
  cloud s3api list-objects-v2 --bucket "$bucket" --query 'Contents[].[Key]' --output text >"$work/listed" && mv "$work/listed" "$work/keys"
}

# put <file> <key>
put() { send "$@" || fail "$2 cannot be uploaded: $(why). What is live was not changed."; }

send() { cloud s3api put-object --bucket "$bucket" --key "$2" --body "$1" --expected-bucket-owner "$account" >/dev/null; }

# live <name>: the physical name of a function.
live() { echo "$stack-$1"; }

# What every function of the stack runs: lines of name, digest, architecture.
live_code() {
  cloud lambda list-functions --output text \
    --query "Functions[?starts_with(FunctionName, '$stack-')].[FunctionName, CodeSha256, Architectures[0]]" ||
    fail "The functions cannot be listed: $(why)."
}
