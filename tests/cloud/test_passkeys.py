"""Passkeys at the deployed stack, with PASSKEYS=on and a domain of its own: the role of the function allows what it does."""

import re
from urllib.parse import urlsplit

from conftest import HOME
from support.device import Passkey

PAGE = "/users/passkey"


def test_a_person_adds_a_passkey_and_signs_in_with_it(equipped):
    # #107
    browser, passkey = equipped.service.browser(), Passkey(HOME)
    browser.sign_in("paul", "/users/login/certified").expect(303)
    session = re.search(r'data-session="([^"]+)"', browser.get(PAGE).expect(200).body)[1]
    wanted = browser.json(f"{PAGE}/new", session=session).expect(200).json()["publicKey"]
    assert wanted["rp"]["id"] == urlsplit(HOME).hostname
    browser.json(f"{PAGE}/add", credential=passkey.create(wanted)).expect(200)
    user = browser.post("/users/token").expect(200).json()["access_token"]
    ours = equipped.service.program().get("/users/me", user).expect(200).json()["id"]

    other = equipped.service.browser()
    asked = other.json(f"{PAGE}/challenge").expect(200).json()["publicKey"]
    assert asked["rpId"] == urlsplit(HOME).hostname and asked["userVerification"] == "required"
    answer = passkey.get(asked)
    other.json(f"{PAGE}/login", credential=answer).expect(200)
    token = other.post("/users/token").expect(200).json()["access_token"]
    assert equipped.service.program().get("/users/me", token).expect(200).json()["id"] == ours
    # The challenge is answered once, and on the page of another place the passkey opens nothing.
    other.json(f"{PAGE}/login", credential=answer).expect(400)
    asked = other.json(f"{PAGE}/challenge").expect(200).json()["publicKey"]
    passkey.origin = "https://evil.example.com"
    other.json(f"{PAGE}/login", credential=passkey.get(asked)).expect(401)
