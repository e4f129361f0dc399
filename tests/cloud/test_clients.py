"""`latchkey client … --stack NAME`, the command itself, against the stack that is deployed: what it registers signs in."""

import base64
import hashlib
import json
import os
import re
import subprocess
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from conftest import HOME, STACK
from support.agent import FORM, agree
from support.pets import BINARY
from test_api import decoded

CALLBACK = "https://app.example.com/callback"
API = "https://pets.example.com"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def client(deployment, tools):
    """Runs the command as an operator does: where the settings of this installation are, with the AWS CLI and its credentials."""
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", **deployment.emulator.environment()}

    def client(*words, stack=STACK, status=0):
        command = [BINARY, "client", *words, "--stack", stack]
        run = subprocess.run(command, cwd=deployment.workplace.folder, env=environment, capture_output=True, text=True)
        assert run.returncode == status, run
        return run.stdout if status == 0 else run.stderr

    return client


def registered(printed):
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", printed, re.M))


def token(deployment, shop, **fields):
    pair = f"{shop['CLIENT_ID']}:{shop['CLIENT_SECRET']}"
    headers = {**FORM, "authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return deployment.service.program().ask("POST", "/oauth/token", headers, urlencode(fields))


def signed_in(deployment, shop, person="ada"):
    """A person signs in to the app at the deployed latchkey: the code that they bring back."""
    query = {
        "client_id": shop["CLIENT_ID"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid profile", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }
    browser = deployment.service.browser()
    at = browser.get(f"/oauth/authorize?{urlencode(query)}").expect(303).header("location")
    while not at.startswith(CALLBACK):
        ours = at.startswith((HOME, "/"))
        at = browser.get(at).expect(303).header("location") if ours else agree(at, person)
    answer = parse_qs(urlsplit(at).query)
    assert (answer["state"], answer["iss"]) == (["s"], [HOME])
    return answer["code"][0]


def test_an_app_that_is_registered_signs_a_person_in(deployment, client):
    shop = registered(client("add", "web", "Shop", "--redirect-uri", CALLBACK))
    assert shop["ISSUER"] == HOME
    redeem = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    tokens = token(deployment, shop, **redeem, code=signed_in(deployment, shop)).expect(200).json()
    claims = json.loads(decoded(tokens["id_token"].split(".")[1]))
    assert (claims["iss"], claims["aud"]) == (HOME, shop["CLIENT_ID"])
    person = deployment.service.program().get("/oauth/userinfo", tokens["access_token"]).expect(200).json()
    assert person["sub"] == claims["sub"]
    # What the operator changes counts at once.
    rotated = {**shop, **registered(client("rotate-secret", shop["CLIENT_ID"]))}
    for known in (shop, rotated):
        token(deployment, known, **redeem, code=signed_in(deployment, shop)).expect(200)
    client("disable", shop["CLIENT_ID"])
    deployment.service.program().get("/oauth/userinfo", tokens["access_token"]).expect(401)
    assert token(deployment, rotated, **redeem, code="x").expect(401).json()["error"] == "invalid_client"
    client("remove", shop["CLIENT_ID"])
    assert shop["CLIENT_ID"] not in client("list")
    assert "there is no" in client("show", shop["CLIENT_ID"], status=1)


def test_a_service_and_its_api_are_registered_and_a_second_api_with_its_scope_is_not(deployment, client):
    client("add", "api", "Pets", "--audience", API, "--scope", "pets:read")
    job = registered(client("add", "service", "Job", "--audience", API, "--scope", "pets:read"))
    given = token(deployment, job, grant_type="client_credentials", scope="pets:read").expect(200).json()
    claims = json.loads(decoded(given["access_token"].split(".")[1]))
    assert (claims["iss"], claims["aud"], claims["sub"], claims["scope"]) == (HOME, API, job["CLIENT_ID"], "pets:read")
    refused = client("add", "api", "Mine", "--audience", "https://mine.example.com", "--scope", "pets:read", status=1)
    assert "pets:read" in refused and API in refused
    client("remove", job["CLIENT_ID"])
    client("remove", API)
    assert API not in client("list")


def test_a_stack_that_there_is_not_is_named(client):
    assert "the stack nowhere cannot be read" in client("list", stack="nowhere", status=1)
