"""People and rights of a deployed stack: the commands with `--stack`, run by an operator whom IAM knows and the trail names, and people
of an older version, whom `bin/deploy` takes over. The tests run in this order, on the table of one stack."""

import hashlib
import json
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import HOME, STACK
from support.agent import ask
from support.operators import Operator
from support.tokens import encoded


@pytest.fixture(scope="module")
def operator(deployment, tools, tmp_path_factory):
    return Operator(deployment, tools, tmp_path_factory.mktemp("operator"), STACK)


def rows(deployment):
    """The whole table."""
    found, more = [], {}
    while True:
        page = deployment.aws("dynamodb", "scan", TableName=STACK, **more)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def empty(deployment):
    for row in rows(deployment):
        deployment.aws("dynamodb", "delete_item", TableName=STACK, Key={name: row[name] for name in ("pk", "sk")})


def token(deployment, person):
    return deployment.service.program().sign_in(person).expect(200).json()["jwt"]


def address(person):
    return f"{person}@example.com"


def test_the_very_first_administrator_is_made_by_a_command(deployment, operator):
    # #93: where nobody has signed in, and nothing is set on the operator's machine.
    empty(deployment)
    assert "Nobody has signed in yet" in operator.run("role", "begin", "--if-used")
    assert "is invited for 30 days" in operator.run("user", "invite", address("grace"), "--role", "admin")
    everybody = deployment.service.program().get("/users", token(deployment, "grace")).expect(200).json()["users"]
    assert [(person["email"], person["roles"]) for person in everybody] == [(address("grace"), ["admin", "member"])]
    # The rights began as the settings of the stack say them.
    assert deployment.service.program().get("/users", token(deployment, "ada")).status == 200
    deployment.service.program().get("/users", token(deployment, "bob")).expect(403)


def test_people_are_looked_after(deployment, operator, tmp_path):
    # #34, #35, #81
    program, bob, browser = deployment.service.program(), address("bob"), deployment.service.browser()
    browser.sign_in("bob").expect(303)
    shown = {person["email"]: person for person in operator.lines("user", "list")}
    assert set(shown) == {bob, address("ada"), address("grace")}
    assert json.loads(operator.run("user", "show", bob, "--json")) == shown[bob] and shown[bob]["roles"] == ["member"]

    assert operator.run("user", "promote", bob) == f"{bob} has the role admin.\n"
    theirs = token(deployment, "bob")
    program.get("/users", theirs).expect(200)
    operator.run("user", "demote", bob)
    program.get("/users", theirs).expect(403)

    operator.run("user", "disable", bob)
    browser.post("/users/token").expect(401)
    deployment.service.program().sign_in("bob").expect(403)
    assert [person["email"] for person in operator.lines("user", "list", "--disabled")] == [bob]
    operator.run("user", "enable", bob)
    browser.post("/users/token").expect(401)
    token(deployment, "bob")

    file = tmp_path / "people.json"
    assert operator.run("user", "export", str(file)) == f"3 people are in {file}.\n"
    assert operator.run("user", "import", str(file)) == "0 new, 3 known already, 0 wrong.\n"
    file.write_text(file.read_text() + json.dumps({"email": address("carl"), "email_verified": True, "roles": ["admin"]}) + "\n")
    assert operator.run("user", "import", str(file)) == "1 new, 3 known already, 0 wrong.\n"
    [carl] = operator.lines("user", "list", "--email", "carl@")
    answer = deployment.service.program().sign_in("carl").expect(200).json()
    assert answer["user"]["id"] == carl["id"]
    program.get("/users", answer["jwt"]).expect(200)

    assert "repeat it with --yes" in operator.run("user", "delete", bob)
    operator.run("user", "delete", bob, "--yes")
    assert "there is nobody" in operator.run("user", "show", bob, status=1)
    assert deployment.service.program().sign_in("bob").expect(200).json()["user"]["id"] != shown[bob]["id"]


def test_rights_are_changed_and_explained(deployment, operator):
    operator.run("role", "set", "helper", "get:profile", "users:read")
    assert "helper  get:profile users:read\n" in operator.run("role", "list")
    gains = operator.run("rule", "try", "ours", "--role", "helper", "--domain", "example.com", "--provider", "certified")
    [bob] = operator.lines("user", "list", "--email", "bob@")
    assert f"{bob['id']} ({bob['name']}) gains users:read" in gains
    asked = ("explain", address("bob"), "--scope", "users:read")
    assert "- They do not get users:read" in operator.run(*asked)
    operator.run("rule", "add", "ours", "--role", "helper", "--domain", "example.com", "--provider", "certified")
    assert "The rule ours gives helper" in operator.run("rule", "list")
    said = operator.run(*asked)
    assert "- They have the role helper: the rule ours gives it." in said and "- They get users:read: the role helper" in said
    operator.run("rule", "remove", "ours")
    assert "- They do not get users:read" in operator.run(*asked)
    operator.run("role", "remove", "helper")
    assert "helper" not in operator.run("role", "list")


def test_the_trail_names_the_principal_of_each_act(operator):
    trail = [json.loads(line) for line in operator.run("audit", "--since", "1h", "--json").splitlines()]
    acts = {
        "rights_begun", "person_invited", "roles_changed", "person_disabled", "person_enabled", "person_exported", "people_imported",
        "person_deleted", "role_set", "role_removed", "rule_set", "rule_removed",
    }
    assert operator.arn.endswith(":user/olga") and {event["what"] for event in trail} >= acts
    # Who was invited, or is of ADMINS, got the roles by coming: nobody gave them then.
    came = [event["detail"]["roles"] for event in trail if event["what"] == "roles_changed" and event["actor"]["kind"] == "latchkey"]
    assert came and all(roles == ["admin", "member"] for roles in came)
    assert {event["actor"].get("id") for event in trail if event["what"] in acts} - {None} == {operator.arn}
    [deleted] = [event for event in trail if event["what"] == "person_deleted"]
    of_them = operator.run("audit", "--user", deleted["whom"])
    assert f"person_deleted          by operator {operator.arn}" in of_them and "rule_set" not in of_them


class Front:
    """The deployed latchkey, which calls itself by an address of this machine: nobody can reach the one that it has."""

    def __init__(self, service):
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer = ask("GET", service.url + self.path, {"accept": "application/json"})
                self.send_response(answer.status)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(answer.body.replace(HOME, front.url).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def test_the_state_of_a_stack_is_said_in_sentences(deployment, operator, tmp_path):
    before = datetime.now(timezone.utc) - timedelta(minutes=10)
    data = [{"MetricName": name, "Value": value, "Timestamp": before} for name, value in (("SignIns", 7), ("Reuse", 2))]
    deployment.aws("cloudwatch", "put_metric_data", Namespace=f"latchkey/{STACK}", MetricData=data)
    front = Front(deployment.service)
    described = json.dumps([[front.url], []])
    path = deployment.workplace.aws_that(tmp_path, f"case \"$*\" in *describe-stacks*) echo '{described}'; exit;; esac")
    said = operator.run("status", path=path)
    front.server.shutdown()
    assert said.startswith(f"latchkey answers at {front.url}, publishes its keys, and its table answers.\n")
    assert " on" in said.splitlines()[1] and "In the last hour: 7 sign-ins, " in said and "2 times a token or a code was reused" in said
    assert "1 person_deleted" in said and "1 rule_set" in said


# As versions of before November 2026 wrote them: no lists but `USERS`, no epoch, no claims, no proofs.
def old_person(issuer, number, name, roles):
    born = str(int(time.time()) - 40 * 24 * 3600)
    user, key = f"0190a5d0-ac96-774b-bcce-b3020{number:07d}", digest(issuer, name)
    texts = lambda values: {"L": [{"S": value} for value in values]}
    kinds = {
        ("USER", user): {
            "gsi": {"S": "USERS"}, "id": {"S": user}, "name": {"S": f"{name.title()} of the Old"}, "email": {"S": address(name)},
            "email_verified": {"BOOL": True}, "roles": texts(roles), "status": {"S": "active"}, "identities": texts([key]),
            "created_at": {"N": born}, "last_login_at": {"N": born},
        },
        ("EMAIL", address(name)): {"user_id": {"S": user}},
        ("IDENTITY", key): {
            "issuer": {"S": issuer}, "subject": {"S": name}, "provider": {"S": "certified"}, "user_id": {"S": user},
            "linked_at": {"N": born},
        },
    }
    rows = [{"pk": {"S": f"{kind}#{id}"}, "sk": {"S": kind}, "version": {"S": "old"}, **row} for (kind, id), row in kinds.items()]
    return user, rows


def digest(*parts):
    """The key of an identity."""
    return encoded(hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part.encode() for part in parts)).digest())


def test_people_of_an_older_version_are_taken_over_by_a_deployment(deployment, operator, tmp_path):
    # #93
    empty(deployment)
    issuer, people = deployment.settings["CERTIFIED_ISSUER"], {}
    # Olivia was an administrator by ADMINS, until somebody took the role from her row.
    for number, (name, roles) in enumerate({"olivia": ["member"], "otto": ["admin", "member"]}.items()):
        people[name], theirs = old_person(issuer, number, name, roles)
        for row in theirs:
            deployment.aws("dynamodb", "put_item", TableName=STACK, Item=row)
    settings = {
        "ROLES": "admin=get:profile users:read roles:read; member=get:profile; staff=pets:read",
        "ADMINS": f"{address('ada')} {address('olivia')}", "DEFAULT_ROLES": "member,staff",
    }
    # It ends too early, after the update; the same command again has nothing to change, and does what is left.
    path = deployment.workplace.aws_that(tmp_path, "case \"$*\" in *get-routes*) echo 'An error occurred (Throttling): not now' >&2; exit 254;; esac")
    ended = deployment.deploy(path=path, **settings).expect(1)
    assert "UPDATE_COMPLETE in " in ended.out and ended.sentence().startswith("The routes cannot be listed: ")
    assert {row["sk"]["S"] for row in rows(deployment)} == {"USER", "EMAIL", "IDENTITY"}
    run = deployment.deploy(**settings).expect(0)
    assert "== Stack\n   nothing to change\n" in run.out
    said = [line.strip() for line in run.out.splitlines()]
    wanted = [
        "The rights are in the table now. From here on, ROLES, ADMINS and DEFAULT_ROLES are ignored.",
        f"{address('ada')} becomes an administrator by signing in within 30 days.",
        f"{address('olivia')} is somebody already ({people['olivia']}), and keeps the roles that they have.",
        "2 people are in the lists.",
    ]
    assert [line for line in said if line in wanted] == wanted, run.out
    assert operator.run("role", "list").startswith("admin   get:profile roles:read users:read\nmember  get:profile\nstaff   pets:read\n")

    # They are found in each way, are who they were, and who was demoted stays it.
    found = lambda *words: [person["id"] for person in operator.lines("user", "list", *words)]
    assert found("--role", "admin") == [people["otto"]] == found("--email", "otto@")
    assert found("--name", "olivia of") == [people["olivia"]]
    admins = token(deployment, "otto")
    [otto] = deployment.service.program().get("/users?name=otto", admins).expect(200).json()["users"]
    assert (otto["id"], otto["roles"]) == (people["otto"], ["admin", "member"])
    demoted = deployment.service.program().sign_in("olivia").expect(200).json()
    assert (demoted["user"]["id"], demoted["user"]["roles"]) == (people["olivia"], ["member"])
    deployment.service.program().get("/users", demoted["jwt"]).expect(403)
    deployment.service.program().get("/users", token(deployment, "ada")).expect(200)
    assert deployment.service.program().sign_in("nora").expect(200).json()["user"]["roles"] == ["member", "staff"]

    # Once is enough.
    assert operator.run("user", "index", "--once") == "The lists are there.\n"
    assert operator.run("role", "begin") == "The rights are in the table already.\n"
