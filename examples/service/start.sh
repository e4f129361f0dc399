# shellcheck shell=bash
find_latchkey
register_api
register service "Example service" --audience "$API_AUDIENCE" --scope pets:read
node_packages
exec node examples/service/service.mjs
