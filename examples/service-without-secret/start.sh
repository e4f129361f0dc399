# shellcheck shell=bash
# The platform is played by a program on this machine: platform.mjs.
find_latchkey
port=${EXAMPLE_PORT:-5177}
register_api
register service "Example without a secret" --audience "$API_AUDIENCE" --scope pets:read \
  --workload "kubernetes:issuer=http://localhost:$port,namespace=shop,service_account=importer"
node_packages
export TOKEN_FILE=$OWN/token
PORT=$port exec node examples/service-without-secret/platform.mjs node examples/service-without-secret/service.mjs
