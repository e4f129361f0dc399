"""Passwords at the deployed stack, with PASSWORDS=on: the role of the function allows what it does, and that of no other lets it read a
hash."""

import json

import pytest

from conftest import EQUIPPED

GOOD, BETTER = "a horse that counts", "another horse that counts"


@pytest.fixture(scope="module")
def post(equipped):
    def post(path, headers=(), **body):
        headers = {"content-type": "application/json", **dict(headers)}
        return equipped.service.program().ask("POST", path, headers, json.dumps(body))

    return post


def test_a_program_registers_signs_in_and_changes_its_password(equipped, post):
    # #84, #86, #107
    made = post("/users/register", username="grace", password=GOOD).expect(201).json()
    known = post("/users/login", username="GRACE", password=GOOD).expect(200).json()
    assert known["user"]["id"] == made["user"]["id"]
    me = equipped.service.program().get("/users/me", known["token"]).expect(200).json()
    assert me["id"] == made["user"]["id"]
    post("/users/password", username="grace", password=GOOD, new_password=BETTER).expect(200)
    wrong = post("/users/login", username="grace", password=GOOD).expect(401).json()
    nobody = post("/users/login", username="nobody", password=GOOD).expect(401).json()
    assert wrong["detail"] == nobody["detail"] == "Bad username/password combination"
    post("/users/login", username="grace", password=BETTER).expect(200)
    post("/users/register", email="grace@example.com", password=GOOD).expect(202)
    post("/users/login", email="grace@example.com", password=GOOD).expect(200)
    evil = {"origin": "https://evil.example.com"}
    post("/users/login", evil, username="grace", password=BETTER).expect(403)


def test_whoever_guesses_is_stopped_by_the_count(post):
    # #85
    answers = [post("/users/login", username="guessed", password=f"wrong horse {n}") for n in range(12)]
    assert [answer.status for answer in answers] == [401] * 10 + [429] * 2
    assert 0 < int(answers[-1].header("retry-after")) <= 300


def test_the_function_has_its_memory_and_alone_reads_hashes(equipped):
    # #86, #107
    function = equipped.aws("lambda", "get_function_configuration", FunctionName=f"{EQUIPPED}-users-password")
    assert function["MemorySize"] == 1024
    roles = equipped.aws("cloudformation", "describe_stack_resources", StackName=EQUIPPED)["StackResources"]
    readers = set()
    for role in (it for it in roles if it["ResourceType"] == "AWS::IAM::Role"):
        found = equipped.aws("iam", "get_role_policy", RoleName=role["PhysicalResourceId"], PolicyName="declared")
        for statement in found["PolicyDocument"]["Statement"]:
            keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
            if "PASSWORD#*" in keys and {"dynamodb:GetItem", "dynamodb:BatchGetItem"} & set(statement["Action"]):
                readers.add(role["LogicalResourceId"])
    assert readers == {"UsersPasswordRole"}
