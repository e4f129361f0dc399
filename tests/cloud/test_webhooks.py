"""A shop tells the deployed stack what somebody bought, with WEBHOOKS=on: its source is made by the command, and the function alone has the
key with which its secret is sealed."""

import json
import re
import time

import pytest

from support.standard_webhooks import sign

BUYER = "bea@example.com"


@pytest.fixture(scope="module")
def shop(equipped, operator):
    """Where it sends, and its secret."""
    operator.run("role", "set", "backer", "get:profile")
    made = operator.run("webhook", "add", "shop", "--preset", "standard", "--product", "pro=gold,role:backer", "--may-give", "backer")
    address, secret = re.search(r"^address  (.+)\nsecret   (.+)$", made, re.M).groups()
    assert address == f"{equipped.service.issuer}/webhooks/shop" and secret.startswith("whsec_")

    def deliver(message, kind, secret=secret, **more):
        content = {"id": "order-1", "product_id": "pro", "customer": {"email": BUYER}}
        body = json.dumps({"type": kind, "timestamp": "2026-11-30T07:00:00Z", "data": content})
        headers = {"content-type": "application/json", **sign(secret, message, body, **more)}
        return equipped.service.program().ask("POST", address, headers, body)

    return deliver


def test_a_sale_gives_and_a_refund_takes_and_each_counts_once(equipped, operator, shop):
    # #90, #107
    token = equipped.service.program().sign_in("bea", "/users/login/certified").expect(200).json()["jwt"]

    def has():
        shown = json.loads(operator.run("user", "show", BUYER, "--json"))
        assert equipped.service.program().get("/users/me", token).expect(200).json()["roles"] == shown["roles"]
        return sorted(shown["roles"]), sorted(each["name"] for each in shown["entitlements"])

    nothing, everything = (["member"], []), (["backer", "member"], ["gold", "role:backer"])
    assert has() == nothing
    # Of somebody else, or of another time: one answer, and nothing of it is done.
    for answer in (shop("1", "order.paid", secret="whsec_" + "A" * 43 + "="), shop("1", "order.paid", now=time.time() - 301)):
        assert answer.expect(401).json()["detail"] == "this is no delivery of this source"
    assert has() == nothing
    for result in ("given", "repeated"):
        assert shop("1", "order.paid").expect(200).json()["result"] == result
        assert has() == everything
    for result in ("taken", "repeated"):
        assert shop("2", "order.refunded").expect(200).json()["result"] == result
        assert has() == nothing
    came = operator.run("webhook", "events", "shop")
    assert "given" in came and "taken" in came and BUYER not in came


def test_a_source_that_is_removed_is_believed_no_more(operator, shop):
    operator.run("webhook", "remove", "shop")
    shop("3", "order.paid").expect(401)
