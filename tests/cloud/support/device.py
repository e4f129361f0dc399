"""What people carry: an app that shows codes (RFC 6238), and a passkey (https://www.w3.org/TR/webauthn-3/)."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from .tokens import decoded, encoded

SETUP = "/users/factor/setup"
# Somebody is there, it is them, and there is a new key in it (§6.1).
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class App:
    """It has scanned the page on which a second factor is set up."""

    def __init__(self, page):
        key = re.search(r"<code>([^<]+)</code>", page.body)[1]
        self.seed, self.step = base64.b32decode(re.sub("[^A-Z2-7]", "", key)), 0

    def code(self, later=0):
        """What it shows in so many steps of 30 seconds."""
        return self.code_of(int(time.time()) // 30 + later)

    def code_of(self, step):
        tag = hmac.digest(self.seed, struct.pack(">Q", step), hashlib.sha1)
        at = tag[19] & 15
        return f"{(int.from_bytes(tag[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"

    def unused(self):
        """A code that this has not given before; that of a clock that is ahead counts as well."""
        self.step = max(self.step + 1, int(time.time()) // 30)
        while self.step - int(time.time()) // 30 > 1:
            time.sleep(0.5)
        return self.code_of(self.step)


def set_up(browser):
    """Somebody who has just signed in sets a second factor up: their app, and their recovery codes."""
    page = browser.get(SETUP).expect(200)
    app = App(page)
    shown = browser.form(SETUP, setup=page.field("setup"), code=app.unused()).expect(200)
    return app, re.findall(r"<li><code>([^<]+)</code>", shown.body)


class Passkey:
    """For the page at this address. It keeps its key, and counts nothing."""

    def __init__(self, origin):
        self.origin, self.handle = origin, b""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(self.key.private_numbers().private_value).encode()).digest()

    def create(self, options):
        """As `navigator.credentials.create()` gives it as JSON."""
        self.handle = decoded(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        # A COSE key of ES256 (RFC 9053 §7.1), in CBOR.
        key = bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
        data = self.data(PRESENT | VERIFIED | ATTESTED) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + key
        attested = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return self.credential(clientDataJSON=self.client_data("webauthn.create", options), attestationObject=attested)

    def get(self, options):
        """As `navigator.credentials.get()` gives it as JSON."""
        client, data = self.client_data("webauthn.get", options), self.data(PRESENT | VERIFIED)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self.credential(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)

    def credential(self, **response):
        parts = {name: encoded(value) for name, value in response.items()}
        return {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": parts, "clientExtensionResults": {}}

    def client_data(self, kind, options):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def data(self, flags):
        return hashlib.sha256(urlsplit(self.origin).hostname.encode()).digest() + bytes([flags]) + bytes(4)
