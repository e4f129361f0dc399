# shellcheck shell=bash
# examples/run api-gateway STACK     the stack of latchkey, in the account and the region of the AWS CLI
query="Stacks[0].Outputs[?OutputKey=='Issuer'].OutputValue"
if [[ ${1:-} ]]; then
  ISSUER=$(aws cloudformation describe-stacks --stack-name "$1" --query "$query" --output text)
  register_api --stack "$1"
else
  # An AWS that is emulated on this machine can reach the local cloud.
  find_latchkey
  register_api
fi
aws cloudformation deploy --stack-name latchkey-example-api --template-file examples/api-gateway/template.yaml \
  --capabilities CAPABILITY_IAM --parameter-overrides "Issuer=$ISSUER" "Audience=$API_AUDIENCE"
query="Stacks[0].Outputs[?OutputKey=='Url'].OutputValue"
echo "The API is at $(aws cloudformation describe-stacks --stack-name latchkey-example-api --query "$query" --output text)"
