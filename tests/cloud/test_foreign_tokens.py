"""What others sign, at the deployed stack, with FOREIGN_TOKENS=on: an ID token that an app exchanges, a platform's token that proves a
workload, and a client whose keys are at an address. The roles allow each of it, and nothing else does."""

import os
import re
import subprocess
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from conftest import EQUIPPED, HOME
from support.agent import FORM
from support.pets import BINARY

API = "https://foreign.example.com"
APP = "the-app-at-the-provider"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def add(equipped, tools, tmp_path_factory):
    folder = tmp_path_factory.mktemp("foreign")
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", **equipped.emulator.environment()}

    def add(*words):
        command = [BINARY, "client", "add", *words, "--stack", EQUIPPED]
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return dict(re.findall(r"^(CLIENT_\w+)=(.*)$", run.stdout, re.M))

    add("api", "Foreign", "--audience", API, "--scope", "foreign:read")
    return add


@pytest.fixture(scope="module")
def post(equipped):
    def post(path, **form):
        return equipped.service.program().ask("POST", path, FORM, urlencode(form))

    return post


@pytest.fixture(scope="module")
def claims(equipped):
    keys = KeySet.import_key_set(equipped.service.program().get("/.well-known/jwks.json").expect(200).json())
    return lambda token: jwt.decode(token, keys).claims


def refused(answer, status, error):
    assert answer.expect(status).json()["error"] == error


def test_an_app_exchanges_the_id_token_of_a_provider(equipped, phone, add, post, claims):
    # #35, #42, #107
    metadata = equipped.service.program().get("/.well-known/openid-configuration").expect(200).json()
    assert EXCHANGE in metadata["grant_types_supported"]
    app = add("native", "Phone", "--redirect-uri", "com.example.foreign:/callback", "--exchange-id-token", f"phone={APP}")
    person = {"aud": APP, "sub": "eve", "email": "eve@example.com", "email_verified": True, "name": "Eve"}

    def exchange(token):
        return post(
            "/oauth/token", grant_type=EXCHANGE, client_id=app["CLIENT_ID"], scope="openid email offline_access",
            subject_token=token, subject_token_type=ID_TOKEN,
        )

    token = phone.token(**person)
    got = exchange(token).expect(200).json()
    assert (got["token_type"], got["issued_token_type"]) == ("Bearer", ACCESS_TOKEN)
    issued = claims(got["access_token"])
    assert (issued["iss"], issued["client_id"]) == (HOME, app["CLIENT_ID"])
    info = equipped.service.program().get("/oauth/userinfo", got["access_token"]).expect(200).json()
    assert (info["sub"], info["email"]) == (issued["sub"], "eve@example.com")
    renewed = post("/oauth/token", grant_type="refresh_token", client_id=app["CLIENT_ID"], refresh_token=got["refresh_token"])
    assert claims(renewed.expect(200).json()["access_token"])["sub"] == issued["sub"]
    # Once, for this app, and from the provider's keys; a second token is of the same person.
    refused(exchange(token), 400, "invalid_request")
    refused(exchange(phone.token(**{**person, "aud": "another-app"})), 400, "invalid_request")
    refused(exchange(phone.token(**person)[:-8] + "AAAAAAAA"), 400, "invalid_request")
    again = exchange(phone.token(**person)).expect(200).json()
    assert claims(again["access_token"])["sub"] == issued["sub"]


def test_a_workload_needs_no_secret(phone, add, post, claims):
    # #46, #92, #107
    rule = f"github:issuer={phone.url},repository_id=74,environment=prod"
    job = add("service", "Deploy", "--audience", API, "--scope", "foreign:read", "--workload", rule)
    assert "CLIENT_SECRET" not in job

    def ask(assertion, path="/oauth/token", **form):
        return post(path, client_id=job["CLIENT_ID"], client_assertion_type=ASSERTION, client_assertion=assertion, **form)

    usual = {"aud": HOME, "sub": "repo:octo-org/octo-repo:environment:prod", "repository_id": "74", "environment": "prod"}

    def token(**more):
        return phone.token(**{**usual, **more})

    shown = token()
    wanted = {"grant_type": "client_credentials", "scope": "foreign:read"}
    got = ask(shown, **wanted).expect(200).json()
    issued = claims(got["access_token"])
    assert (issued["sub"], issued["aud"], issued["scope"]) == (job["CLIENT_ID"], API, "foreign:read")
    refused(ask(shown, **wanted), 401, "invalid_client")
    refused(ask(token(environment="staging"), **wanted), 401, "invalid_client")
    refused(ask(token(aud="https://github.com/octo-org"), **wanted), 401, "invalid_client")
    # Another endpoint at which it proves who it is. That a token without a grant cannot be revoked is said to its owner alone.
    refused(ask(token(), "/oauth/revoke", token=got["access_token"]), 400, "unsupported_token_type")
    refused(ask(shown, "/oauth/revoke", token=got["access_token"]), 401, "invalid_client")


def test_a_clients_keys_are_fetched_at_each_endpoint(phone, add, post):
    # #73, #92, #107
    shop = add(
        "web", "Shop", "--redirect-uri", "https://foreign.example.com/callback", "--jwks-uri", f"{phone.url}/keys", "--audience", API,
        "--client-credentials", "--scope", "foreign:read",
    )
    id = shop["CLIENT_ID"]

    def ask(path, assertion=None, **form):
        assertion = assertion or phone.token(iss=id, sub=id, aud=HOME)
        return post(path, client_assertion_type=ASSERTION, client_assertion=assertion, **form)

    got = ask("/oauth/token", grant_type="client_credentials", scope="foreign:read").expect(200).json()
    pushed = {
        "client_id": id, "response_type": "code", "redirect_uri": "https://foreign.example.com/callback", "scope": "openid",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    }
    assert ask("/oauth/par", **pushed).expect(201).json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert ask("/oauth/introspect", token=got["access_token"]).expect(200).json()["active"] is True
    ask("/oauth/revoke", token="x").expect(200)
    stranger = phone.token(iss=id, sub=id, aud=HOME)[:-8] + "AAAAAAAA"
    for path, form in [("/oauth/par", pushed), ("/oauth/introspect", {"token": "x"}), ("/oauth/revoke", {"token": "x"})]:
        refused(ask(path, stranger, **form), 401, "invalid_client")


def test_of_the_endpoints_of_clients_only_the_exchange_may_write_people(equipped):
    # #107: the others got a way out, and no right to more rows.
    def writes_people(name):
        found = equipped.aws("cloudformation", "describe_stack_resource", StackName=EQUIPPED, LogicalResourceId=f"{name}Role")
        role = found["StackResourceDetail"]["PhysicalResourceId"]
        policy = equipped.aws("iam", "get_role_policy", RoleName=role, PolicyName="declared")["PolicyDocument"]
        for statement in policy["Statement"]:
            keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
            if "USER#*" in keys and {"dynamodb:PutItem", "dynamodb:UpdateItem"} & set(statement["Action"]):
                return True
        return False

    endpoints = ["OauthToken", "OauthPar", "OauthIntrospect", "OauthRevoke", "OauthDevice"]
    assert [name for name in endpoints if writes_people(name)] == ["OauthToken"]
