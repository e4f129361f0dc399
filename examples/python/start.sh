# shellcheck shell=bash
port=${EXAMPLE_PORT:-5175}
find_latchkey
register_api
register web "Example in Python" --redirect-uri "http://localhost:$port/callback" \
  --post-logout-redirect-uri "http://localhost:$port/" --audience "$API_AUDIENCE"
python_packages
PORT=$port exec "$EXAMPLE/.venv/bin/python" examples/python/app.py
