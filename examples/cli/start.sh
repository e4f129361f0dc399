# shellcheck shell=bash
# examples/run cli [--device | sign-out]
find_latchkey
register_api
register native "Example tool" --redirect-uri http://127.0.0.1/callback --device --audience "$API_AUDIENCE"
node_packages
TOKENS=$OWN/tokens.json exec node examples/cli/tool.mjs "$@"
