"""The API by its front door, wherever it runs: on this machine, in the emulated cloud, or where LATCHKEY_URL points."""

import base64
import json
import secrets
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from support.agent import agree
from support.sealed import Sealer


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_front_page_offers_the_way_in(service):
    page = service.browser().get("/").expect(200)
    assert 'href="/users/login' in page.body


def test_every_answer_has_the_security_headers(service):
    # #104
    for path, status in [("/", 200), ("/users/login/nobody", 404)]:
        answer = service.browser().get(path).expect(status)
        assert answer.header("strict-transport-security").startswith("max-age=")
        assert "frame-ancestors 'none'" in answer.header("content-security-policy")
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("cache-control") == "no-store"


def test_a_program_gets_the_url_for_the_person(service):
    # #1
    urls = {service.program().start().split("?")[1] for _ in range(3)}
    assert len(urls) == 3
    assert all("code_challenge_method=S256" in url for url in urls)


def test_a_program_signs_in_and_gets_a_token(people):
    answer = people.program().sign_in("ada").expect(200).json()
    assert answer["message"] == "Authorization Success!"
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    assert answer["user"]["email"] == "ada@example.com"


def test_a_browser_gets_a_session_that_gives_tokens(people, request):
    # #31, #33
    browser = people.browser()
    browser.sign_in("ada").expect(303)
    # The local cloud lives at http://localhost, where cookies are plain; the login's own stays for its ten minutes.
    prefix = "latchkey-" if request.node.callspec.params["service"] == "local" else "__Host-"
    assert all(name.startswith(prefix) for name in browser.jar)
    assert [name for name in browser.jar if "-login-" not in name] == [f"{prefix}session", f"{prefix}provider"]
    token = browser.post("/users/token").expect(200).json()["access_token"]
    people.program().get("/users/me", token).expect(200)
    # The page of their apps: its role may query the index of what belongs to somebody.
    assert "No app has access" in browser.get("/account").expect(200).body
    browser.post("/users/logout")
    assert browser.post("/users/token").status == 401


def test_the_public_keys_verify_a_token(service, admin):
    # #59, #60
    header, claims, signature = admin.split(".")
    document = service.program().get("/.well-known/openid-configuration").expect(200).json()
    keys = service.program().get(document["jwks_uri"]).expect(200).json()["keys"]
    [key] = [key for key in keys if key["kid"] == json.loads(decoded(header))["kid"]]
    number = lambda name: int.from_bytes(decoded(key[name]), "big")
    public = RSAPublicNumbers(number("e"), number("n")).public_key()
    public.verify(decoded(signature), f"{header}.{claims}".encode(), PKCS1v15(), SHA256())
    assert json.loads(decoded(claims))["iss"] == document["issuer"] == service.issuer
    assert "d" not in key


def test_an_administrator_sees_the_users(service, admin):
    page = service.program().get("/users?limit=1", admin).expect(200).json()
    assert len(page["users"]) == 1
    assert set(page["users"][0]) >= {"id", "name", "email", "roles", "status"}


def test_pages_can_be_turned(people, admin):
    # #83
    people.program().sign_in("alan").expect(200)
    seen, path = [], "/users?limit=1"
    while path:
        page = people.program().get(path, admin).expect(200).json()
        seen += [user["id"] for user in page["users"]]
        path = page["next"] and f"/users?limit=1&cursor={page['next']}"
    assert len(seen) == len(set(seen)) >= 2


def test_only_the_cursor_of_this_query_turns_a_page(people, admin):
    # #83
    people.program().sign_in("alan").expect(200)
    program, sealer = people.program(), Sealer(people.cookie_key)
    subject = json.loads(decoded(admin.split(".")[1]))["sub"]
    first = program.get("/users?limit=1", admin).expect(200).json()
    cursor, query = first["next"], ("cursor", "users", subject, "[null,null,null,null]")
    second = program.get(f"/users?limit=1&cursor={cursor}", admin).expect(200).json()
    # Where it goes on is nobody's to read, and anyone who had the key could go on from there.
    inside = sealer.open(query, cursor)
    until = json.loads(inside)["until"]
    turn = lambda cursor: program.get(f"/users?limit=1&cursor={cursor}", admin)
    assert turn(sealer.seal(query, inside)).expect(200).json()["users"] == second["users"] != first["users"]

    late = json.dumps({**json.loads(inside), "until": until - 2 * 3600}).encode()
    others = {
        "of another list": sealer.seal(("cursor", "audit", subject, query[3]), inside),
        "of another query": sealer.seal(("cursor", "users", subject, query[3] + "x"), inside),
        "of somebody else": sealer.seal(("cursor", "users", first["users"][0]["id"] + "x", query[3]), inside),
        "of nobody": sealer.seal(("cursor", "users"), inside),
        "of no query": sealer.seal(("cursor",), inside),
        "sealed for a login": sealer.seal(("login", "users", subject), inside),
        "an hour too old": sealer.seal(query, late),
        "sealed under another key": Sealer(base64.urlsafe_b64encode(b"another key of thirty-two bytes.").decode().rstrip("=")).seal(query, inside),
        "not sealed": base64.urlsafe_b64encode(inside).decode().rstrip("="),
        "what is inside it": json.loads(inside)["after"].replace("#", "%23").replace("&", "%26"),
        "cut": cursor[:-1],
        "with another letter": cursor[:20] + ("A" if cursor[20] != "A" else "B") + cursor[21:],
    }
    for what, other in others.items():
        assert turn(other).status == 400, what


def test_people_are_managed(people, admin):
    # #35, #81, #107: each act with exactly the rights of the table that the function declares.
    program = people.program()

    def manage(method, path, status, body=None, token=admin):
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "if-match": "*"}
        return program.ask(method, path, headers, json.dumps(body) if body else None).expect(status)

    address = f"added-{secrets.token_hex(8)}@example.com"
    added = manage("POST", "/users", 201, {"email": address, "name": "Added Person", "roles": ["member"]}).json()
    path = f"/users/{added['id']}"
    assert manage("GET", f"/users?email={address}", 200).json()["users"][0]["id"] == added["id"]
    assert manage("PATCH", path, 200, {"roles": ["admin", "member"]}).json()["roles"] == ["admin", "member"]
    assert manage("PATCH", path, 200, {"status": "disabled"}).json()["status"] == "disabled"
    for part in ("sessions", "apps", "identities"):
        assert manage("GET", f"{path}/{part}", 200).json()[part] == []
    manage("DELETE", f"{path}/sessions", 204)
    member = program.sign_in("alan").expect(200).json()["jwt"]
    manage("DELETE", path, 403, token=member)
    manage("DELETE", path, 204)
    manage("GET", path, 404)
    whats = {event["what"] for event in manage("GET", f"/audit?user={added['id']}", 200).json()["events"]}
    assert {"person_added", "roles_changed", "person_disabled", "sign_out_everywhere", "person_deleted"} == whats
    assert {role["name"] for role in manage("GET", "/roles", 200).json()["roles"]} >= {"admin", "member"}


def test_others_see_themselves_only(people):
    # #81
    token = people.program().sign_in("alan").expect(200).json()["jwt"]
    assert people.program().get("/users/me", token).expect(200).json()["email"] == "alan@example.com"
    refused = people.program().get("/users", token).expect(403)
    assert "insufficient_scope" in refused.header("www-authenticate") + refused.body


def test_a_missing_token_is_refused(service):
    # #75
    for path in ["/users", "/users/me"]:
        service.program().get(path).expect(401)


def test_a_bad_token_is_refused(service, admin):
    # #60, #63
    header, claims, signature = admin.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"typ":"at+jwt","alg":"none"}').decode().rstrip("=")
    other = signature[:-8] + ("AAAAAAAA" if not signature.endswith("AAAAAAAA") else "BBBBBBBB")
    for token in ["none", f"{unsigned}.{claims}.", f"{header}.{claims}.{other}", f"{header}.{claims}"]:
        service.program().get("/users", token).expect(403)


def test_a_login_happens_once(people):
    # #9
    program = people.program()
    url = program.start()
    back, cookies = agree(url, "ada"), dict(program.jar)
    program.get(back).expect(200)
    program.jar = cookies
    program.get(back).expect(400)


def test_sixty_four_first_sign_ins_at_once_make_one_user(people, admin):
    # #96
    def sign_in(_):
        return people.program().sign_in("grace").expect(200).json()["user"]["id"]

    with ThreadPoolExecutor(64) as pool:
        ids = set(pool.map(sign_in, range(64)))
    assert len(ids) == 1
    users = people.program().get("/users?limit=100", admin).expect(200).json()["users"]
    assert [user["id"] for user in users if user["email"].startswith("grace@")] == list(ids)


def test_unknown_paths_are_404(service):
    assert service.program().get("/nothing").expect(404).body == '{"message":"Not Found"}'
    service.program().get("/users/login/nobody").expect(404)
