"""Applications in Python, with an unmodified Authlib, against the local cloud: they learn everything by discovery."""

import json
import os
import re
import subprocess
from html import unescape
from urllib.parse import urljoin

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from support.local import LocalCloud
from support.pets import BINARY

API = "https://pets.example.com"
CALLBACK = "https://app.example.com/callback?from=python"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("apps")


@pytest.fixture(scope="module")
def latchkey(folder):
    cloud = LocalCloud(folder)
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


def follow(latchkey, url):
    """A person goes where it leads, and presses the first button of each page; until they would leave latchkey."""
    browser = requests.Session()
    browser.headers["accept"] = "text/html"
    answer = browser.get(url, allow_redirects=False, timeout=60)
    for _ in range(20):
        if location := answer.headers.get("location"):
            url = urljoin(url, location)
            if not url.startswith(latchkey.url):
                return url
            answer = browser.get(url, allow_redirects=False, timeout=60)
            continue
        form = re.search(r'<form[^>]*method="post".*?</form>', answer.text, re.DOTALL)
        assert form, answer.text
        action = re.search(r'action="([^"]*)"', form[0])
        tags = re.findall(r"<input[^>]*>", form[0]) + re.findall(r"<button[^>]*>", form[0])[:1]
        fields = {}
        for tag in tags:
            if name := re.search(r'name="([^"]*)"', tag):
                value = re.search(r'value="([^"]*)"', tag)
                fields[name[1]] = unescape(value[1]) if value else ""
        url = urljoin(url, unescape(action[1]) if action else "")
        answer = browser.post(url, fields, allow_redirects=False, headers={"sec-fetch-site": "same-origin"}, timeout=60)
    raise AssertionError(f"too many steps: {url}")


def test_a_server_signs_a_person_in_and_renews(latchkey, metadata, register):
    shop = register("web", "Shop", "--redirect-uri", CALLBACK)
    session = OAuth2Session(
        shop["CLIENT_ID"], shop["CLIENT_SECRET"], scope="openid profile offline_access", redirect_uri=CALLBACK,
        code_challenge_method="S256", token_endpoint=metadata["token_endpoint"],
    )
    verifier = "a" * 43
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce="n", prompt="consent")
    back = follow(latchkey, url)
    token = session.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state)
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=60).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (metadata["issuer"], shop["CLIENT_ID"], "n")
    person = session.get(metadata["userinfo_endpoint"]).json()
    assert (person["sub"], person["name"]) == (claims["sub"], "Ada Lovelace")
    renewed = session.refresh_token(metadata["token_endpoint"])
    assert renewed["refresh_token"] != token["refresh_token"]
    session.revoke_token(metadata["revocation_endpoint"], token=renewed["refresh_token"])
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(metadata["token_endpoint"], refresh_token=renewed["refresh_token"])


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
