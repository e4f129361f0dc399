"""Rules of EventBridge: what they invoke, and that they may. The emulator does not ask whether they may."""

import json


def rule(deployment, stack, resource):
    """The rule of the stack, as EventBridge has it."""
    found = deployment.aws("cloudformation", "describe_stack_resource", StackName=stack, LogicalResourceId=resource)
    return deployment.aws("events", "describe_rule", Name=found["StackResourceDetail"]["PhysicalResourceId"].split("/")[-1])


def invokes_alone(deployment, stack, resource, name):
    """The rule invokes this function and nothing else, and of EventBridge only this rule may."""
    ours, function = rule(deployment, stack, resource), f"{stack}-{name}"
    [target] = deployment.aws("events", "list_targets_by_rule", Rule=ours["Name"])["Targets"]
    assert target["Arn"].endswith(f":function:{function}") and "Input" not in target
    policy = json.loads(deployment.aws("lambda", "get_policy", FunctionName=function)["Policy"])
    [allowed] = [each for each in policy["Statement"] if each["Principal"] == {"Service": "events.amazonaws.com"}]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "lambda:InvokeFunction")
    assert list(allowed["Condition"].values()) == [{"AWS:SourceArn": ours["Arn"]}]
    return ours
