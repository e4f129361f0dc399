"""People sign in at the deployed stack by a mailed code or link, with MAILED_SIGN_IN=on: the role of the function allows what it does."""

import re

from conftest import HOME
from support.mails import mail

ASK, CODE, LINK = "/users/mailed", "/users/mailed/code", "/users/mailed/link"


def test_somebody_comes_in_by_a_mailed_code_and_by_a_mailed_link(equipped):
    # #84, #89, #107
    program = equipped.service.program()
    program.json(ASK, email="mia@example.com").expect(202)
    code = re.search(r"^\d{6}$", mail(equipped.emulator, "mia@example.com").text, re.M)[0]
    other = equipped.service.program()
    assert other.json(CODE, code=code).status in (400, 401), "it counts where it was asked for alone"
    came = program.json(CODE, code=code).expect(200).json()
    assert came["user"]["email"] == "mia@example.com"
    assert equipped.service.program().get("/users/me", came["token"]).expect(200).json()["id"] == came["user"]["id"]
    assert program.json(CODE, code=code).status in (400, 401)

    browser = equipped.service.browser()
    browser.form(ASK, email="mia@example.com").expect(303)
    link = mail(equipped.emulator, "mia@example.com", 2).link()
    assert link.startswith(f"{HOME}{LINK}?token=")
    for _ in range(2):
        browser.get(link).expect(200)
    browser.form(LINK, token=link.split("token=")[1]).expect(303)
    token = browser.post("/users/token").expect(200).json()["access_token"]
    assert equipped.service.program().get("/users/me", token).expect(200).json()["id"] == came["user"]["id"]
