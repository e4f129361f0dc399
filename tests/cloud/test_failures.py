"""What can go wrong, and what `bin/deploy` says then: one sentence of what failed and what to do, an exit status, and
nothing half deployed."""

import os
import re
import subprocess
import time

import pytest

from conftest import SECRET
from support.emulator import TOOLS
from support.workplace import BROKEN, architecture, deployed, functions

OTHER = {"arm64": "x86_64", "x86_64": "arm64"}[architecture()]
NAMES = ", ".join(functions()[:-1]) + " and " + functions()[-1]


@pytest.fixture
def settings(emulator):
    return {
        **emulator.environment(),
        "STACK": "nothing-yet",
        "PROVIDERS": "certified",
        "CERTIFIED_ISSUER": "http://127.0.0.1:9",
        "CERTIFIED_CLIENT_ID": "latchkey",
        "CERTIFIED_CLIENT_SECRET": SECRET,
    }


def traces(emulator):
    """Whatever a deployment that fails could leave behind."""
    stacks = emulator.aws("cloudformation", "describe_stacks")["Stacks"]
    buckets = emulator.aws("s3", "list_buckets")["Buckets"]
    return sorted((each["StackName"], each["StackStatus"]) for each in stacks), sorted(each["Name"] for each in buckets)


# The arguments, the environment, and the sentence.
FAILURES = {
    "an unknown function": (["users/logn"], {}, f'There is no function "users-logn": there are {NAMES}.'),
    "an unknown option": (["--fast"], {}, "There is no option --fast. `bin/deploy --help` says how it is used."),
    "a region that is none": ([], {"REGION": "frankfurt"}, 'REGION is "frankfurt", which is not the name of a region'),
    "a stack's name that AWS does not take": ([], {"STACK": "My_Stack"}, 'STACK is "My_Stack": write 3 to 30 small letters'),
    "an architecture that is none": ([], {"ARCHITECTURE": "mips"}, 'ARCHITECTURE is "mips": write arm64 or x86_64'),
    "too little memory": ([], {"MEMORY": "64"}, 'MEMORY is "64": write a number of megabytes from 128'),
    "a retention that CloudWatch does not know": ([], {"RETENTION": "31"}, 'RETENTION is "31": write a number of days'),
    "no credentials": (
        [], {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        "The AWS account cannot be identified: there are no AWS credentials: run `aws configure`, or name a profile in AWS_PROFILE. Nothing was changed.",
    ),
    "a profile that does not exist": ([], {"PROFILE": "nobody", "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "the AWS profile nobody does not exist"),
    "credentials that AWS does not know": (
        [], {"AWS_ACCESS_KEY_ID": "AKIAQQQQQQQQQQQQQQQQ"}, "AWS does not know these credentials in eu-central-1: check them, and that this account uses the region",
    ),
    "a region that does not answer": (
        [], {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"},
        "http://127.0.0.1:9 does not answer for the region eu-central-1: check REGION in .aws, AWS_ENDPOINT_URL and the network",
    ),
    "a provider's secret that nobody gave": (
        [], {"CERTIFIED_CLIENT_SECRET": None},
        "The secret certified-client-secret has no value yet: put CERTIFIED_CLIENT_SECRET into .env.local or the environment, or run this at a terminal, which asks for it. Nothing was changed.",
    ),
    "a setting that no function could start with": ([], {"PROVIDERS": "certified,Nowhere!"}, "The template cannot be rendered; the reason is above. Nothing was changed."),
    "a setting that a function refuses": ([], {"RETURN_TO": "https://*.example.com"}, "With these settings not every function starts: RETURN_TO"),
    "an address that is none": ([], {"BASE_URL": "http://id.example.com"}, "With these settings not every function starts: BASE_URL"),
    "a domain that is none": ([], {"DOMAIN": "https://id.example.com"}, "With these settings not every function starts: BASE_URL"),
    "passkeys at the address of the gateway": ([], {"PASSKEYS": "on"}, "With these settings not every function starts: PASSKEYS=on needs a domain of your own"),
    "an issuer of which too little is said": ([], {"ISSUERS": "auth0"}, "With these settings not every function starts: AUTH0_"),
    "a provider without a client id": ([], {"CERTIFIED_CLIENT_ID": None}, "With these settings not every function starts: CERTIFIED_CLIENT_ID is not set"),
    "more settings than a function can have": (
        [], {"RETURN_TO": "https://app.example.com," * 180}, "With these settings not every function starts: RETURN_TO has 4320 bytes, and with it the environment of users-login",
    ),
    "a profile of cargo that is none": ([], {"BUILD": "fastest"}, "Cargo does not build this; the reason is above. Nothing was uploaded or changed."),
    "one function before there is a stack": (["users/me"], {}, "There is no stack nothing-yet in eu-central-1 yet: run `bin/deploy` first"),
    "a secret before there is a stack": (["secrets", "google"], {}, "There is no stack nothing-yet in eu-central-1 yet: run `bin/deploy` first"),
    "two secrets at once": (["secrets", "google", "apple"], {}, "`bin/deploy secrets` takes one name. `bin/deploy --help` says how it is used."),
    "removing and naming a function": (["remove", "users/me"], {}, "`bin/deploy remove` takes the whole stack, not users/me."),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_one_sentence_and_changes_nothing(workplace, emulator, settings, failure):
    arguments, environment, sentence = FAILURES[failure]
    before = traces(emulator)
    run = workplace.deploy(*arguments, **{**settings, **environment})
    assert run.status in (1, 2)
    assert sentence in run.sentence()
    assert traces(emulator) == before


def test_a_dry_run_in_an_empty_account_leaves_nothing_behind(workplace, emulator, settings):
    def everything():
        secrets = emulator.aws("secretsmanager", "list_secrets")["SecretList"]
        names = [each["FunctionName"] for each in emulator.aws("lambda", "list_functions")["Functions"]]
        return traces(emulator), sorted(each["Name"] for each in secrets), sorted(names)

    before = everything()
    run = workplace.deploy("--dry-run", **settings).expect(0)
    assert "   users-me: new\n" in run.out and "   a new stack nothing-yet: " in run.out
    assert f"{len(deployed())} Lambda::Function" in run.out
    assert "first values for the secrets certified-client-secret, cookie-key and signing-keys" in run.out
    assert everything() == before


def test_a_wrong_setting_is_found_before_anything_is_asked_to_change(workplace, settings, tmp_path):
    # Every call of the AWS CLI: none but questions.
    log = tmp_path / "calls"
    path = workplace.aws_that(tmp_path, f'echo "$*" >>{log}')
    run = workplace.deploy(**{**settings, "ROLES": "admin"}, path=path).expect(1)
    assert run.sentence().startswith("With these settings not every function starts: ROLES") and run.sentence().endswith(". Nothing was changed.")
    calls = [re.search(r" (?:sts|cloudformation|s3api|secretsmanager|lambda|dynamodb) (\S+)", line)[1] for line in log.read_text().splitlines()]
    assert calls and all(call.startswith(("get-", "describe-", "list-", "head-")) for call in calls), calls
    assert "Building" not in run.out


# A file of settings, what is in it, and the sentence.
FILES = {
    "a line of .aws that means nothing": (".aws", "MEMORY = 512\n", "Line 1 of .aws cannot be read: write NAME=value without spaces round the ="),
    "a line of .env.local that means nothing": (
        ".env.local", "CERTIFIED_CLIENT_SECRET=one canary two\n", "The template cannot be rendered; the reason is above. Nothing was changed.",
    ),
}


@pytest.mark.parametrize("failure", FILES)
def test_a_file_of_settings_that_cannot_be_read_changes_nothing(workplace, emulator, settings, failure):
    name, text, sentence = FILES[failure]
    before = traces(emulator)
    (workplace.folder / name).write_text(text)
    try:
        run = workplace.deploy(**settings).expect(1)
    finally:
        workplace.restore()
    assert sentence in run.sentence()
    # #103
    assert "canary" not in run.out + run.err
    assert traces(emulator) == before


def test_the_other_architecture_needs_a_compiler_for_it(workplace, settings, tmp_path):
    # A PATH with the tools of this machine, but for those that build for another.
    link_tools(tmp_path, without=("cargo-lambda", "aarch64-linux-gnu-gcc", "x86_64-linux-gnu-gcc"))
    run = workplace.deploy(**{**settings, "ARCHITECTURE": OTHER, "PATH": str(tmp_path)})
    assert f"ARCHITECTURE is {OTHER}, and this machine builds for" in run.expect(1).sentence()
    assert "install cargo-lambda (pip install cargo-lambda), or set ARCHITECTURE=" in run.sentence()


def test_a_missing_tool_is_named(workplace, settings, tmp_path):
    link_tools(tmp_path, without=("zip", "curl"))
    run = workplace.deploy(**{**settings, "PATH": str(tmp_path)})
    assert run.expect(1).sentence() == "This machine lacks zip and curl: install that and try again."


def link_tools(folder, without):
    for place in [str(TOOLS), *os.environ["PATH"].split(":")]:
        for tool in os.scandir(place) if os.path.isdir(place) else ():
            link = folder / tool.name
            if tool.name not in without and not link.exists() and not link.is_symlink():
                link.symlink_to(tool.path)


def test_a_function_that_does_not_build_is_named(workplace, emulator, settings):
    before = traces(emulator)
    workplace.change("lambdas/users/me/src/lib.rs", "impl ", "impl impl ")
    try:
        run = workplace.deploy(**settings).expect(1)
    finally:
        workplace.restore()
    assert "Cargo does not build users-me; the reason is above. Nothing was uploaded or changed." == run.sentence()
    assert "lambdas/users/me/src/lib.rs" in run.err
    assert traces(emulator) == before


@pytest.mark.parametrize(("options", "reason"), [("size=128k", "No space left on device"), ("ro", "Read-only file system")])
def test_a_disk_that_is_full_or_read_only_is_named(workplace, emulator, settings, tmp_path, options, reason):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("this needs leave to mount a file system in a namespace of its own")
    before = traces(emulator)
    run = deploy_on_disk(workplace, settings, tmp_path, options)
    assert f"Nothing can be written to {tmp_path}/target ({reason}): make room, or make it writable." in run.expect(1).sentence()
    assert traces(emulator) == before


def test_a_disk_that_fills_up_while_it_builds_is_no_half_a_deployment(workplace, emulator, settings, tmp_path):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("this needs leave to mount a file system in a namespace of its own")
    before = traces(emulator)
    run = deploy_on_disk(workplace, settings, tmp_path, "size=4m").expect(1)
    assert "No space left on device" in run.err
    assert run.sentence().endswith(" Nothing was uploaded or changed.")
    assert traces(emulator) == before


def deploy_on_disk(workplace, settings, folder, options):
    """Deploys with a target folder on a file system of its own, of which 64 KB are gone already."""
    script = f'mount -t tmpfs -o {options} none "$CARGO_TARGET_DIR" && {{ head -c 65536 /dev/zero >"$CARGO_TARGET_DIR/x"; exec "$0"; }}'
    (folder / "target").mkdir()
    return workplace.deploy(
        **{**settings, "CARGO_TARGET_DIR": str(folder / "target"), "CARGO_BUILD_BUILD_DIR": None},
        command=["unshare", "--mount", "bash", "-c", script, workplace.folder / "bin/deploy"],
    )


# What never served, or was to be removed. Whatever an update left behind is live.
CLEARED_AWAY = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("ROLLBACK_COMPLETE", "and takes no updates. Nothing of it serves, for it was never made to the end. `bin/deploy remove` clears it away and keeps the table; then deploy again."),
        ("ROLLBACK_FAILED", "`bin/deploy remove` clears it away"),
        ("CREATE_FAILED", "`bin/deploy remove` clears it away"),
        ("DELETE_FAILED", "`bin/deploy remove` clears it away"),
        ("UPDATE_ROLLBACK_FAILED", "`aws cloudformation continue-update-rollback --stack-name nothing-yet --region eu-central-1`"),
        ("UPDATE_FAILED", "It serves, in parts with the new version, for somebody let an update fail without taking it back: do not remove it."),
        ("IMPORT_ROLLBACK_FAILED", "What served before serves"),
        ("UPDATE_IN_PROGRESS", "somebody else is changing it. Wait until that is over"),
        ("DELETE_IN_PROGRESS", "somebody else is changing it. Wait until that is over"),
    ],
)
def test_a_stack_that_takes_no_updates_is_left_alone(workplace, emulator, settings, tmp_path, state, sentence):
    path = workplace.aws_that(tmp_path, f'case "$*" in *describe-stacks*) echo {state}; exit;; esac')
    before = traces(emulator)
    for arguments in ([], ["users/me"]):
        said = workplace.deploy(*arguments, **settings, path=path).expect(1).sentence()
        assert said.startswith(f"The stack nothing-yet is in {state}") and sentence in said
        assert ("`bin/deploy remove`" in said) == (state in CLEARED_AWAY)
    assert traces(emulator) == before


def test_what_a_failed_creation_left_can_be_removed(workplace, emulator, settings):
    emulator.aws("cloudformation", "create_stack", StackName="nothing-yet", TemplateBody=f"Resources:\n{BROKEN}")
    while (status := dict(traces(emulator)[0])["nothing-yet"]).endswith("IN_PROGRESS"):
        time.sleep(0.1)
    assert status == "ROLLBACK_COMPLETE"
    assert "is in ROLLBACK_COMPLETE" in workplace.deploy(**settings).expect(1).sentence()
    workplace.deploy("remove", stdin="nothing-yet\n", **settings).expect(0)
    assert "nothing-yet" not in dict(traces(emulator)[0])
