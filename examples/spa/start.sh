# shellcheck shell=bash
port=${EXAMPLE_PORT:-5173}
find_latchkey
register_api
register spa "Example in the browser" --redirect-uri "http://localhost:$port/" \
  --post-logout-redirect-uri "http://localhost:$port/" --audience "$API_AUDIENCE"
node_packages
PORT=$port exec node examples/spa/server.mjs
