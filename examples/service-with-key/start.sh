# shellcheck shell=bash
# Makes the service's key on the first start, and registers its public half.
find_latchkey
register_api
node_packages
make_own
node examples/service-with-key/key.mjs "$OWN"
register service "Example with a key" --audience "$API_AUDIENCE" --scope pets:read --jwks "$OWN/public.json"
KEY=$OWN/key.json exec node examples/service-with-key/service.mjs
