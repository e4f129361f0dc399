"""The local cloud: the project's own binary, with a folder of its own and no settings but those of .env."""

import os
import shutil
import subprocess

from . import ROOT
from .agent import Service
from .process import Process


class LocalCloud:
    """With these settings beside them."""

    def __init__(self, folder, **settings):
        binary = os.environ.get("LATCHKEY_BIN") or ROOT / "target/debug/latchkey"
        shutil.copy(ROOT / ".env", folder)
        self.process = Process(
            [binary, "--port", "0", "--home", folder / "home"],
            cwd=folder, env={"PATH": os.environ["PATH"], **settings}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )
        try:
            url = self.process.line().split()[1]
            self.service = Service(url, cookie_key=(folder / "home/cookie-key").read_text())
        except Exception:
            self.process.stop()
            raise

    def stop(self):
        self.process.stop()
