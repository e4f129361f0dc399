"""Systems of the team are told by the deployed stack what happens to people, with EVENTS=on: by its schedule, signed, and nowhere that is
not registered."""

import json
import time

import pytest

from conftest import EQUIPPED
from support.process import until
from support.receiver import Receiver
from support.rules import invokes_alone
from support.standard_webhooks import tag

FUNCTION = f"{EQUIPPED}-events-send"
# The schedule has a minute, and the emulator looks at its rules every ten seconds.
PATIENCE = 120
DAY = 24 * 3600


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def row(equipped, kind, key):
    return {"pk": {"S": f"{kind}#{key}"}, "sk": {"S": kind}}


def leads_to(equipped, name, url):
    """Writes an address of this machine into a receiver, which the command refuses."""
    equipped.aws(
        "dynamodb", "update_item", TableName=EQUIPPED, Key=row(equipped, "RECEIVER", name), UpdateExpression="SET #url = :url",
        ExpressionAttributeNames={"#url": "url"}, ExpressionAttributeValues={":url": {"S": url}},
    )


def notices(equipped, name):
    """What there is to tell a receiver."""
    found = equipped.aws(
        "dynamodb", "scan", TableName=EQUIPPED, FilterExpression="begins_with(pk, :pk)",
        ExpressionAttributeValues={":pk": {"S": f"NOTICE#{name}/"}},
    )
    return found["Items"]


@pytest.fixture(scope="module")
def told(equipped, operator, receiver):
    """Somebody is new: what `team` is told of it by the schedule. `inside` has an address in a private network."""
    add = ["events", "add", "team", "--event", "user.created"]
    refused = operator.run(*add, f"{receiver.url}/hooks", status=1)
    assert "the address must be https" in refused, "nothing on this machine can be registered"
    secret = operator.run(*add, "https://hooks.example.com/latchkey").split("whsec_")[1].split()[0]
    operator.run("events", "add", "inside", "https://hooks.example.com/latchkey", "--event", "user.created")
    leads_to(equipped, "team", f"{receiver.url}/hooks?from=latchkey")
    leads_to(equipped, "inside", receiver.url.replace("http:", "https:"))
    made = equipped.service.program().json("/users/register", username="nina", password="a horse that counts").expect(201).json()
    yield secret, made["user"]["id"], receiver.posts.get(timeout=PATIENCE)
    for name in ("team", "inside"):
        operator.run("events", "remove", name)


def test_a_receiver_is_told_by_the_schedule_and_sees_by_the_signature_who_tells(equipped, receiver, told):
    # #90, #107
    secret, user, post = told
    assert post.path == "/hooks?from=latchkey"
    signed = [post.headers[name] for name in ("webhook-id", "webhook-timestamp")]
    assert post.headers["webhook-signature"] == f"v1,{tag(secret, *signed, post.body)}"
    assert abs(time.time() - int(signed[1])) < PATIENCE
    body = json.loads(post.body)
    # Ids, and nothing else of a person.
    assert (body["type"], body["data"]) == ("user.created", {"user_id": user})
    # Told once, however often the function runs.
    answer = equipped.aws("lambda", "invoke", FunctionName=FUNCTION, Payload=json.dumps({"source": "aws.events"}))
    assert json.loads(answer["Payload"].read()) == {"gathered": 0, "told": 0}
    assert receiver.posts.empty()


def test_what_leads_into_our_own_network_is_not_called_and_is_kept_for_operators(equipped, operator, told):
    # #71, #90
    [notice] = until(lambda: [each for each in notices(equipped, "inside") if "why" in each], "an attempt")
    assert notice["state"]["S"] == "waiting" and notice["why"]["S"] == "the address may not be called", notice
    name = notice["pk"]["S"].removeprefix("NOTICE#")
    assert name not in operator.run("events", "failed")
    # For a day it is tried: as if receiver and event were of yesterday.
    at = {":at": {"N": str(int(notice["created_at"]["N"]) - DAY)}}
    for key, change in [
        (row(equipped, "RECEIVER", "inside"), "SET added_at = :at"),
        ({name: notice[name] for name in ("pk", "sk")}, "SET created_at = :at, due = :at"),
    ]:
        equipped.aws("dynamodb", "update_item", TableName=EQUIPPED, Key=key, UpdateExpression=change, ExpressionAttributeValues=at)
    equipped.aws("lambda", "invoke", FunctionName=FUNCTION, Payload=json.dumps({"source": "aws.events"}))
    [notice] = notices(equipped, "inside")
    assert notice["state"]["S"] == "failed"
    assert name in operator.run("events", "failed")
    assert operator.run("events", "resend", name) == f"{name} is sent within a minute.\n"
    assert name not in operator.run("events", "failed")
    assert "nothing with this id has failed" in operator.run("events", "resend", name, status=1)


def test_the_rule_may_invoke_the_function_and_no_other_may(equipped):
    # #107
    rule = invokes_alone(equipped, EQUIPPED, "EventsSendSchedule", "events-send")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 minute)", "ENABLED")
