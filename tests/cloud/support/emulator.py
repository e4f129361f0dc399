"""An AWS of this machine (ministack), which runs the functions' own programs and evaluates IAM policies."""

import os
import subprocess
import sys
from pathlib import Path

import botocore.session

from . import ROOT
from .process import Process, free_port

REGION = "eu-central-1"
TOOLS = Path(sys.executable).parent


class Emulator:
    """One account, of which no other emulator knows anything."""

    def __init__(self, folder, account="000000000000"):
        self.session, self.clients, self.account = botocore.session.Session(), {}, account
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder / "emulator.log"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": account,
            # Nobody but this machine can reach it: one of its services would listen everywhere all the same.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            # A function that lacks a grant fails, as it would on AWS.
            "AUTH": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "PYTHONPATH": str(ROOT / "tests/cloud"),
        }
        with self.log.open("w") as log:
            self.process = Process(
                [sys.executable, "-m", "support.ses"], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )
        try:
            self.process.wait_for(self.port)
        except Exception:
            self.process.stop()
            raise

    def environment(self):
        """What the AWS CLI needs, and nothing of the environment of the tests."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
        }

    def aws(self, service, operation, **parameters):
        """What AWS answers."""
        if service not in self.clients:
            self.clients[service] = self.session.create_client(
                service, REGION, endpoint_url=self.endpoint, aws_access_key_id="test", aws_secret_access_key="test",
            )
        return getattr(self.clients[service], operation)(**parameters)

    def invocations(self, function):
        """How often it ran, as its log says."""
        found, more, group = 0, {}, f"/aws/lambda/{function}"
        while True:
            page = self.aws("logs", "filter_log_events", logGroupName=group, filterPattern="START", **more)
            found += len(page["events"])
            if "nextToken" not in page:
                return found
            more = {"nextToken": page["nextToken"]}

    def stop(self):
        self.process.stop()
