# shellcheck shell=bash
port=${EXAMPLE_PORT:-5174}
find_latchkey
register_api
register web "Example on a server" --redirect-uri "http://localhost:$port/callback" \
  --post-logout-redirect-uri "http://localhost:$port/" --backchannel-logout-uri "http://localhost:$port/backchannel-logout" \
  --audience "$API_AUDIENCE"
node_packages
PORT=$port exec node examples/web/server.mjs
