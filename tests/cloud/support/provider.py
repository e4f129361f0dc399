"""The certified OpenID provider of tests/provider, in a process of its own."""

import json
import subprocess

from . import ROOT
from .process import Process


class Provider:
    def __init__(self, client_id, client_secret, redirect_uri):
        self.process = Process(
            ["node", "provider.mjs"], cwd=ROOT / "tests/provider",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        try:
            self.issuer = json.loads(self.process.line())["issuer"]
            client = {"client_id": client_id, "client_secret": client_secret, "redirect_uris": [redirect_uri]}
            self.process.child.stdin.write(json.dumps({"clients": [client]}) + "\n")
            self.process.child.stdin.flush()
            assert json.loads(self.process.line())["ready"]
        except Exception:
            self.process.stop()
            raise

    def stop(self):
        self.process.stop()
