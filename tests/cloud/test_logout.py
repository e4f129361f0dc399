"""An app of the deployed stack learns that a session has ended, through the stack's own queue and function."""

import base64
import hashlib
import json
import os
import re
import subprocess
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from conftest import STACK
from support.agent import FORM, ask
from support.pets import BINARY
from support.receiver import Receiver
from support.rules import rule

CALLBACK = "https://shop.example.com/callback"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
VERIFIER = "v" * 43


@pytest.fixture
def receiver():
    receiver = Receiver(503)
    yield receiver
    receiver.stop()


@pytest.fixture
def add(deployment, tools, tmp_path):
    def add(uri):
        command = [BINARY, "client", "add", "web", "Shop", "--redirect-uri", CALLBACK, "--backchannel-logout-uri", uri, "--stack", STACK]
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", **deployment.emulator.environment()}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return add


def id_token(service, browser, client):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": client["CLIENT_ID"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid",
        "code_challenge": challenge, "code_challenge_method": "S256",
    }
    back = browser.get(f"/oauth/authorize?{urlencode(asked)}").expect(303).header("location")
    [code] = parse_qs(urlsplit(back).query)["code"]
    basic = base64.b64encode(f"{client['CLIENT_ID']}:{client['CLIENT_SECRET']}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer = ask("POST", f"{service.url}/oauth/token", {**FORM, "authorization": f"Basic {basic}"}, urlencode(form))
    return answer.expect(200).json()["id_token"]


def test_an_app_is_told_and_told_again_when_its_session_ends(deployment, receiver, add):
    # #28, #90
    uri = f"{receiver.url}/backchannel"
    refused = add(uri)
    assert refused.returncode == 1 and "no public https address" in refused.stderr, "nothing on this machine can be registered"
    added = add("https://shop.example.com/backchannel")
    assert added.returncode == 0, added.stderr
    client = dict(re.findall(r"^(CLIENT_\w+)=(.*)$", added.stdout, re.M))
    deployment.aws(
        "dynamodb", "update_item", TableName=STACK,
        Key={"pk": {"S": f"CLIENT#{client['CLIENT_ID']}"}, "sk": {"S": "CLIENT"}},
        UpdateExpression="SET backchannel_logout_uri = :uri", ExpressionAttributeValues={":uri": {"S": uri}},
    )
    service, browser = deployment.service, deployment.service.browser()
    browser.sign_in("ada").expect(303)
    keys = KeySet.import_key_set(service.program().get("/.well-known/jwks.json").expect(200).json())
    signed_in = jwt.decode(id_token(service, browser, client), keys).claims
    browser.post("/users/logout").expect(303)
    # The app is down at first; the queue delivers again after half a minute.
    told = [jwt.decode(parse_qs(receiver.posts.get(timeout=120).body)["logout_token"][0], keys) for _ in range(2)]
    for token in told:
        assert token.header["typ"] == "logout+jwt" and "nonce" not in token.claims
        assert token.claims["aud"] == client["CLIENT_ID"] and token.claims["events"] == {EVENT: {}}
        assert (token.claims["iss"], token.claims["sub"], token.claims["sid"]) == tuple(signed_in[name] for name in ("iss", "sub", "sid"))
    assert told[0].claims["jti"] == told[1].claims["jti"]


def test_the_schedule_looks_for_what_was_not_handed_over(deployment):
    # #107
    [target] = deployment.aws("events", "list_targets_by_rule", Rule=rule(deployment, STACK, "LogoutNotifySchedule")["Name"])["Targets"]
    assert target["Arn"].endswith(f":{STACK}-logout-notify")
    answer = deployment.aws("lambda", "invoke", FunctionName=f"{STACK}-logout-notify", Payload=json.dumps({"source": "aws.events"}))
    assert json.loads(answer["Payload"].read()) == {"handed_over": 0}
