"""The table from version to version, by the pieces of `bin/deploy` that change the stack, in an emulated AWS of its own."""

import pytest

from support import ROOT
from support.emulator import Emulator
from test_pieces import piece

TEMPLATE = (ROOT / "infra/template.yaml").read_text()
TABLE = TEMPLATE[TEMPLATE.index("  Table:\n"):TEMPLATE.index("  CookieKeySecret:\n")]
PARAMETERS = "Parameters:\n  Retention:\n    Type: Number\n"
NEWEST = f"AWSTemplateFormatVersion: '2010-09-09'\n{PARAMETERS}Resources:\n{TABLE}"
ROW = {"pk": {"S": "DEVICE#1"}, "sk": {"S": "DEVICE"}, "belongs_to": {"S": "USER#ann"}}
# What a later version may add.
LATER = """        - IndexName: later
          KeySchema:
            - AttributeName: sk
              KeyType: HASH
          Projection:
            ProjectionType: KEYS_ONLY
"""


def without(*indexes):
    """The template as an older version had it."""
    [kept, tail] = NEWEST.split("      GlobalSecondaryIndexes:\n")
    end = tail.index("      TimeToLive")
    each = ["        - IndexName:" + text for text in tail[:end].split("        - IndexName:")[1:]]
    left = "".join(text for text in each if text.split()[2] not in indexes)
    if "owned" in indexes:
        kept = kept.replace("        - AttributeName: belongs_to\n          AttributeType: S\n", "")
    return f"{kept}      GlobalSecondaryIndexes:\n{left}{tail[end:]}"


@pytest.fixture
def aws(tmp_path):
    emulator = Emulator(tmp_path)
    yield emulator
    emulator.stop()


def deploy(aws, tools, folder, template):
    work = folder / "work"
    work.mkdir(exist_ok=True)
    for left in work.iterdir():
        left.unlink()
    (work / "template.yaml").write_text(template)
    script = "all=() missing=() values=() conflicts=() dry_run=\nlive_code() { :; }\nstack_state\ndeploy_stack\n"
    path = f"{tools}:/usr/local/bin:/usr/bin:/bin"
    run = piece(
        script, {**aws.environment(), "PATH": path}, work=work, error=folder / "error", retention=30, since=0,
    )
    assert run.returncode == 0, run
    return run.stdout


def indexes(aws):
    table = aws.aws("dynamodb", "describe_table", TableName="latchkey")["Table"]
    return [index["IndexName"] for index in table["GlobalSecondaryIndexes"]]


def rows(aws):
    return aws.aws("dynamodb", "scan", TableName="latchkey")["Items"]


def test_a_table_of_an_older_version_keeps_its_rows_and_gets_its_indexes_one_after_the_other(aws, tools, tmp_path):
    # Taken over after its stack was removed: first as it is, then with one more index at a time, as DynamoDB takes them.
    deploy(aws, tools, tmp_path, without("owned"))
    assert indexes(aws) == ["list"]
    aws.aws("dynamodb", "put_item", TableName="latchkey", Item=ROW)
    aws.aws("cloudformation", "delete_stack", StackName="latchkey")
    said = deploy(aws, tools, tmp_path, NEWEST.replace("      TimeToLive", f"{LATER}      TimeToLive"))
    assert (indexes(aws), rows(aws)) == (["list", "owned", "later"], [ROW])
    assert said.count("UPDATE_COMPLETE in ") == 2
