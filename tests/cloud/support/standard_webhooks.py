"""Standard Webhooks (https://www.standardwebhooks.com), as its own libraries sign."""

import base64
import hashlib
import hmac
import time


def sign(secret, message, body, now=None):
    """The headers of a message with this id."""
    now = str(int(time.time() if now is None else now))
    return {"webhook-id": message, "webhook-timestamp": now, "webhook-signature": f"v1,{tag(secret, message, now, body)}"}


def tag(secret, message, now, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.digest(key, f"{message}.{now}.{body}".encode(), hashlib.sha256)).decode()
