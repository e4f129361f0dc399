"""Somebody whose tokens are accepted: a provider of people, a platform that runs programs, or a client with keys of its own. Its
metadata and its keys are on this machine, and it signs whatever a test wants."""

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jwt
from joserfc.jwk import RSAKey


class Issuer:
    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = issuer.documents().get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def documents(self):
        return {
            "/keys": {"keys": [self.key.as_dict(private=False)]},
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
        }

    def token(self, **claims):
        """A fresh token of this issuer with these claims too."""
        now = int(time.time())
        usual = {"iss": self.url, "iat": now, "exp": now + 300, "jti": secrets.token_urlsafe(16)}
        return jwt.encode({"alg": "RS256", "kid": "1"}, {**usual, **claims}, self.key)

    def stop(self):
        self.server.shutdown()
