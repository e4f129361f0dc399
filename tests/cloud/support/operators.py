"""Somebody who operates a deployed stack with `latchkey … --stack`."""

import json
import os
import subprocess

from .emulator import REGION
from .pets import BINARY


def may(stack, secrets):
    """What docs/rights.md and docs/people.md ask of an operator: the table of the stack, and to see the stack. The secrets that
    docs/webhooks.md and docs/events.md ask for, and to hand over a mail as docs/mail.md has it."""
    rows = [f"dynamodb:{name}" for name in "GetItem BatchGetItem Query PutItem UpdateItem DeleteItem ConditionCheckItem".split()]
    table = f"arn:aws:dynamodb:*:*:table/{stack}"
    keys = [f"arn:aws:secretsmanager:*:*:secret:{stack}/{name}-*" for name in secrets]
    return [
        {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": f"arn:aws:cloudformation:*:*:stack/{stack}/*"},
        {"Effect": "Allow", "Action": ["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["sqs:GetQueueUrl", "sqs:SendMessage"], "Resource": f"arn:aws:sqs:*:*:{stack}-mails"},
        {"Effect": "Allow", "Action": rows, "Resource": [table, f"{table}/index/*"]},
        *[{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": key} for key in keys],
    ]


class Operator:
    """They have a laptop on which nothing of this installation is set, and credentials of their own."""

    def __init__(self, deployment, tools, folder, stack, secrets=()):
        self.folder, self.stack = folder, stack
        self.arn = deployment.aws("iam", "create_user", UserName="olga")["User"]["Arn"]
        policy = json.dumps({"Version": "2012-10-17", "Statement": may(stack, secrets)})
        deployment.aws("iam", "put_user_policy", UserName="olga", PolicyName="operator", PolicyDocument=policy)
        key = deployment.aws("iam", "create_access_key", UserName="olga")["AccessKey"]
        self.environment = {
            **deployment.emulator.environment(), "PATH": f"{tools}:{os.environ['PATH']}", "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def run(self, *words, status=0, path=""):
        """What the command prints; if it is refused, the sentence."""
        run = self.call(*words, path=path)
        assert run.returncode == status, run
        return run.stdout if status == 0 else run.stderr

    def call(self, *words, path="", **settings):
        """… with settings of this installation."""
        environment = {**self.environment, **settings, "PATH": f"{path}{self.environment['PATH']}"}
        return subprocess.run(
            [BINARY, *words, "--stack", self.stack], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60,
        )

    def lines(self, *words):
        """… of a list, each line."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]
