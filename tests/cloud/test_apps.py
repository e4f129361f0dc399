"""A service in Python, with an unmodified Authlib, against the local cloud: it learns everything by discovery. A server in Python is
in test_examples.py. And the lines of docs/apps.md that ask the token endpoint by curl."""

import base64
import json
import os
import re
import subprocess
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from support import ROOT
from support.local import LocalCloud
from support.person import Person
from support.pets import BINARY

API = "https://pets.example.com"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("apps")


@pytest.fixture(scope="module")
def latchkey(folder, phone):
    cloud = LocalCloud(folder, ISSUERS="phone", PHONE_ISSUER=phone.url, PHONE_AUDIENCES=API)
    yield cloud.service
    cloud.stop()


@pytest.fixture(scope="module")
def metadata(latchkey):
    return requests.get(f"{latchkey.url}/.well-known/openid-configuration", timeout=60).json()


@pytest.fixture(scope="module")
def register(latchkey, folder):
    def register(kind, *flags):
        command = [BINARY, "client", "add", kind, *flags, "--home", folder / "home"]
        run = subprocess.run(command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True)
        return dict(re.findall(r"^(CLIENT_\w+)=(.*)$", run.stdout, re.M))

    register("api", "Pets", "--audience", API, "--scope", "pets:read")
    return register


def test_a_service_proves_itself_by_a_key_of_its_own(metadata, register, tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    public = RSAKey.import_key(pem).as_dict(private=False) | {"alg": "RS256", "use": "sig", "kid": "1"}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public]}))
    job = register("service", "Job", "--audience", API, "--scope", "pets:read", "--jwks", tmp_path / "keys.json")
    session = OAuth2Session(job["CLIENT_ID"], pem, token_endpoint_auth_method="private_key_jwt", scope="pets:read")
    # Authlib names the token endpoint as the audience of its assertion.
    session.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], alg="RS256", headers={"kid": "1"}))
    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", resource=API)
    assert token["scope"] == "pets:read" and "refresh_token" not in token


@pytest.fixture(scope="module")
def curl(latchkey, folder):
    """Runs the one block of docs/apps.md that asks the token endpoint and has this text, as a reader would: with their own client and
    their own token."""

    def curl(text, client_id, **variables):
        blocks = re.findall(r"^```sh\n(curl .*?)^```$", (ROOT / "docs/apps.md").read_text(), re.M | re.S)
        [block] = [block for block in blocks if text in block]
        for old, new in (("https://id.example.com", latchkey.url), ("client_id=…", f"client_id={client_id}")):
            block = block.replace(old, new)
        assert "…" not in block and "example.com/oauth" not in block
        environment = {"PATH": os.environ["PATH"], **variables}
        run = subprocess.run(["bash", "-euc", block], cwd=folder, env=environment, capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    return curl


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_documented_exchange_of_an_id_token_works(register, phone, curl):
    app = register("native", "Phone", "--redirect-uri", "com.example.shop:/callback", "--exchange-id-token", "phone=the-app")["CLIENT_ID"]
    token = phone.token(aud="the-app", sub="eve", name="Eve")
    answer = curl("token-type:id_token", app, id_token=token)
    assert answer["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert (claims(answer["access_token"])["client_id"], answer["scope"]) == (app, "openid profile")
    assert curl("token-type:id_token", app, id_token=token)["error"] == "invalid_request"


def test_the_documented_exchange_of_an_access_token_works(latchkey, register, curl):
    callback, verifier = "https://shop.example.com/callback", "v" * 43
    shop = register("web", "Shop", "--redirect-uri", callback, "--exchange", "--audience", API, "--scope", "pets:read")
    asked = {
        "client_id": shop["CLIENT_ID"], "redirect_uri": callback, "response_type": "code", "scope": "openid",
        "code_challenge": "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM", "code_challenge_method": "S256",
    }
    back = Person(latchkey).follow(f"{latchkey.url}/oauth/authorize?{urlencode(asked)}")
    form = {"grant_type": "authorization_code", "redirect_uri": callback, "code_verifier": verifier, "code": parse_qs(urlsplit(back).query)["code"][0]}
    secret = (shop["CLIENT_ID"], shop["CLIENT_SECRET"])
    tokens = requests.post(f"{latchkey.url}/oauth/token", form, auth=secret, timeout=60).json()
    answer = curl("token-type:access_token", "", access_token=tokens["access_token"], **shop)
    given, shown = claims(answer["access_token"]), claims(tokens["access_token"])
    assert (given["aud"], given["sub"], given["grant_id"]) == (API, shown["sub"], shown["grant_id"])
    assert given["exp"] <= shown["exp"]


def test_the_documented_request_of_a_workload_works(latchkey, register, phone, curl):
    rule = f"github:issuer={phone.url},repository_id=74,environment=prod"
    job = register("service", "Deploy", "--audience", API, "--scope", "pets:read", "--default-scope", "pets:read", "--workload", rule)["CLIENT_ID"]
    token = phone.token(aud=latchkey.url, sub="repo:o/r:environment:prod", repository_id="74", environment="prod")
    answer = curl("client_assertion_type", job, token=token)
    assert (claims(answer["access_token"])["sub"], answer["scope"]) == (job, "pets:read")
