"""How `bin/deploy` treats secrets, piece by piece, at the emulator's Secrets Manager."""

import os
import shlex
import subprocess
import time

import pytest

from support import ROOT
from support.emulator import REGION
from support.terminal import at_terminal

STACK = "pieces"
PARTS = ("say", "settings", "functions", "cloud", "lock", "stack", "secrets", "remove")


@pytest.fixture
def secret(emulator):
    """An empty secret, and what it holds."""
    class Secret:
        name = "signing-keys"
        id = f"{STACK}/{name}"

        def holds(self):
            return emulator.aws("secretsmanager", "get_secret_value", SecretId=self.id)["SecretString"]

        def put(self, value):
            emulator.aws("secretsmanager", "put_secret_value", SecretId=self.id, SecretString=value)

    emulator.aws("secretsmanager", "create_secret", Name=Secret.id)
    yield Secret()
    emulator.aws("secretsmanager", "delete_secret", SecretId=Secret.id, ForceDeleteWithoutRecovery=True)


@pytest.fixture
def piece(emulator, tools, tmp_path):
    """Runs some shell in which `bin/deploy` is known and nothing has been done yet."""
    def run(script, at=None):
        known = {"latchkey": os.environ["LATCHKEY_BIN"], "stack": STACK, "region": REGION, "work": tmp_path / "work", "error": tmp_path / "work/error", "target": tmp_path}
        lines = ["set -euo pipefail", *(f"source infra/deploy/{name}.sh" for name in PARTS)]
        (tmp_path / "work").mkdir(exist_ok=True)
        lines += [f"{name}={shlex.quote(str(value))}" for name, value in known.items()]
        environment = {**emulator.environment(), "PATH": f"{tools}:/usr/bin:/bin"}
        command = ["/bin/bash", "-c", "\n".join([*lines, script])]
        if at:
            return at_terminal(command, environment, "(not shown", at, ROOT)
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    return run


def test_a_secret_without_a_value_gets_one(piece, secret):
    run = piece("missing=(signing-keys) values=('new') conflicts=()\nfill_secrets\nsecrets_must_be_filled")
    assert run.returncode == 0, run
    assert secret.holds() == "new"


def test_a_secret_that_does_not_exist_yet_waits(piece, secret):
    # Secrets Manager has one of the two; the stack is about to make the other.
    run = piece('missing=(cookie-key signing-keys) values=("later" "new") conflicts=()\nfill_secrets\necho "${missing[@]} ${values[@]}"')
    assert run.stdout == "cookie-key later\n", run
    assert secret.holds() == "new"


def test_a_value_that_somebody_else_put_in_meanwhile_stays(piece, secret):
    secret.put("theirs")
    run = piece("missing=(signing-keys) values=('ours') conflicts=()\nfill_secrets\nsecrets_must_be_filled")
    assert run.returncode == 1
    assert run.stderr.startswith("bin/deploy: Somebody else has put a value into signing-keys meanwhile, which stays. Run the same command again")
    assert secret.holds() == "theirs"


def test_bytes_are_a_value_as_well(piece, secret, emulator):
    emulator.aws("secretsmanager", "put_secret_value", SecretId=secret.id, SecretBinary=b"theirs")
    run = piece("if filled signing-keys; then echo filled; fi\nput_first signing-keys ours")
    assert (run.returncode, run.stdout) == (0, "filled\n"), run
    assert emulator.aws("secretsmanager", "get_secret_value", SecretId=secret.id)["SecretBinary"] == b"theirs"


def test_a_value_that_is_ours_already_is_no_mistake(piece, secret):
    # A put that was answered too late.
    secret.put("ours")
    run = piece("missing=(signing-keys) values=('ours') conflicts=()\nfill_secrets\nsecrets_must_be_filled")
    assert run.returncode == 0, run


KEY = "-----BEGIN PRIVATE KEY-----\nQUJD\nREVG\n-----END PRIVATE KEY-----"
ASK = "stty -a | grep -o ' echo '; trap finish EXIT; trap 'fail Stopped' INT; value=$(ask apple-private-key); stty -a | grep -o ' echo '"


def test_a_key_of_several_lines_is_read_whole_and_unseen(piece, tmp_path):
    status, shown = piece(f'{ASK}; cat <<<"$value" >{tmp_path}/value', at=KEY + "\n")
    assert status == 0, shown
    assert (tmp_path / "value").read_text() == KEY + "\n"
    assert "QUJD" not in shown and "PRIVATE KEY-----" not in shown
    assert shown.count(" echo ") == 2


def test_an_interrupted_prompt_restores_the_echo(piece, tmp_path):
    status, shown = piece(f"({ASK}) || true; stty -a | grep -o ' echo '", at="half a sec\x03")
    assert shown.count(" echo ") == 2 and "half a sec" not in shown, shown


def test_an_unexpected_exit_says_where_and_leaks_nothing(piece):
    # #103: a trace of the shell would show every secret.
    run = piece("trap finish EXIT\nstep Uploading\ncloud lambda get-function --function-name nobody")
    assert run.returncode and run.stderr.startswith('bin/deploy: It stopped where it should not (exit status ')
    assert 'in the step "Uploading". AWS said last: ' in run.stderr and "bash -x" not in run.stderr


# What is in .aws, and what REGION is then; or that it cannot be read.
LINES = {
    "REGION=eu-west-1": "eu-west-1",
    " export REGION=eu-west-1 ": "eu-west-1",
    "REGION='eu-west-1'\r": "eu-west-1",
    'REGION="eu west $1"': None,
    "REGION='eu west $1'": "eu west $1",
    "# REGION=eu-west-1\n\nREGION=a\nREGION=b": "b",
    "REGION = eu-west-1": None,
    "REGION=eu-west-1 # here": None,
    "REGION=eu-west-1#here": None,
    "REGION='eu-west-1' # here": None,
    "REGION='eu\nwest'": None,
    "REGION=eu west": None,
    "region: eu-west-1": None,
}


@pytest.mark.parametrize("lines", LINES)
def test_a_line_of_aws_means_what_it_looks_like_or_is_refused(piece, tmp_path, lines):
    (tmp_path / ".aws").write_text(f"STACK=x\n{lines}\n")
    run = piece(f"region=; unset REGION; cd {tmp_path}\ncheck_file\nsetting REGION")
    if LINES[lines] is None:
        assert run.returncode == 1 and run.stderr.startswith("bin/deploy: Line 2 of .aws cannot be read: write NAME=value"), run
    else:
        assert (run.returncode, run.stdout) == (0, LINES[lines] + "\n"), run


def test_a_secret_of_the_env_files_is_what_the_functions_would_read(piece, tmp_path):
    (tmp_path / ".env").write_text("OKTA_CLIENT_SECRET=not-this\nLOG=warn\n")
    (tmp_path / ".env.local").write_text(
        "export OKTA_CLIENT_SECRET = \"a \\\"secret\\\" with \\$\"   # ours\n" + f'APPLE_PRIVATE_KEY="{KEY}"\n'
    )
    run = piece(f"dry_run=; cd {tmp_path}\nfirst_value okta-client-secret; echo; first_value apple-private-key; echo; runtime_setting LOG")
    assert (run.returncode, run.stdout) == (0, f'a "secret" with $\n{KEY}\nwarn'), run


def test_an_unreadable_file_is_not_an_empty_one(piece, tmp_path):
    # #103
    (tmp_path / ".env.local").write_text("OKTA_CLIENT_SECRET=one canary two\n")
    run = piece(f"dry_run=; cd {tmp_path}\nfirst_value okta-client-secret")
    assert run.returncode == 1 and "OKTA_CLIENT_SECRET cannot be read; the reason is above. Nothing was changed." in run.stderr
    assert "canary" not in run.stdout + run.stderr


@pytest.fixture
def lock(emulator):
    """The row of the lock in a table of the stack's name."""
    key = {"pk": {"S": "LOCK#keys"}, "sk": {"S": "LOCK"}}

    class Lock:
        def put(self, ends):
            row = {"holder": {"S": "x"}, "owner": {"S": "the function keys-rotate"}, "expires_at": {"N": str(int(time.time()) + ends)}}
            emulator.aws("dynamodb", "put_item", TableName=STACK, Item={**key, **row})

        def owner(self):
            return emulator.aws("dynamodb", "get_item", TableName=STACK, Key=key).get("Item", {}).get("owner", {}).get("S")

    names = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    emulator.aws(
        "dynamodb", "create_table", TableName=STACK, AttributeDefinitions=names, KeySchema=keys, BillingMode="PAY_PER_REQUEST"
    )
    yield Lock()
    if STACK in emulator.aws("dynamodb", "list_tables")["TableNames"]:
        emulator.aws("dynamodb", "delete_table", TableName=STACK)


# A minute passes in a moment.
HURRY = "untouched=; trap finish EXIT; sleep() { SECONDS=$((SECONDS + 61)); }\n"


def test_the_lock_is_taken_kept_and_given_back(piece, lock):
    run = piece(f"{HURRY}take_lock; keep_lock; echo held; release_lock; take_lock; release_lock; release_lock; echo done")
    assert (run.returncode, run.stdout) == (0, "held\ndone\n"), run
    assert lock.owner() is None


def test_a_lock_that_could_not_be_given_back_is_taken_up_from_here_and_from_nowhere_else(piece, lock, tmp_path):
    piece("take_lock; holder=")
    assert lock.owner().startswith("bin/deploy of ")
    notes = tmp_path / f"deploy-lock-{STACK}"
    left = notes.read_text()
    # Not while the deployment that has it still runs, and not from another checkout.
    for text in [f"{left.split()[0]} {os.getpid()}\n", None]:
        notes.unlink() if text is None else notes.write_text(text)
        assert piece(f"{HURRY}take_lock").returncode == 1
    notes.write_text(left)
    run = piece(f"{HURRY}take_lock; echo held; release_lock")
    assert (run.returncode, run.stdout, lock.owner()) == (0, "held\n", None), run
    assert not notes.exists()


def test_a_failure_gives_the_lock_back(piece, lock):
    run = piece(f"{HURRY}take_lock; fail enough")
    assert (run.returncode, run.stderr, lock.owner()) == (1, "bin/deploy: enough\n", None), run


def test_somebody_elses_lock_is_waited_for_and_not_taken(piece, lock):
    lock.put(600)
    run = piece(f"{HURRY}take_lock")
    owner = "the function keys-rotate changes keys or functions of the stack pieces (the lock ends at the latest after 10 minutes)."
    assert run.returncode == 1 and f"bin/deploy: {owner} Wait until that is over" in run.stderr, run
    assert lock.owner() == "the function keys-rotate"


def test_a_lock_that_has_ended_is_no_lock(piece, lock):
    lock.put(-1)
    run = piece(f"{HURRY}take_lock; cloud dynamodb get-item --table-name {STACK} --key \"$LOCK_KEY\" --query Item.owner.S --output text")
    assert run.returncode == 0 and run.stdout.startswith("bin/deploy of "), run
    assert lock.owner() is None


def test_without_a_table_there_is_nothing_to_lock(piece, emulator):
    run = piece(f"{HURRY}take_lock; keep_lock; release_lock; echo done")
    assert (run.returncode, run.stdout) == (0, "done\n"), run


# A stack that is there, or only its table.
REMOVE = f"{HURRY}bucket=nobodys account=000000000000 dry_run=\n"


def test_a_stack_is_not_removed_while_somebody_else_changes_keys_or_functions(piece, lock, emulator):
    lock.put(600)
    run = piece(f"{REMOVE}with_table=yes\nremove <<<{STACK}; echo removed")
    assert run.returncode == 1 and "the function keys-rotate changes keys or functions of the stack pieces" in run.stderr, run
    assert "Nothing was changed." in run.stderr and "removed\n" not in run.stdout
    assert emulator.aws("dynamodb", "describe_table", TableName=STACK)["Table"]["TableStatus"] == "ACTIVE"
    assert lock.owner() == "the function keys-rotate"


def test_who_removes_a_stack_has_the_lock_and_gives_it_back(piece, lock, tmp_path):
    held = 'remove_stack() { cloud dynamodb get-item --table-name $stack --key "$LOCK_KEY" --query Item.owner.S --output text; }\n'
    state = "stack_state() { state=CREATE_COMPLETE; }\nname_losses() { :; }\nwith_table=\n"
    run = piece(f"{REMOVE}{state}{held}remove <<<{STACK}")
    assert run.returncode == 0 and "bin/deploy of " in run.stdout, run
    assert lock.owner() is None and not (tmp_path / f"deploy-lock-{STACK}").exists()
    # Who thinks better of it has taken nothing.
    run = piece(f"{REMOVE}{state}{held}remove <<<other")
    assert run.returncode == 1 and "bin/deploy of " not in run.stdout and lock.owner() is None, run


def test_with_the_table_the_lock_goes(piece, lock, emulator, tmp_path):
    run = piece(f"{REMOVE}with_table=yes\nremove <<<{STACK}; echo removed")
    assert (run.returncode, run.stderr) == (0, "") and run.stdout.endswith("removed\n"), run
    assert STACK not in emulator.aws("dynamodb", "list_tables")["TableNames"]
    assert not (tmp_path / f"deploy-lock-{STACK}").exists()
