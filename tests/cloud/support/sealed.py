"""What latchkey seals under its cookie key, opened and sealed by hand: AES-256-GCM, bound to a purpose as associated data."""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .tokens import decoded, encoded

KEY_ID, NONCE = 4, 12


class Sealer:
    """Seals under the newest of the keys."""

    def __init__(self, keys):
        self.key = decoded(keys.split(",")[0].strip())

    def seal(self, purpose, content):
        nonce = secrets.token_bytes(NONCE)
        return encoded(self._id() + nonce + AESGCM(self.key).encrypt(nonce, content, _bound(purpose)))

    def open(self, purpose, sealed):
        """The content; nothing if it was sealed for another purpose."""
        raw = decoded(sealed)
        assert raw[:KEY_ID] == self._id()
        try:
            return AESGCM(self.key).decrypt(raw[KEY_ID : KEY_ID + NONCE], raw[KEY_ID + NONCE :], _bound(purpose))
        except InvalidTag:
            return None

    def _id(self):
        return _digest(self.key)[:KEY_ID]


def _bound(purpose):
    parts = [part.encode() for part in ("latchkey-sealed-1", *purpose)]
    return _digest(b"".join(len(part).to_bytes(8, "big") + part for part in parts))


def _digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
