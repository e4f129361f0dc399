# shellcheck shell=bash
# examples/run api [jose|aws-jwt-verify]
find_latchkey
register_api
node_packages
PORT=${EXAMPLE_PORT:-5176} exec node examples/api/server.mjs "${1:-jose}"
