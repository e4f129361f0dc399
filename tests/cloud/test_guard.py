"""APIs guarded as docs/guard.md says: with the piece of template that `latchkey api add` prints, in front of functions
in Rust, Node and Python, in an account without latchkey's table and secrets. The gateway's cache is on."""

import json
import math
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from conftest import EQUIPPED as NAME
from conftest import HOME
from support import ROOT
from support.agent import agree
from support.emulator import REGION, TOOLS, Emulator
from support.local import LocalCloud
from support.pets import (
    AUDIENCE, BINARY, Added, Stack, apis_template, function_arn, functions_template, gate, native_template, node,
    python, socket_template,
)
from support.tokens import Signer, decoded, encoded
from support.workplace import architecture

CODE = "pets-code"
# How long the gateway remembers where tokens are revoked: with the minute of `api add` it would only take longer.
SHORT = 5

# The kinds of authorizer, and what each answers to a token that is not good.
REFUSES = {"REST TOKEN": 401, "REST REQUEST": 401, "HTTP simple": 403, "HTTP policy": 403, "HTTP 1.0": 500}
# With payload 1.0, AWS says that an HTTP API asks (`version`), and gets a policy that denies: 403. The emulator leaves
# that out, is taken for a REST API, and makes a 500 of its answer. tests/guard/gateways.rs has the event as AWS documents it.
KINDS = list(REFUSES)
ORDERS = ["allowed first", "denied first"]

# What docs/guard.md says to change for them in what is printed.
POLICY = [("EnableSimpleResponses: true", "EnableSimpleResponses: false")]
BY_REQUEST = [
    ("Type: TOKEN", "Type: REQUEST"),
    ('      IdentityValidationExpression: "^[Bb][Ee][Aa][Rr][Ee][Rr] [-A-Za-z0-9._~+/=]{1,10240}$"\n', ""),
]
PAYLOAD_1 = [('"2.0"', '"1.0"'), ("      EnableSimpleResponses: true\n", "")]
WEBSOCKET = [
    ("[$request.header.Authorization, $context.routeKey]", "[route.request.header.Authorization]"),
    ('      AuthorizerPayloadFormatVersion: "2.0"\n', ""), ("      EnableSimpleResponses: true\n", ""),
    ("      AuthorizerResultTtlInSeconds: 60\n      AuthorizerUri", "      AuthorizerUri"),
]


@dataclass
class Pets:
    cloud: Emulator
    printed: Stack
    gates: dict
    signer: Signer
    added: Added

    def asked(self, *names):
        """How often these functions ran so far."""
        return sum(self.cloud.invocations(name) for name in names)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    emulator = Emulator(tmp_path_factory.mktemp("theirs"), account="222222222222")
    yield emulator
    emulator.stop()


@pytest.fixture(scope="module")
def latchkey(equipped):
    return equipped


@pytest.fixture(scope="module")
def keys(latchkey):
    return latchkey.aws("secretsmanager", "get_secret_value", SecretId=f"{NAME}/signing-keys")["SecretString"]


@pytest.fixture(scope="module")
def added(latchkey, tools, tmp_path_factory):
    return Added(tools, tmp_path_factory.mktemp("operator"), NAME, latchkey.emulator.environment())


@pytest.fixture(scope="module")
def functions(theirs, latchkey, added):
    """Three authorizers, and the functions behind them."""
    settings = added.settings
    programs = {
        "authorizer": ("authorizer", settings),
        "policy": ("authorizer", {**settings, "AUTHORIZER_ANSWER": "policy"}),
        # There is no table that it could ask.
        "blind": ("authorizer", {**settings, "REVOCATION": "closed", "TABLE": "latchkey"}),
        "profile": ("profile", settings),
        "private": ("private", settings),
    }
    theirs.aws("s3", "create_bucket", Bucket=CODE, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, (program, environment) in programs.items():
        programs[name] = (copy_code(latchkey, theirs, program), architecture(), environment)
    scripts = {
        "node-reads": node("read:data"), "node-writes": node("write:data"),
        "python-reads": python("read:data"), "python-writes": python("write:data"),
    }
    return Stack(theirs, "pets-functions", functions_template(CODE, programs, scripts))


def copy_code(latchkey, theirs, function):
    """Puts the code of one of latchkey's functions into their bucket: the key there."""
    ours = f"{NAME}-code-{latchkey.emulator.account}-{REGION}"
    [there] = latchkey.aws("s3", "list_objects_v2", Bucket=ours, Prefix=f"{function}/")["Contents"]
    code = latchkey.aws("s3", "get_object", Bucket=ours, Key=there["Key"])["Body"].read()
    theirs.aws("s3", "put_object", Bucket=CODE, Key=there["Key"], Body=code)
    return there["Key"]


def guarded(theirs, name, printed, authorizer):
    """A stack of the printed template and what is theirs."""
    rust = {"GET /profile": "profile", "GET /private": "private"}
    http = {**rust, "GET /data": "node-reads", "POST /data": "node-writes"}
    rest = {**rust, "GET /data": "python-reads", "POST /data": "python-writes"}
    of = lambda routes: {route: function_arn(theirs, function) for route, function in routes.items()}
    template = apis_template(printed, of(http), of(rest))
    return Stack(theirs, name, template, LatchkeyAuthorizer=function_arn(theirs, authorizer))


@pytest.fixture(scope="module")
def pets(theirs, functions, added, keys):
    printed = guarded(theirs, "pets", added.template, "authorizer")
    by_policy = guarded(theirs, "pets-policy", added.with_changes(*POLICY, *BY_REQUEST), "policy")
    old = guarded(theirs, "pets-old", added.with_changes(*PAYLOAD_1), "authorizer")
    gates = {
        "REST TOKEN": gate(printed, "RestApi"),
        "REST REQUEST": gate(by_policy, "RestApi"),
        "HTTP simple": gate(printed, "Api"),
        "HTTP policy": gate(by_policy, "Api"),
        "HTTP 1.0": gate(old, "Api"),
    }
    return Pets(theirs, printed, gates, Signer(keys, HOME, AUDIENCE), added)


def is_rest(kind):
    return kind.startswith("REST")


@pytest.mark.parametrize("order", [("GET", "POST"), ("POST", "GET")], ids=ORDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_route_is_decided_by_its_function_despite_the_gateways_cache(pets, kind, order):
    # #75: in Node behind the HTTP APIs, in Python behind the REST APIs.
    gate, token = pets.gates[kind], pets.signer.token("read:data")
    before = pets.asked("authorizer", "policy")
    for method in order * 2:
        answer = gate.ask(method, "/data", token).expect({"GET": 200, "POST": 403}[method])
        # The function's own no is bare. The gateway's would have a message.
        assert method == "GET" or answer.body == ""
    # The gateway remembered: one question for a REST API, one for each route of an HTTP API.
    assert pets.asked("authorizer", "policy") - before == (1 if is_rest(kind) else 2)


@pytest.mark.parametrize("order", [("private", "profile"), ("profile", "private")], ids=ORDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_function_in_rust_says_what_is_missing(pets, kind, order):
    # #75
    gate, token = pets.gates[kind], pets.signer.token("read:data", name="Robot")
    for name in order * 2:
        answer = gate.get(f"/{name}", token)
        if name == "private":
            assert answer.expect(200).body == "Hello Robot"
        else:
            said = answer.expect(403).header("www-authenticate")
            assert 'error="insufficient_scope"' in said and 'scope="get:profile"' in said
    enough = gate.get("/profile", pets.signer.token("get:profile", name="Robot"))
    assert enough.expect(200).json() == {"name": "Robot"}


def test_the_token_that_is_printed_opens_every_kind_of_api(pets):
    for gate in pets.gates.values():
        assert gate.get("/private", pets.added.token).expect(200).body == "Hello Test"
        gate.ask("POST", "/data", pets.added.token).expect(200)


@pytest.mark.parametrize("kind", KINDS)
def test_the_function_gets_the_claims_of_the_token(pets, kind):
    # #77, #80: exactly the table of docs/guard.md, as flat text.
    person = {"roles": ["a", "b"], "sid": "s", "grant_id": "g", "name": "N", "email": "n@example.com", "email_verified": True}
    token = pets.signer.token("read:data", **person, more="x")
    learned = pets.gates[kind].get("/data", token).expect(200).json()
    learned.pop("principalId", None)
    claims = json.loads(claims_of(token))
    assert learned == {
        "iss": HOME, "sub": "robot", "client_id": "robot", "scope": "read:data", "roles": "a b", "sid": "s",
        "grant_id": "g", "name": "N", "email": "n@example.com", "exp": str(claims["exp"]),
    }


def wrong_tokens(signer, foreign):
    """What is no token, or none of ours for this API."""
    good = f"Bearer {signer.token()}"
    header, claims, signature = signer.token().split(".")
    unsigned = encoded(b'{"alg":"none","typ":"at+jwt"}')
    bearer = lambda token: {"authorization": f"Bearer {token}"}
    return {
        "another scheme": {"authorization": "Basic dGVzdDp0ZXN0"},
        "no token behind the scheme": {"authorization": "Bearer"},
        "a token without a scheme": {"authorization": good.removeprefix("Bearer ")},
        "no token at all": bearer("none"),
        "two tokens in one header": {"authorization": f"{good}, {good}"},
        "two headers": {"authorization": good, "Authorization": good},
        "expired": bearer(signer.token(life=-1)),
        "for another audience": bearer(signer.token(aud=HOME)),
        "of another issuer": bearer(signer.token(iss="https://other.example.com")),
        "signed by somebody else": bearer(foreign.token()),
        "not signed": bearer(f"{unsigned}.{claims}."),
        "its claims changed": bearer(f"{header}.{encoded(b'{}')}.{signature}"),
        "of another type": bearer(signer.token(header={"typ": "JWT"})),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_token_is_refused_before_the_function(pets, kind):
    # #60, #64, #66, #77, #79
    reader = "python-reads" if is_rest(kind) else "node-reads"
    gate, before = pets.gates[kind], pets.asked(reader)
    for what, headers in wrong_tokens(pets.signer, stranger(pets.signer)).items():
        assert gate.get("/data", headers=headers).status == REFUSES[kind], what
    gate.get("/data").expect(401)
    assert pets.asked(reader) == before


def claims_of(token):
    return decoded(token.split(".")[1])


def stranger(signer):
    """Somebody with a key of their own, who calls it as the real one is called."""
    run = subprocess.run([BINARY, "keys", "new"], capture_output=True, text=True, check=True)
    foreign = Signer(run.stdout, signer.issuer, signer.audience)
    foreign.header = signer.header
    return foreign


# The events of gateways that make a 401 of a refusal's text, and of what it says otherwise a 500. The emulator is not as strict
# about the text as AWS, so the authorizer is asked itself.
BY_TEXT = ["rest-token", "rest-request", "websocket-connect"]


def asked(pets, event, header):
    """What the deployed authorizer answers to a recorded event with this header, and whether that is a failure."""
    text = (ROOT / f"tests/events/{event}.json").read_text()
    assert "Bearer TOKEN" in text
    answer = pets.cloud.aws("lambda", "invoke", FunctionName="authorizer", Payload=text.replace("Bearer TOKEN", header))
    return json.loads(answer["Payload"].read()), "FunctionError" in answer


@pytest.mark.parametrize("event", BY_TEXT)
def test_a_refusal_is_one_word_and_that_exactly(pets, event):
    # #77: `Unauthorized` is 401; `unauthorized`, or that with a word before or behind it, is 500.
    for what, headers in wrong_tokens(pets.signer, stranger(pets.signer)).items():
        if len(headers) == 1:
            answer, failed = asked(pets, event, headers["authorization"])
            assert failed and answer["errorMessage"] == "Unauthorized", what


@pytest.mark.parametrize("event", BY_TEXT)
def test_an_allow_is_flat_and_within_the_gateways_limits(pets, event):
    # #77: the emulator makes text of whatever is in the context; AWS makes a 500 of what is not flat.
    roles = [f"role-{number}" for number in range(40)]
    token = pets.signer.token("read:data get:profile", roles=roles, sid="s", name="N", email="n@example.com", email_verified=True)
    answer, failed = asked(pets, event, f"Bearer {token}")
    assert not failed and len(json.dumps(answer)) < 8 * 1024
    assert all(isinstance(value, (str, bool, int, float)) for value in answer["context"].values()), answer
    assert answer["context"]["roles"] == " ".join(roles)
    assert sorted(answer["context"]["scope"].split(" ")) == ["get:profile", "read:data"]
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow" and len(statement["Resource"]) <= 512
    assert statement["Resource"].endswith("/*")


def test_a_malformed_token_costs_a_rest_api_no_invocation(pets):
    # #77: its regular expression.
    before = pets.asked("authorizer")
    for header in ("Basic dGVzdA==", "Bearer", "Bearer a, Bearer b", "Bearer é", "Bearer " + "x" * 10_241):
        pets.gates["REST TOKEN"].get("/data", headers={"authorization": header.encode()}).expect(401)
    assert pets.asked("authorizer") == before


def test_a_token_that_expires_in_the_gateways_cache_is_refused_by_the_function(pets):
    # #76
    calls = [(gate, path) for gate in pets.gates.values() for path in ("/private", "/data")]

    def accepted(life):
        """A token that every API has accepted, when it was made, and how long all of that took."""
        token, minted = pets.signer.token(life=life), time.monotonic()
        for gate, path in calls:
            gate.get(path, token).expect(200)
        return token, minted, time.monotonic() - minted

    # The first time, every function has to start; the second time shows how long this machine takes.
    accepted(600)
    life = 4 + math.ceil(3 * accepted(600)[2])
    token, minted, _ = accepted(life)
    before = pets.asked("authorizer", "policy")
    time.sleep(minted + life + 0.1 - time.monotonic())
    for gate, path in calls:
        answer = gate.get(path, token).expect(401)
        if path == "/private":
            assert 'error="invalid_token"' in answer.header("www-authenticate")
        else:
            assert answer.body == ""
    # The gateway asked nobody: it was all for yes.
    assert pets.asked("authorizer", "policy") == before


# Headers and words with which somebody could try to pass for somebody else.
SPOOFED = {
    "x-user-id": "admin", "x_user_id": "admin", "X-Forwarded-User": "admin", "x-auth-request-user": "admin",
    "x-amzn-oidc-identity": "admin", "x-amz-user-sub": "admin", "sub": "admin", "scope": "write:data get:profile",
    "x-authorizer-scope": "write:data get:profile", "authorizer": '{"lambda":{"sub":"admin","scope":"write:data"}}',
    "requestContext": '{"authorizer":{"sub":"admin","client_id":"x","scope":"write:data","exp":"9999999999"}}',
    "x-amzn-request-context": '{"authorizer":{"lambda":{"sub":"admin","client_id":"x","exp":"9999999999"}}}',
    "x-original-url": "/", "x-rewrite-url": "/", "x-http-method-override": "GET", "user-agent": "ELB-HealthChecker/2.0",
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_header_identifies_a_caller(pets, kind):
    # #80
    gate, token = pets.gates[kind], pets.signer.token("read:data")
    query = "?sub=admin&scope=write:data&requestContext[authorizer][sub]=admin"
    for path in ("/private", "/profile", "/data"):
        gate.get(path + query, headers=SPOOFED).expect(401)
    assert gate.get("/private" + query, token, SPOOFED).expect(200).body == "Hello robot"
    gate.get("/profile" + query, token, SPOOFED).expect(403)
    gate.ask("POST", "/data" + query, token, SPOOFED).expect(403)
    learned = gate.get("/data" + query, token, SPOOFED).expect(200).json()
    assert (learned["sub"], learned["scope"]) == ("robot", "read:data")


# Other ways to write /private.
VARIANTS = [
    "//private", "///private", "/private/", "/private//", "/PRIVATE", "/Private", "/%70rivate", "/privat%65",
    "/%2fprivate", "/./private", "/%2e/private", "/x/../private", "/x/%2e%2e/private", "/..%2fprivate", "/private%2f",
    "/private;x=1", "/private%00", "/private%20", "/private.json", "/private?x=/", "/private%3fx", "/*", "/priv*",
    "/%252e/private", "/\\private",
]


@pytest.mark.parametrize("kind", KINDS)
def test_no_way_to_write_a_path_leads_around_the_authorizer(pets, kind):
    # #79
    gate, before = pets.gates[kind], pets.asked("private")
    for path in VARIANTS:
        for headers in ({}, {"authorization": "Bearer none"}):
            assert gate.get(path, headers=headers).status in {400, 401, 403, 404, REFUSES[kind]}, path
    assert pets.asked("private") == before
    gate.get("/private", pets.signer.token()).expect(200)
    assert pets.asked("private") == before + 1


def test_a_websocket_is_opened_with_a_token_and_not_without(pets, theirs):
    # #77, #79
    printed = pets.added.with_changes(*WEBSOCKET)
    template = socket_template(printed, function_arn(theirs, "python-reads"))
    stack = Stack(theirs, "pets-socket", template, LatchkeyAuthorizer=function_arn(theirs, "authorizer"))
    socket = gate(stack, "SocketApi")
    socket.connect({}).expect(401)
    wrong = wrong_tokens(pets.signer, stranger(pets.signer))
    # Of two headers the emulator drops the first before anybody is asked.
    del wrong["two headers"]
    for what, headers in wrong.items():
        # AWS makes a 401 of "Unauthorized" there, as at a REST API; the emulator makes a 500 of whatever fails.
        assert socket.connect(headers).status == 500, what
    # The function, which is that of docs/guard.md in Python, looks at the scope.
    for scope, status in (("read:data", 101), ("write:data", 403)):
        socket.connect({"authorization": f"Bearer {pets.signer.token(scope)}"}).expect(status)


def test_an_authorizer_that_cannot_read_the_table_refuses_everybody(pets, theirs, added):
    # #78: REVOCATION=closed, and no table. It is 500 and not remembered. What needs no table to be refused still is.
    blind = guarded(theirs, "pets-blind", added.template, "blind")
    for api, refused in (("Api", 403), ("RestApi", 401)):
        before, token = pets.asked("blind"), pets.signer.token()
        for _ in range(2):
            gate(blind, api).get("/private", token).expect(500)
        gate(blind, api).get("/private", pets.signer.token(life=-1)).expect(refused)
        assert pets.asked("blind") == before + 3


def test_an_authorizer_in_another_account_has_three_settings_and_nothing_else(functions, theirs):
    # #106
    of = theirs.aws("lambda", "get_function_configuration", FunctionName="authorizer")
    assert set(of["Environment"]["Variables"]) == {"BASE_URL", "AUDIENCE", "PUBLIC_KEYS"}
    assert of["FunctionArn"] == function_arn(theirs, "authorizer")
    assert '"d"' not in of["Environment"]["Variables"]["PUBLIC_KEYS"]
    assert theirs.aws("dynamodb", "list_tables")["TableNames"] == []
    assert theirs.aws("secretsmanager", "list_secrets")["SecretList"] == []


def test_only_the_gateways_authorizer_may_ask(pets, theirs):
    # The emulator would let every gateway: what the printed template allows is compared instead.
    policy = json.loads(theirs.aws("lambda", "get_policy", FunctionName="authorizer")["Policy"])
    sources = [each["Condition"]["ArnLike"]["AWS:SourceArn"] for each in policy["Statement"]]
    for api, authorizer in (("Api", "HttpAuthorizer"), ("RestApi", "RestAuthorizer")):
        ids = f"{pets.printed.resource(api)}/authorizers/{pets.printed.resource(authorizer)}"
        assert f"arn:aws:execute-api:{REGION}:{theirs.account}:{ids}" in sources
    assert all("/authorizers/" in source and "*" not in source for source in sources)


def test_the_printed_template_has_no_mistake_that_the_emulator_overlooks(added, theirs, tmp_path):
    arn = function_arn(theirs, "any")
    (tmp_path / "pets.yaml").write_text(apis_template(added.template, {"GET /data": arn}, {"GET /data": arn}))
    command = [TOOLS / "cfn-lint", "--region", REGION, "--", tmp_path / "pets.yaml"]
    lint = subprocess.run(command, capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout


def output(latchkey, name):
    """What latchkey's stack says of itself."""
    [stack] = latchkey.aws("cloudformation", "describe_stacks", StackName=NAME)["Stacks"]
    [value] = [each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == name]
    return value


# --- taking a token back


@pytest.fixture(scope="module")
def ours(cloud, latchkey, added):
    """The functions of latchkey's own stack, behind an HTTP API and a REST API that remember for a short time."""
    printed = added.with_changes(("AuthorizerResultTtlInSeconds: 60", f"AuthorizerResultTtlInSeconds: {SHORT}"))
    routes = {"GET /profile": function_arn(cloud, f"{NAME}-profile")}
    # As it is printed to anyone who has an API in the same account.
    authorizer = output(latchkey, "AuthorizerArn")
    assert authorizer == function_arn(cloud, f"{NAME}-authorizer")
    stack = Stack(cloud, "ours", apis_template(printed, routes, routes), LatchkeyAuthorizer=authorizer)
    return [gate(stack, "Api"), gate(stack, "RestApi")]


def test_a_revoked_token_is_refused_within_the_bound(latchkey, keys, ours):
    # #76: 30 seconds of the authorizer, and what the gateway remembers. Everybody is waited for at the same time.
    signer = Signer(keys, HOME, HOME)
    service = lambda client: signer.token("get:profile", sub=client, client_id=client, name=client)
    browser, ended = signed_in(latchkey, "ada")
    _, gone = signed_in(latchkey, "alan")
    disabled, working = service("nightly-job"), service("early-job")
    change_client(latchkey, "put-item", "early-job")
    for api in ours:
        for token in (ended, gone, disabled):
            api.get("/profile", token).expect(200)
        assert api.get("/profile", working).status in (401, 403)

    browser.post("/users/logout")
    disable_user(latchkey, json.loads(claims_of(gone))["sub"])
    change_client(latchkey, "put-item", "nightly-job")
    change_client(latchkey, "delete-item", "early-job")
    for token in (ended, gone, disabled):
        assert verdict(latchkey, token) == {"status": "invalid", "reason": "revoked"}
    assert verdict(latchkey, working) == {"status": "valid"}

    changes = [(token, {401, 403}) for token in (ended, gone, disabled)] + [(working, {200})]
    with ThreadPoolExecutor(8) as pool:
        waits = [pool.submit(until, api, token, statuses) for api in ours for token, statuses in changes]
    print("seconds:", [round(wait.result(), 1) for wait in waits])
    # … and a little for an answer that is on its way.
    assert max(wait.result() for wait in waits) <= 30 + SHORT + 3


def signed_in(latchkey, person):
    """Their browser, and an access token of their session."""
    browser = latchkey.service.browser()
    browser.get(agree(browser.start("/users/login/certified"), person)).expect(303)
    return browser, browser.post("/users/token").expect(200).json()["access_token"]


def disable_user(latchkey, id):
    latchkey.aws(
        "dynamodb", "update_item", TableName=NAME, Key={"pk": {"S": f"USER#{id}"}, "sk": {"S": "USER"}},
        UpdateExpression="SET #s = :d", ConditionExpression="#s = :a", ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":d": {"S": "disabled"}, ":a": {"S": "active"}},
    )


def change_client(latchkey, verb, client):
    """Runs the command of docs/guard.md, for this stack's table and this client."""
    [command] = re.findall(rf"^aws dynamodb {verb} (?:.*\\\n)*.*$", (ROOT / "docs/guard.md").read_text(), re.M)
    assert "--table-name latchkey " in command and "CLIENT#nightly-job" in command
    command = command.replace("--table-name latchkey ", f"--table-name {NAME} ").replace("nightly-job", client)
    environment = {"PATH": f"{latchkey.workplace.tools}:{os.environ['PATH']}", **latchkey.emulator.environment()}
    subprocess.run(["bash", "-ec", command], env=environment, check=True, timeout=60)


def verdict(latchkey, token):
    return latchkey.service.program().ask("POST", "/users/verify", {"authorization": f"Bearer {token}"}, "").json()


def until(api, token, statuses):
    """After how many seconds the API was asked last before it answers so. It is asked again and again, so that everybody remembers;
    how long an answer takes on a busy machine is not counted."""
    started, last = time.monotonic(), 0
    while (asked := time.monotonic() - started) < 120:
        if api.get("/profile", token).status in statuses:
            return last
        last = asked
        time.sleep(0.5)
    return asked


# --- the native JWT authorizer


@pytest.fixture(scope="module")
def native(theirs, latchkey, functions, tmp_path_factory):
    """An HTTP API that verifies tokens by itself, as the stack's output says, and who signs them: a latchkey on this
    machine, because the gateway must find the issuer where it says it lives."""
    folder = tmp_path_factory.mktemp("issuer")
    local = LocalCloud(folder)
    try:
        issuer = local.service.issuer
        signer = Signer((folder / "home/signing-keys.json").read_text(), issuer, AUDIENCE)
        printed = output(latchkey, "NativeAuthorizer")
        assert f"Issuer: {HOME}\n" in printed and f"Audience: ['{HOME}']" in printed
        printed = printed.replace(f"Issuer: {HOME}", f"Issuer: {issuer}").replace(f"['{HOME}']", f"['{AUDIENCE}']")
        routes = {f"GET /{name}": (function_arn(theirs, name), scope) for name, scope in NATIVE.items()}
        yield gate(Stack(theirs, "native", native_template(printed, routes)), "Api"), signer
    finally:
        local.stop()


# What the native authorizer takes, at AWS too: it does not look at a token's type, and needs no scheme before it.
OVERLOOKED = ("of another type", "a token without a scheme")
NATIVE = {"private": "read:data", "profile": "get:profile"}


def test_the_native_authorizer_takes_the_tokens_and_the_function_reads_them(native):
    gate, signer = native
    token = signer.token("read:data get:profile", name="Robot")
    assert gate.get("/private", token).expect(200).body == "Hello Robot"
    assert gate.get("/profile", token).expect(200).json() == {"name": "Robot"}
    assert gate.get("/profile", signer.token("read:data")).expect(403).body == '{"message": "Forbidden"}'


def test_the_native_authorizer_refuses_a_bad_token(native):
    # It knows the 401 that a Lambda authorizer of an HTTP API does not.
    gate, signer = native
    gate.get("/private").expect(401)
    for what, headers in wrong_tokens(signer, stranger(signer)).items():
        if what not in OVERLOOKED:
            assert gate.get("/private", headers=headers).status == 401, what


def test_the_function_refuses_an_id_token_that_the_native_authorizer_takes(native):
    # #56, #66: even one that has the scope. A `nonce` alone does not make one of a token with a scope: old Keycloaks write it.
    gate, signer = native
    for mark in ("at_hash", "c_hash", "s_hash", "events"):
        gate.get("/private", signer.token(**{mark: "x"})).expect(401)
    gate.get("/private", signer.token(nonce="n")).expect(200)
