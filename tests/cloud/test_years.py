"""A stack over the years: what people and operators have in it while everything is on, what is left of that where the ways are off, that it
counts again once they are on, what is left where the stack is removed, and what the next stack of its name makes of that. The tests run in
this order, after all others of this stack."""

import json
import re
import shlex
from dataclasses import dataclass, field

import pytest

from conftest import EQUIPPED, HOME
from support.agent import Service, ask
from support.device import App, Passkey, set_up
from support.mails import mail
from support.receiver import Receiver
from support.standard_webhooks import sign, tag
from support.workplace import OFF, functions
from test_events import PATIENCE, leads_to

GOOD = "a horse that counts"
STEP = "/users/factor"
WAYS = ["BACKCHANNEL_LOGOUT", "PASSWORDS", "PASSKEYS", "SECOND_FACTORS", "WEBHOOKS", "EVENTS", "MAIL", "MAILED_SIGN_IN"]
# A login shell has this in MAIL, which is no setting: without one, mails are off.
TURNED_OFF = {**dict.fromkeys(WAYS, "off"), "MAIL": "/var/mail/olga"}
KEYS = {f"{EQUIPPED}/{name}" for name in ("events-key", "factor-key", "mailed-key", "webhook-key")}
FORGOTTEN = "{} has no second factor and no passkey any more, and is signed out everywhere.\n"
QUEUES = {f"{EQUIPPED}-{name}" for name in ("logouts", "logouts-dead-letters", "mails", "mails-dead-letters")}
LASTING = ("AUDIT", "EMAIL", "FACTOR", "IDENTITY", "PASSKEY", "PASSWORD", "RECEIVER", "RIGHTS", "SOURCE", "USER")
WITHOUT = {*OFF, "logout-notify"}


def there(equipped):
    """What there is of this stack in the account, by kind: others may be there."""
    listed = {
        "stack": ("cloudformation", "describe_stacks", "Stacks", "StackName"),
        "table": ("dynamodb", "list_tables", "TableNames", None),
        "bucket": ("s3", "list_buckets", "Buckets", "Name"),
        "secret": ("secretsmanager", "list_secrets", "SecretList", "Name"),
        "function": ("lambda", "list_functions", "Functions", "FunctionName"),
        "source": ("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
        "role": ("iam", "list_roles", "Roles", "RoleName"),
        "log": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "api": ("apigatewayv2", "get_apis", "Items", "Name"),
        "queue": ("sqs", "list_queues", "QueueUrls", None),
        "rule": ("events", "list_rules", "Rules", "Name"),
        "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
        "configuration": ("sesv2", "list_configuration_sets", "ConfigurationSets", None),
    }
    found = {}
    for kind, (service, operation, things, name) in listed.items():
        names = [each[name] if name else each for each in equipped.aws(service, operation).get(things, [])]
        found[kind] = {each if kind == "secret" else each.split("/")[-1] for each in names if EQUIPPED in each}
    return found


def its_api(equipped):
    [api] = [each for each in equipped.aws("apigatewayv2", "get_apis")["Items"] if each["Name"] == EQUIPPED]
    return api


def routes(equipped):
    return {each["RouteKey"] for each in equipped.aws("apigatewayv2", "get_routes", ApiId=its_api(equipped)["ApiId"])["Items"]}


def values(equipped):
    """The version of each secret that is a key."""
    names = {each["Name"] for each in equipped.aws("secretsmanager", "list_secrets")["SecretList"]}
    return {name: equipped.aws("secretsmanager", "get_secret_value", SecretId=name)["VersionId"] for name in names & KEYS}


def rows(equipped):
    """What is in the table for good: of people, and of what they may do and have."""
    found, more = [], {}
    while more is not None:
        page = equipped.aws("dynamodb", "scan", TableName=EQUIPPED, **more)
        found += [row for row in page["Items"] if row["sk"]["S"] in LASTING]
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None
    return {row["pk"]["S"]: row for row in found}


def gone(before, after):
    """What of each kind is not there any more."""
    return {kind: before[kind] - after[kind] for kind in before if before[kind] - after[kind]}


@dataclass
class Life:
    """What people and operators have."""

    yara: str
    app: App
    recovery: list
    passkey: Passkey
    secret: str
    kept: str
    told: str
    before: dict = field(default_factory=dict)
    routes: set = field(default_factory=set)
    keys: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    factor_key: str = ""
    deleted: str = ""


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def deliver(equipped, secret, message, kind, order="order-1", product="pro"):
    """What a shop tells the source `kiosk`."""
    content = {"id": order, "product_id": product, "customer": {"email": "yuri@example.com"}}
    body = json.dumps({"type": kind, "timestamp": "2026-11-30T07:00:00Z", "data": content})
    headers = {"content-type": "application/json", **sign(secret, message, body)}
    return equipped.service.program().ask("POST", "/webhooks/kiosk", headers, body)


def arrive(equipped):
    """A browser in which Yara has entered her password, and where she is sent."""
    browser = equipped.service.browser()
    answer = browser.form("/users/password/login", login="yara", password=GOOD, return_to="/account").expect(303)
    return browser, answer.header("location")


def roles(equipped, browser):
    token = browser.post("/users/token").expect(200).json()["access_token"]
    return equipped.service.program().get("/users/me", token).expect(200).json()["roles"]


@pytest.fixture(scope="module")
def life(equipped, operator, receiver):
    program = equipped.service.program()
    yara = program.json("/users/register", username="yara", password=GOOD).expect(201).json()["user"]["id"]
    app, recovery = set_up(arrive(equipped)[0])
    # On the operator's machine no setting says that second factors are on: the stack does.
    operator.run("role", "set", "auditor", "get:profile", "--second-factor")
    operator.run("user", "promote", yara, "--role", "auditor")
    set_up(signed_in(equipped, "xena"))
    browser, passkey = signed_in(equipped, "yuri"), Passkey(HOME)
    session = re.search(r'data-session="([^"]+)"', browser.get("/users/passkey").expect(200).body)[1]
    wanted = browser.json("/users/passkey/new", session=session).expect(200).json()["publicKey"]
    browser.json("/users/passkey/add", credential=passkey.create(wanted)).expect(200)

    made = operator.run("webhook", "add", "kiosk", "--preset", "standard", "--product", "pro=gold")
    secret = re.search(r"^secret   (.+)$", made, re.M)[1]
    assert deliver(equipped, secret, "1", "order.paid").expect(200).json()["result"] == "given"
    # The source does not have this product, so the body waits for an operator.
    assert deliver(equipped, secret, "2", "order.paid", "order-2", "ultra").expect(200).json()["result"] == "kept"
    kept = operator.run("webhook", "events", "kiosk", "--dead").split()[1]

    added = operator.run("events", "add", "ledger", "https://hooks.example.com/latchkey", "--event", "user.deleted")
    told = added.split("whsec_")[1].split()[0]
    leads_to(equipped, "ledger", f"{receiver.url}/hooks")
    return Life(yara, app, recovery, passkey, secret, kept, told)


def signed_in(equipped, person):
    browser = equipped.service.browser()
    browser.sign_in(person, "/users/login/certified").expect(303)
    return browser


def check(equipped, operator, **settings):
    """What `latchkey check` says of the stack to whoever would turn this on or off."""
    ours = {name: value for name, value in equipped.settings.items() if not name.startswith("AWS_")}
    run = operator.call("check", **{**ours, **settings})
    assert (run.returncode, run.stdout) == (0, "Every function starts with these settings.\n"), run
    return run.stderr


def test_an_operator_works_at_the_stack(equipped, operator, life, receiver):
    # #34, #90
    browser = signed_in(equipped, "zoe")
    set_up(browser)
    said = operator.run("user", "forget-factor", "zoe@example.com")
    assert said == FORGOTTEN.format("zoe@example.com") + "A mail to zoe@example.com tells them.\n"
    browser.post("/users/token").expect(401)
    assert mail(equipped.emulator, "zoe@example.com", 2).subject == "A way to sign in was removed"

    assert "kiosk  standard  1 products\n" in operator.run("webhook", "list")
    command = shlex.split(operator.run("webhook", "test", "kiosk", "--order", "sample", "--address", "nobody@example.com", "--print"))
    headers = dict(command[at + 1].split(": ", 1) for at, word in enumerate(command) if word == "-H")
    body, url = command[command.index("--data-binary") + 1], command[-1]
    answer = equipped.service.program().ask("POST", url, headers, body)
    assert answer.expect(200).json()["result"] == "waits"

    assert "ledger" in operator.run("events", "list") and "secrets   1\n" in operator.run("events", "show", "ledger")
    said = operator.run("events", "test", "ledger")
    assert "within a minute" in said and "EVENTS is off" not in said
    equipped.aws("lambda", "invoke", FunctionName=f"{EQUIPPED}-events-send", Payload=json.dumps({"source": "aws.events"}))
    post = receiver.posts.get(timeout=PATIENCE)
    signed = [post.headers[name] for name in ("webhook-id", "webhook-timestamp")]
    assert post.headers["webhook-signature"] == f"v1,{tag(life.told, *signed, post.body)}"

    # Who would turn second factors off reads who relies on them, and only they.
    said = check(equipped, operator, SECOND_FACTORS="off")
    assert re.search(r"SECOND_FACTORS is off, and [1-9]\d* of \d+ people have a second factor", said)
    assert "nobody has what demands a second factor: auditor." in said
    assert check(equipped, operator) == ""


def test_what_is_off_is_gone_and_its_keys_and_rows_stay(equipped, operator, life):
    # #105, #106, #107
    life.before, life.routes, life.keys = there(equipped), routes(equipped), values(equipped)
    assert set(life.keys) == KEYS
    said = equipped.deploy(**TURNED_OFF).expect(0).out
    assert re.search(r"Note: .*SECOND_FACTORS is off, and \d+ of \d+ people have a second factor.*: auditor\.", said), said
    after = there(equipped)
    lost = gone(life.before, after)
    assert sorted(name.removeprefix(f"{EQUIPPED}-") for name in after["function"]) == sorted({*functions()} - WITHOUT)
    assert lost["function"] == {f"{EQUIPPED}-{name}" for name in WITHOUT}
    assert (lost["queue"], lost["configuration"]) == (QUEUES, {EQUIPPED})
    assert {kind: len(lost[kind]) for kind in ("role", "log", "source")} == {"role": len(WITHOUT), "log": len(WITHOUT), "source": 2}
    assert {"EventsSendSchedule", "LogoutNotifySchedule", "MailCameBack"} == {re.sub(rf"^{EQUIPPED}-|-\w+$", "", name) for name in lost["rule"]}
    assert {name.removeprefix(f"{EQUIPPED}-") for name in lost["alarm"]} == {"events-send", "logout-dead-letters", "mail-dead-letters"}
    assert set(lost) == {"function", "queue", "configuration", "role", "log", "source", "rule", "alarm"}

    assert values(equipped) == life.keys
    for function in equipped.aws("lambda", "list_functions")["Functions"]:
        assert function["FunctionName"] not in after["function"] or not any(name in str(function["Environment"]) for name in KEYS), function["FunctionName"]
    for role in after["role"]:
        policy = equipped.aws("iam", "get_role_policy", RoleName=role, PolicyName="declared")["PolicyDocument"]
        assert not any(name in str(policy) for name in KEYS), role


def test_nothing_answers_at_the_routes_of_what_is_off(equipped, life):
    left = routes(equipped)
    lost = sorted(life.routes - left)
    for path in ("/users/factor", "/users/password/login", "/users/passkey/login", "/users/mailed", "/webhooks/{source}"):
        assert f"POST {path}" in lost, lost
    for method, path in (key.split() for key in lost):
        path = re.sub(r"\{\w+\}", "x", path)
        # `/users/factor` is as good as any other id of a person, at which the authorizer stands.
        is_person = f"{method} /users/{{id}}" in left and re.fullmatch("/users/[^/]+", path)
        answer = ask(method, equipped.service.url + path, {"origin": HOME})
        assert answer.status in ((401, 403) if is_person else (404,)), (method, path, answer)


def test_people_come_in_by_what_is_left(equipped, operator, life):
    browser = signed_in(equipped, "yuri")
    for page in ("/account", "/users/login"):
        body = browser.get(page).expect(200).body
        assert not re.search(r'="/users/(factor|passkey|password|mailed)', body), page
    assert "auditor" not in roles(equipped, browser)
    shown = json.loads(operator.run("user", "show", life.yara, "--json"))
    assert "auditor" in shown["roles"]
    assert "SECOND_FACTORS is off, so nobody has what demands a second factor: auditor." in operator.run("role", "list")
    assert "set SECOND_FACTORS=on first" in operator.run("role", "set", "auditor", "get:profile", "--second-factor", status=1)

    # Operators work on: with the key, which is there, and without a queue for mails.
    assert "kiosk  standard  1 products\n" in operator.run("webhook", "list")
    assert life.kept in operator.run("webhook", "events", "kiosk", "--dead")
    assert "EVENTS is off: nothing is sent until it is on." in operator.run("events", "test", "ledger")
    said = operator.run("user", "forget-factor", "xena@example.com")
    assert said == FORGOTTEN.format("xena@example.com") + "There are no mails, so nobody tells them: do that yourself.\n"
    # What operators do meanwhile is in the trail.
    [xena] = operator.lines("user", "list", "--email", "xena@")
    operator.run("user", "delete", xena["id"], "--yes")
    life.deleted = xena["id"]


def test_what_is_on_again_counts_as_before(equipped, operator, life, receiver):
    # #85, #90, #106
    equipped.deploy().expect(0)
    after = there(equipped)
    assert sorted(name.removeprefix(f"{EQUIPPED}-") for name in after["function"]) == functions()
    assert {kind: len(names) for kind, names in after.items()} == {kind: len(names) for kind, names in life.before.items()}
    assert (routes(equipped), values(equipped)) == (life.routes, life.keys)

    # The seed opens: she enters a code of the app, and has the role that demands it.
    browser, place = arrive(equipped)
    assert place.startswith(STEP)
    browser.form(STEP, code=life.app.unused()).expect(303)
    assert "auditor" in roles(equipped, browser)
    browser = equipped.service.browser()
    asked = browser.json("/users/passkey/challenge").expect(200).json()["publicKey"]
    browser.json("/users/passkey/login", credential=life.passkey.get(asked)).expect(200)

    # So do the source's secret, and the body that was kept.
    assert deliver(equipped, life.secret, "1", "order.paid").expect(200).json()["result"] == "repeated"
    assert deliver(equipped, life.secret, "3", "order.paid", "order-3").expect(200).json()["result"] == "given"
    operator.run("webhook", "add", "kiosk", "--replace", "--preset", "standard", "--product", "pro=gold", "--product", "ultra=platinum")
    assert operator.run("webhook", "replay", life.kept) == "given\n"
    assert "waits" in operator.run("webhook", "replay", life.kept, status=1)

    # And the receiver's, who is told what operators did meanwhile.
    equipped.aws("lambda", "invoke", FunctionName=f"{EQUIPPED}-events-send", Payload=json.dumps({"source": "aws.events"}))
    posts = [receiver.posts.get(timeout=PATIENCE) for _ in range(2)]
    for post in posts:
        signed = [post.headers[name] for name in ("webhook-id", "webhook-timestamp")]
        assert post.headers["webhook-signature"] == f"v1,{tag(life.told, *signed, post.body)}"
    assert life.deleted in [json.loads(post.body)["data"].get("user_id") for post in posts], posts

    program = equipped.service.program()
    program.json("/users/mailed", email="willa@example.com").expect(202)
    code = re.search(r"^\d{6}$", mail(equipped.emulator, "willa@example.com").text, re.M)[0]
    program.json("/users/mailed/code", code=code).expect(200)


def test_where_the_stack_is_removed_its_table_is_left_and_nothing_else(equipped, life):
    key = equipped.aws("secretsmanager", "get_secret_value", SecretId=f"{EQUIPPED}/factor-key")
    life.factor_key = key["SecretString"]
    said = equipped.deploy("remove", stdin=f"{EQUIPPED}\n").expect(0).out
    for name in ("factor-key", "webhook-key", "events-key"):
        assert f"   with {name}: " in said, said
    assert life.factor_key not in said
    life.rows = rows(equipped)
    assert {kind: names for kind, names in there(equipped).items() if names} == {"table": {EQUIPPED}}
    # It is somebody else's, and was there before.
    assert equipped.aws("sesv2", "list_email_identities")["EmailIdentities"]


def test_the_next_stack_of_the_name_has_the_people_and_keys_of_its_own(equipped, operator, life):
    said = equipped.deploy().expect(0).out
    assert "factor-key: new" in said and "== Live: " in said
    assert equipped.aws("cloudformation", "describe_stack_resource", StackName=EQUIPPED, LogicalResourceId="Table")
    after = rows(equipped)
    assert {key: after.get(key) for key in life.rows} == life.rows and f"USER#{life.yara}" in life.rows
    after = there(equipped)
    assert {kind: len(names) for kind, names in after.items()} == {kind: len(names) for kind, names in life.before.items()}
    equipped.service = Service(its_api(equipped)["ApiEndpoint"])
    # Her password is good, and the seed of her app is under the key of before: a recovery code counts.
    browser, _ = arrive(equipped)
    browser.form(STEP, code=life.app.code()).expect(500)
    browser.form(STEP, code=life.recovery[0]).expect(200)
    assert "auditor" in roles(equipped, browser)
    assert deliver(equipped, life.secret, "4", "order.paid", "order-4").status == 401
    secret = re.search(r"^secret   (.+)$", operator.run("webhook", "rotate-secret", "kiosk"), re.M)[1]
    assert deliver(equipped, secret, "4", "order.paid", "order-4").expect(200).json()["result"] == "given"


def test_who_has_kept_the_key_gives_it_back(equipped, life):
    # #106
    run = equipped.deploy("secrets", "factor-key", stdin=life.factor_key).expect(0)
    assert "users-factor reads it again" in run.out and life.factor_key not in run.out + run.err
    kept = equipped.aws("secretsmanager", "get_secret_value", SecretId=f"{EQUIPPED}/factor-key")["SecretString"].split(",")
    assert kept[0] == life.factor_key and len(kept) == 2
    browser, _ = arrive(equipped)
    browser.form(STEP, code=life.app.unused()).expect(303)
