"""The local cloud's own database, reached with the AWS CLI by the very line that README.md gives."""

import os
import re
import subprocess

import pytest

from support import ROOT
from support.local import LocalCloud

BINARY = os.environ.get("LATCHKEY_BIN") or ROOT / "target/debug/latchkey"
[LINE] = re.findall(r"^\(eval .*$", (ROOT / "README.md").read_text(), re.M)


@pytest.fixture(scope="module")
def scan(tools, tmp_path_factory):
    """Runs a line like README's beside a local cloud in which Ada has signed in. What cargo would build is there already."""
    folder = tmp_path_factory.mktemp("database")
    cargo = folder / "cargo"
    cargo.write_text(f'#!/bin/sh\n[ "$1 $2 $3" = "run -q --" ] || exit 9\nshift 3\nexec {BINARY} --home {folder}/home "$@"\n')
    cargo.chmod(0o755)
    cloud = LocalCloud(folder)
    # Keys and a profile of the person's own, which must be ignored.
    environment = {
        "PATH": f"{folder}:{tools}:{os.environ['PATH']}", "HOME": str(folder), "AWS_PAGER": "", "AWS_PROFILE": "work",
        "AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF", "AWS_SECRET_ACCESS_KEY": "theirs", "AWS_SESSION_TOKEN": "theirs",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    try:
        cloud.service.program().sign_in("ada").expect(200)
        yield lambda line: subprocess.run(
            ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
        )
    finally:
        cloud.stop()


def test_the_command_of_the_readme_shows_the_rows(scan):
    run = scan(LINE)
    assert run.returncode == 0 and "Ada Lovelace" in run.stdout, run


def test_nobody_without_the_key_of_this_run_reads_a_row(scan):
    # #106
    for key in ("export AWS_ACCESS_KEY_ID=local", "export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID%?}"):
        run = scan(LINE.replace('"; aws', f'"; {key}; aws'))
        assert run.returncode not in (0, 9, 127) and "Ada" not in run.stdout + run.stderr, run
        assert "when calling the Scan operation" in run.stderr, run
    unsigned = scan(LINE.replace("aws dynamodb", "aws --no-sign-request dynamodb"))
    assert unsigned.returncode != 0 and "when calling the Scan operation" in unsigned.stderr, unsigned
    assert "Ada" not in unsigned.stdout + unsigned.stderr
