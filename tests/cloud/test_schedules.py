"""The schedule of the deployed stack, as the emulator's EventBridge keeps it: it sends its event to the function by itself."""

import json
import time

import pytest

from conftest import STACK
from support.rules import invokes_alone, rule

FUNCTION = f"{STACK}-keys-rotate"
SECRET = f"{STACK}/signing-keys"
DAY = 24 * 3600
# The emulator looks at its rules every ten seconds, and counts from when a rule was made.
PATIENCE = 300


def secret(deployment):
    return deployment.aws("secretsmanager", "get_secret_value", SecretId=SECRET)


def signing_keys(deployment):
    return json.loads(secret(deployment)["SecretString"])["keys"]


def configurations(deployment):
    """What would change with the keys: the secret, every function, and what is written down about it."""
    functions = deployment.aws("lambda", "list_functions")["Functions"]
    rows = deployment.aws("dynamodb", "scan", TableName=STACK)["Items"]
    return (
        secret(deployment)["VersionId"],
        sorted((each["FunctionName"], each["RevisionId"]) for each in functions),
        sorted(row["pk"]["S"] for row in rows if row["sk"]["S"] == "AUDIT"),
    )


@pytest.fixture
def each_minute(deployment):
    """The stack's own rule, which fires each minute from when this is called until the test ends."""
    ours = rule(deployment, STACK, "KeysRotateSchedule")
    assert ours["ScheduleExpression"] == "rate(1440 minutes)" and ours["State"] == "ENABLED"

    def each_minute():
        deployment.aws("events", "put_rule", Name=ours["Name"], ScheduleExpression="rate(1 minute)")
        return ours["Arn"]

    yield each_minute
    deployment.aws("events", "put_rule", Name=ours["Name"], ScheduleExpression=ours["ScheduleExpression"])


def test_the_schedule_lets_another_key_follow_and_a_second_delivery_changes_nothing(deployment, each_minute):
    # #59
    keys = signing_keys(deployment)
    assert len(keys) == 2
    # They have been signing for longer than KEYS_ROTATE_DAYS.
    old = json.dumps({"keys": [{**key, "signs_from": int(time.time()) - 40 * DAY} for key in keys]})
    deployment.aws("secretsmanager", "put_secret_value", SecretId=SECRET, SecretString=old)
    ran, before = deployment.emulator.invocations(FUNCTION), configurations(deployment)
    arn, until = each_minute(), time.monotonic() + PATIENCE
    while len(configurations(deployment)[2]) == len(before[2]):
        assert time.monotonic() < until, f"it ran {deployment.emulator.invocations(FUNCTION) - ran} times, and nothing followed"
        time.sleep(0.5)
    after = configurations(deployment)
    assert deployment.emulator.invocations(FUNCTION) > ran

    # Of each algorithm another one, which signs in three hours and is published everywhere.
    kids = [key["kid"] for key in keys]
    new = [key for key in signing_keys(deployment) if key["kid"] not in kids]
    assert sorted(key["kty"] for key in new) == ["EC", "RSA"]
    assert all(2 * 3600 < key["signs_from"] - time.time() <= 3 * 3600 for key in new)
    for function in deployment.aws("lambda", "list_functions")["Functions"]:
        public = function["Environment"]["Variables"].get("PUBLIC_KEYS")
        assert public is None or {key["kid"] for key in json.loads(public)["keys"]} == {*kids, *(key["kid"] for key in new)}
    [event] = set(after[2]) - set(before[2])
    row = deployment.aws("dynamodb", "get_item", TableName=STACK, Key={"pk": {"S": event}, "sk": {"S": "AUDIT"}})["Item"]
    assert (row["what"]["S"], row["actor"]["M"]["kind"]["S"]) == ("keys_rotated", "latchkey")

    # EventBridge delivers at least once.
    delivered = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "resources": [arn], "detail": {}}
    for _ in range(2):
        answer = deployment.aws("lambda", "invoke", FunctionName=FUNCTION, Payload=json.dumps(delivered))
        assert "FunctionError" not in answer and json.loads(answer["Payload"].read())["changed"] is False
    assert configurations(deployment) == after


def test_the_rules_may_invoke_their_functions_and_no_other_may(deployment):
    # #107: the emulator does not ask.
    for name, schedule in (("keys-rotate", "KeysRotateSchedule"), ("logout-notify", "LogoutNotifySchedule")):
        invokes_alone(deployment, STACK, schedule, name)
