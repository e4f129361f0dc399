"""Tokens signed with keys as `latchkey keys new` makes them: good ones, and such as latchkey would never sign."""

import base64
import json
import secrets
import time

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Signer:
    """Signs with the newest key of a set, of those for RS256, for one issuer and one audience: also if its time has not come."""

    def __init__(self, keys, issuer, audience):
        jwk = max((key for key in json.loads(keys)["keys"] if key["kty"] == "RSA"), key=lambda key: key["signs_from"])
        number = {name: int.from_bytes(decoded(jwk[name]), "big") for name in "n e d p q dp dq qi".split()}
        public = RSAPublicNumbers(number["e"], number["n"])
        self.key = RSAPrivateNumbers(*(number[name] for name in "p q d dp dq qi".split()), public).private_key()
        self.header = {"alg": "RS256", "kid": jwk["kid"], "typ": "at+jwt"}
        self.issuer, self.audience = issuer, audience

    def token(self, scope="read:data", life=600, header=(), **claims):
        """A token of a service, whose subject is its client (RFC 9068 §2.2). No two are alike."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.audience, "sub": "robot", "client_id": "robot", "scope": scope,
            "iat": now - max(0, -life) - 1, "exp": now + life, "jti": secrets.token_urlsafe(16), **claims,
        }
        signed = ".".join(encoded(json.dumps(part).encode()) for part in ({**self.header, **dict(header)}, claims))
        return f"{signed}.{encoded(self.key.sign(signed.encode(), PKCS1v15(), SHA256()))}"
