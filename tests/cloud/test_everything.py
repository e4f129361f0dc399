"""The stack that has everything on: how large it is, which function reads which secret, and what a role allows beside the table."""

import re

import pytest

from conftest import EQUIPPED
from support.workplace import functions

MOST_FUNCTIONS, MOST_RESOURCES = 40, 450
# What AWS gives an HTTP API where nobody asked for more.
MOST_ROUTES = 300

# Who reads a secret; keys-rotate writes the one that it reads.
READERS = {
    "certified-client-secret": {"users-login-callback"},
    "events-key": {"events-send"},
    "factor-key": {"users-factor"},
    "mailed-key": {"users-mailed"},
    "phone-client-secret": {"users-login-callback"},
    "webhook-key": {"webhooks"},
}


@pytest.fixture(scope="module")
def resources(equipped):
    found, more = [], {}
    while more is not None:
        page = equipped.aws("cloudformation", "list_stack_resources", StackName=EQUIPPED, **more)
        found += page["StackResourceSummaries"]
        more = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    return found


@pytest.fixture(scope="module")
def statements(equipped, resources):
    """What each function may do, by its name."""
    roles = {}
    for role in (each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::IAM::Role"):
        assert equipped.aws("iam", "list_attached_role_policies", RoleName=role)["AttachedPolicies"] == []
        names = equipped.aws("iam", "list_role_policies", RoleName=role)["PolicyNames"]
        policies = [equipped.aws("iam", "get_role_policy", RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
        roles[role] = [statement for policy in policies for statement in policy["Statement"]]
    listed = equipped.aws("lambda", "list_functions")["Functions"]
    return {each["FunctionName"].removeprefix(f"{EQUIPPED}-"): roles[each["Role"].split("/")[-1]] for each in listed}


def texts(value):
    return [value] if isinstance(value, str) else value


def test_it_is_no_larger_than_one_template_may_be(equipped, resources):
    listed = equipped.aws("lambda", "list_functions")["Functions"]
    assert sorted(each["FunctionName"].removeprefix(f"{EQUIPPED}-") for each in listed) == functions()
    assert len(listed) <= MOST_FUNCTIONS and len(resources) <= MOST_RESOURCES, (len(listed), len(resources))
    assert sum(each["ResourceType"] == "AWS::ApiGatewayV2::Route" for each in resources) <= MOST_ROUTES


def test_each_function_reads_its_own_secrets_and_no_other(equipped, statements):
    # #106, #107
    readers = {}
    for function in equipped.aws("lambda", "list_functions")["Functions"]:
        name = function["FunctionName"].removeprefix(f"{EQUIPPED}-")
        told = {value for value in function["Environment"]["Variables"].values() if value.startswith("arn:aws:secretsmanager:")}
        may = [each for each in statements[name] if "secretsmanager:GetSecretValue" in texts(each["Action"])]
        assert told == {arn for each in may for arn in texts(each["Resource"])}, name
        for arn in told:
            readers.setdefault(re.search(rf":secret:{EQUIPPED}/(.*)-\w+$", arn)[1], set()).add(name)
    assert {name: readers[name] for name in READERS} == READERS
    assert set(readers) == {*READERS, "cookie-key", "signing-keys"}
    assert not readers["signing-keys"] & {"users-passkey", "webhooks", "events-send", "mail-send", "users-factor"}


def test_only_what_sends_mails_may_send_them_and_from_one_address(statements):
    # #107
    found = {name: each for name, all in statements.items() for each in all if any(action.startswith("ses:") for action in texts(each["Action"]))}
    [(name, mail)] = found.items()
    assert name == "mail-send" and texts(mail["Action"]) == ["ses:SendEmail"]
    assert mail["Condition"] == {"StringEquals": {"ses:FromAddress": "login@example.com"}}
    assert [arn.split(":")[-1] for arn in mail["Resource"]] == ["identity/login@example.com", "identity/example.com", f"configuration-set/{EQUIPPED}"]
