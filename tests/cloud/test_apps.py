"""A service in Python, with an unmodified Authlib, against the local cloud: it learns everything by discovery. A server in Python is
in test_examples.py."""

import json
import os
import re
import subprocess

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from support.local import LocalCloud
from support.pets import BINARY

API = "https://pets.example.com"


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
