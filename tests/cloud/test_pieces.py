"""Pieces of `bin/deploy` by themselves, for what can hardly be brought about, even with an emulated AWS."""

import subprocess

import pytest

from support import ROOT

PIECES = "say settings functions cloud stack secrets check remove"


def piece(script, **variables):
    """Runs a line of shell in which all of `bin/deploy` is known and nothing has been done yet."""
    sources = "\n".join(f"source infra/deploy/{name}.sh" for name in PIECES.split())
    known = {"stack": "latchkey", "region": "eu-central-1", "work": "", **variables}
    values = "\n".join(f"{name}='{value}'" for name, value in known.items())
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{sources}\n{values}\n{script}"], cwd=ROOT, capture_output=True, text=True, timeout=60,
    )


def sentence(run):
    assert run.returncode == 1 and run.stderr.startswith("bin/deploy: ") and run.stderr.count("\n") == 1, run
    return run.stderr.removeprefix("bin/deploy: ").rstrip("\n")


# The state a stack ends in, what must be said of it, and whether all of it may be cleared away.
ENDS = {
    "CREATE_FAILED": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "ROLLBACK_COMPLETE": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "ROLLBACK_FAILED": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "UPDATE_ROLLBACK_COMPLETE": ("The update failed at Table: no. AWS took it back: what served before serves now.", False),
    "IMPORT_ROLLBACK_COMPLETE": ("The update failed at Table: no. AWS took it back: what served before serves now.", False),
    "UPDATE_ROLLBACK_FAILED": ("Run `aws cloudformation continue-update-rollback --stack-name latchkey --region eu-central-1`", False),
    "UPDATE_FAILED": ("Run `aws cloudformation rollback-stack --stack-name latchkey --region eu-central-1`", False),
    "IMPORT_ROLLBACK_FAILED": ("What served before serves", False),
    "SOMETHING_NEW_FAILED": ("It may be serving", False),
    "UPDATE_IN_PROGRESS": ("The stack is still being changed after half an hour", False),
    "": ("The stack is still being changed after half an hour", False),
}


@pytest.mark.parametrize("end", ENDS)
def test_only_a_stack_that_never_served_is_told_to_be_cleared_away(end):
    words, removable = ENDS[end]
    said = sentence(piece("all=()\ncloud() { :; }\nstack_failed", end=end, reasons="Table: no"))
    assert words in said
    assert ("`bin/deploy remove`" in said) == removable
    assert ("Nothing of it serves" in said) == removable
