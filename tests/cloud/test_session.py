"""As whom and where `bin/deploy` acts, and what it says when AWS does not answer, before or in the middle of a wait. The AWS CLI
is a stand-in here, which says what the real one was seen to say."""

import re
import shlex
import subprocess

import pytest

from support import ROOT
from support.emulator import TOOLS
from test_pieces import piece, sentence

KEYS = {"AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF", "AWS_SECRET_ACCESS_KEY": "canary"}
NOBODY = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}


def says(folder, text, status=254):
    """A folder to put before PATH, whose `aws` says this and fails; what it was asked is in `calls`."""
    (folder / "aws").write_text(f'#!/bin/sh\necho "$*" >>{folder}/calls\nprintf "\\n%s\\n" {shlex.quote(text)} >&2\nexit {status}\n')
    (folder / "aws").chmod(0o755)
    return f"{folder}:"


def answers(folder):
    """… whose `aws` knows who we are, and nothing else."""
    (folder / "aws").write_text(
        f'#!/bin/sh\necho "$*" >>{folder}/calls\ncase "$*" in *get-caller-identity*) printf "123456789012\\tarn:aws:iam::123456789012:user/ada\\n"; exit;; esac\n'
        "echo 'An error occurred (AccessDenied) when calling the DescribeStacks operation: no' >&2\nexit 254\n"
    )
    (folder / "aws").chmod(0o755)
    return f"{folder}:"


EXPIRED = "the AWS credentials have expired: run `aws sso login`, or get new ones the way you got these"
EXPIRED_KEYS = "the AWS credentials in the environment (AWS_ACCESS_KEY_ID …) have expired: export new ones, or unset them and run `aws sso login`"
CLOCK = "this machine's clock says 20"
UNKNOWN = "AWS does not know these credentials in eu-central-1: check them"
# What the AWS CLI says, what is in the environment, and what `bin/deploy` makes of it.
TOLD = [
    ("An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired", {}, EXPIRED),
    ("An error occurred (ExpiredTokenException) when calling the ListFunctions operation: The security token included in the request is expired", KEYS, EXPIRED_KEYS),
    ("aws: [ERROR]: An error occurred (ExpiredToken) when calling the DescribeStacks operation: The provided token has expired.", {}, EXPIRED),
    ("Error when retrieving token from sso: Token has expired and refresh failed", {"PROFILE": "work"}, "run `aws sso login --profile work`"),
    ("The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.", {"AWS_PROFILE": "work"}, "run `aws sso login --profile work`"),
    ("Error loading SSO Token: Token for work does not exist", {"PROFILE": "work"}, "run `aws sso login --profile work`"),
    ("The SSO access token has either expired or is otherwise invalid.", {}, EXPIRED),
    ("Your session has expired. Please reauthenticate using 'aws login'.", {}, EXPIRED),
    ("An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature expired: 20261129T080000Z is now earlier than 20261129T084500Z (20261129T090000Z - 15 min.)", {}, CLOCK),
    ("An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet current: 20261129T100000Z is still later than 20261129T091500Z (20261129T090000Z + 15 min.)", {}, CLOCK),
    ("An error occurred (InvalidSignatureException) when calling the ListFunctions operation: Signature expired: 20261129T080000Z is now earlier than 20261129T085500Z", KEYS, CLOCK),
    ("An error occurred (RequestTimeTooSkewed) when calling the PutObject operation: The difference between the request time and the current time is too large.", {}, CLOCK),
    ("An error occurred (RequestExpired) when calling the DescribeStacks operation: Request has expired.", {}, CLOCK),
    ("SSL validation failed for https://sts.eu-central-1.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid (_ssl.c:1006)", {}, CLOCK),
    ("SSL validation failed for https://sts.eu-central-1.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)", {}, "check this machine's clock, and AWS_CA_BUNDLE if a proxy looks into TLS"),
    ('Failed to connect to proxy URL: "http://***:***@proxy.example:3128"', {"HTTPS_PROXY": "http://ada:canary@proxy.example:3128"}, "the proxy http://proxy.example:3128 (HTTPS_PROXY) does not answer: start it, or correct or unset HTTPS_PROXY"),
    ('Failed to connect to proxy URL: "http://127.0.0.1:9"', {"https_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://other:1"}, "the proxy http://127.0.0.1:9 (https_proxy) does not answer"),
    ('Failed to connect to proxy URL: "http://127.0.0.1:9"', {"HTTPS_PROXY": "http://other:1", "ALL_PROXY": "127.0.0.1:9"}, "the proxy http://127.0.0.1:9 (ALL_PROXY) does not answer"),
    ("ProxyConnectionError: Tunnel connection failed: 407 Proxy Authentication Required", {"HTTPS_PROXY": "http://ada:canary@proxy.example:3128"}, "the proxy http://proxy.example:3128 (HTTPS_PROXY) does not let this through (407 Proxy Authentication Required): check HTTPS_PROXY"),
    # A signature that is wrong and no clock's, and an account that has not this region.
    ("An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided.", KEYS, UNKNOWN),
    ("An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.", KEYS, UNKNOWN),
]


@pytest.mark.parametrize("told", range(len(TOLD)))
def test_what_aws_does_not_answer_is_said_with_what_to_do(workplace, tmp_path, told):
    text, environment, sentence = TOLD[told]
    run = workplace.deploy(path=says(tmp_path, text), **environment).expect(1)
    assert run.sentence().startswith("The AWS account cannot be asked who we are: ") and run.sentence().endswith(". Nothing was changed.")
    assert sentence in run.sentence()
    # #103
    assert "canary" not in run.out + run.err
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


def test_a_dead_proxy_is_named_as_the_real_cli_has_it(workplace):
    proxy = {"HTTP_PROXY": "http://ada:canary@127.0.0.1:9", "AWS_ENDPOINT_URL": "http://aws.invalid:1"}
    run = workplace.deploy(**KEYS, **NOBODY, **proxy).expect(1)
    assert "the proxy http://127.0.0.1:9 (HTTP_PROXY) does not answer" in run.sentence()
    assert "canary" not in run.out + run.err


# Who is named twice: the environment, the lines of .aws, and the name in the sentence.
TWICE = {
    "PROFILE and keys": ({"PROFILE": "work", **KEYS}, "", "PROFILE is work"),
    "PROFILE of the file and keys": (KEYS, "PROFILE=work\n", "PROFILE is work"),
    "AWS_PROFILE and keys": ({"AWS_PROFILE": "work", **KEYS}, "", "AWS_PROFILE is work"),
    "the old name of it and keys": ({"AWS_DEFAULT_PROFILE": "work", **KEYS}, "", "AWS_DEFAULT_PROFILE is work"),
    "keys of a session": ({"PROFILE": "work", **KEYS, "AWS_SESSION_TOKEN": "canary"}, "", "PROFILE is work"),
}


@pytest.mark.parametrize("how", TWICE)
@pytest.mark.parametrize("arguments", [[], ["users/index"], ["secrets"], ["remove"], ["--dry-run"]])
def test_a_profile_and_keys_at_once_are_refused(workplace, tmp_path, how, arguments):
    environment, lines, said = TWICE[how]
    (workplace.folder / ".aws").write_text(lines)
    try:
        run = workplace.deploy(*arguments, path=answers(tmp_path), **environment).expect(1)
    finally:
        workplace.restore()
    assert run.sentence().startswith(f"{said}, and the environment has keys as well (AWS_ACCESS_KEY_ID)")
    assert run.sentence().endswith(" Nothing was changed.") and "canary" not in run.out + run.err
    assert not (tmp_path / "calls").exists()


# What of two answers holds: the environment, the lines of .aws, and what is said of it.
CONTRADICTIONS = {
    "the region of the environment": ({"AWS_REGION": "us-east-1"}, "", ["AWS_REGION is us-east-1, and REGION is eu-central-1: eu-central-1 is what holds here"]),
    "the region of an older CLI": ({"AWS_DEFAULT_REGION": "us-east-1"}, "", ["AWS_DEFAULT_REGION is us-east-1, and REGION is eu-central-1: eu-central-1 is what holds here"]),
    "the region of the file": ({"AWS_REGION": "us-east-1", "REGION": None}, "REGION=eu-west-1\n", ["AWS_REGION is us-east-1, and REGION is eu-west-1: eu-west-1 is what holds here"]),
    "two profiles": ({"AWS_PROFILE": "home", "PROFILE": "work"}, "", ["PROFILE is work, and AWS_PROFILE is home: home is what holds here"]),
    "no contradiction": ({"AWS_REGION": "eu-central-1", "AWS_PROFILE": "work"}, "PROFILE=work\n", []),
}


@pytest.mark.parametrize("how", CONTRADICTIONS)
def test_who_acts_and_where_is_shown_before_anything_is_touched(workplace, tmp_path, how):
    environment, lines, said = CONTRADICTIONS[how]
    (workplace.folder / ".aws").write_text(lines)
    try:
        run = workplace.deploy(path=answers(tmp_path), **environment).expect(1)
    finally:
        workplace.restore()
    region, profile = ("eu-west-1" if lines.startswith("REGION") else "eu-central-1"), environment.get("AWS_PROFILE")
    heading = f"== latchkey in {region}, account 123456789012\n   as arn:aws:iam::123456789012:user/ada{f', with the profile {profile}' if profile else ''}\n"
    assert run.out == "".join(f"   {line}\n" for line in said) + heading
    # The next question is the first that could have been refused; nothing else was asked before.
    first, second = (tmp_path / "calls").read_text().splitlines()
    assert "get-caller-identity" in first and "describe-stacks" in second


# --- in the middle of a wait


# A change set that AWS carries out, and a clock that runs while this sleeps. The CLI fails from the given second on.
WAIT = """
state=UPDATE_COMPLETE set=x missing=() values=() kept=() changes=$'Modify\\tUsersMe\\tAWS::Lambda::Function\\tFalse'
sleep() { SECONDS=$((SECONDS + $1)); }
cloud() {
  case $2 in
    describe-stack-events)
      if ((SECONDS >= from && SECONDS < to)); then printf '%s\\n' "$says" >"$error"; return 254; fi
      if ((SECONDS >= 200)); then printf 'b\\tlatchkey\\tUPDATE_COMPLETE\\tAWS::CloudFormation::Stack\\tNone\\n'; fi
      printf 'a\\tlatchkey\\tUPDATE_COMPLETE\\tAWS::CloudFormation::Stack\\tNone\\n' ;;
    describe-stacks)
      if ((SECONDS >= from && SECONDS < to)); then printf '%s\\n' "$says" >"$error"; return 254; fi
      if ((SECONDS >= 200)); then echo DELETE_COMPLETE; else echo DELETE_IN_PROGRESS; fi ;;
  esac
}
SECONDS=0 doing=Waiting since=0
"""
LASTING = {
    "expired": (TOLD[0][0], EXPIRED),
    "a session that ended": (TOLD[3][0], "run `aws sso login`"),
    "the clock": (TOLD[8][0], CLOCK),
    "a dead proxy": (TOLD[16][0], "the proxy http://127.0.0.1:9 (HTTPS_PROXY) does not answer"),
    "not allowed": ("An error occurred (AccessDenied) when calling the DescribeStackEvents operation: User: x is not authorized to perform: cloudformation:DescribeStackEvents", "these credentials may not do that"),
    "unknown": ("something that nobody has seen before", "something that nobody has seen before"),
}
PASSING = {
    "throttled": ("An error occurred (Throttling) when calling the DescribeStackEvents operation (reached max retries: 4): Rate exceeded", "Rate exceeded"),
    "a fault of AWS": ("An error occurred (503) when calling the DescribeStackEvents operation (reached max retries: 4): Service Unavailable", "Service Unavailable"),
    "no network": ('Could not connect to the endpoint URL: "https://cloudformation.eu-central-1.amazonaws.com/"', "does not answer for the region"),
    "a line that broke": ('Connection was closed before we received a valid response from endpoint URL: "https://cloudformation…"', "Connection was closed"),
}
WAITS = {
    "carry_out; echo $end": ("The stack is being changed, and how far that is cannot be seen: ", "AWS goes on by itself: wait until that is over, then run the same command again."),
    "remove_stack; echo $state": ("The stack is being removed, and how far that is cannot be seen: ", "AWS goes on by itself: run the same command again to see the rest through."),
}


def wait(script, folder, says, since, until):
    (folder / "error").write_text("")
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:9"}
    return piece(WAIT + script, proxy, work=folder, error=folder / "error", says=says, **{"from": since, "to": until})


@pytest.mark.parametrize("how", LASTING)
@pytest.mark.parametrize("script", WAITS)
def test_an_error_that_stays_ends_a_wait_at_once(tmp_path, script, how):
    says, why = LASTING[how]
    run = wait(f"{script}; echo $SECONDS", tmp_path, says, 100, 9999)
    before, after = WAITS[script]
    [said] = [line.removeprefix("bin/deploy: ") for line in run.stderr.splitlines() if line.startswith("bin/deploy: ")]
    assert run.returncode == 1 and said.startswith(before) and why in said and said.endswith(f". {after}"), run
    # No answer at second 100, and not one more second.
    assert re.search(r"… (9\d|10[0-2]) s", run.stderr), run


@pytest.mark.parametrize("how", PASSING)
@pytest.mark.parametrize("script", WAITS)
def test_an_error_that_passes_is_waited_out_for_a_minute(tmp_path, script, how):
    says, why = PASSING[how]
    run = wait(script, tmp_path, says, 100, 130)
    assert run.returncode == 0 and run.stdout.endswith("_COMPLETE\n"), run
    run = wait(script, tmp_path, says, 100, 9999)
    before, after = WAITS[script]
    assert run.returncode == 1 and f"bin/deploy: {before}" in run.stderr and why in run.stderr and run.stderr.endswith(f" {after}\n"), run
    assert re.search(r"… 1[56]\d s", run.stderr), run


def test_a_wait_says_how_long_it_lasts(tmp_path):
    run = wait("step Stack; carry_out; step Next", tmp_path, "", 9999, 9999)
    said = [int(seconds) for seconds in re.findall(r"^   … (\d+) s$", run.stdout, re.M)]
    assert said[0] in (6, 7) and len(said) in (5, 6, 7) and said == sorted(said), run
    assert re.search(r"^   done in 20\d s\n== Next\n", run.stdout, re.M), run


def test_what_takes_longer_than_five_seconds_says_so_and_nothing_else(tmp_path):
    script = """trap finish EXIT; error=$work/error
    step One; SECONDS=$((SECONDS + 5)); step Two; SECONDS=$((SECONDS + 7)); step Three; note done; SECONDS=$((SECONDS + 8))"""
    run = piece(script, work=tmp_path / "work")
    assert run.stdout == "== One\n== Two\n   done in 7 s\n== Three\n   done\n   done in 8 s\n", run
    # What fails says it too, and then why.
    run = piece("step One; SECONDS=$((SECONDS + 9)); fail That is why.")
    assert run.stderr == "   … 9 s\nbin/deploy: That is why.\n"


# What happened since, newest first: of resources that the change set names, and of others.
EVENTS = """
event() { printf 'x\\t%s\\t%s\\tAWS::Lambda::Function\\tNone\\n' "$1" "$2"; }
started=$SECONDS seen=0 end=UPDATE_IN_PROGRESS
printf '%s\\n' Authorizer UsersMe Table >"$work/changing"; : >"$work/done"
"""


def test_progress_counts_the_resources_of_the_change_set_and_no_others(tmp_path):
    script = EVENTS + """
    progress "$(event Other UPDATE_COMPLETE; event UsersMe UPDATE_IN_PROGRESS; event UsersMe2 UPDATE_COMPLETE)"; echo -
    progress "$(event UsersMe UPDATE_COMPLETE; event Other UPDATE_COMPLETE; event latchkey UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)"
    progress "$(event UsersMe UPDATE_COMPLETE)"; SECONDS=$((SECONDS + 12))
    progress "$(event Table CREATE_COMPLETE; event Authorizer UPDATE_FAILED)"
    end=UPDATE_ROLLBACK_IN_PROGRESS; progress "$(event Authorizer UPDATE_COMPLETE)"
    end=UPDATE_IN_PROGRESS; progress "$(event Authorizer UPDATE_COMPLETE)" """
    run = piece(script, work=tmp_path)
    assert run.stdout == "-\n   1 of 3 resources\n   2 of 3 resources, 12 s\n   3 of 3 resources, 12 s\n", run


# --- a secret that somebody deleted


def test_a_secret_marked_for_deletion_is_named_with_both_ways_out(emulator, tmp_path):
    name, environment = "marked/cookie-key", {**emulator.environment(), "PATH": f"{TOOLS}:/usr/bin:/bin"}

    def filled():
        (tmp_path / "error").write_text("")
        known = f"stack=marked region=eu-central-1 work={tmp_path} error={tmp_path}/error"
        sources = "\n".join(f"source infra/deploy/{each}.sh" for each in ("say", "settings", "functions", "cloud", "stack", "secrets"))
        command = ["bash", "-c", f"set -euo pipefail\n{sources}\n{known}\nfilled cookie-key && echo yes"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    def told(run):
        said = sentence(run)
        assert said.startswith("Whether cookie-key has a value cannot be seen: the secret marked/cookie-key is marked for deletion."), said
        return re.findall(r"`(aws [^`]+)`", said)

    def do(command):
        subprocess.run(["bash", "-ec", command], env=environment, check=True, capture_output=True, timeout=60)

    emulator.aws("secretsmanager", "create_secret", Name=name, SecretString="value")
    assert filled().stdout == "yes\n"
    emulator.aws("secretsmanager", "delete_secret", SecretId=name, RecoveryWindowInDays=7)
    restore, _ = told(filled())
    do(restore)
    assert filled().stdout == "yes\n"
    emulator.aws("secretsmanager", "delete_secret", SecretId=name, RecoveryWindowInDays=7)
    _, force = told(filled())
    do(force)
    # It is as if there had never been one: no value, and no failure.
    run = filled()
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "")


def test_a_stack_that_meets_a_secret_marked_for_deletion_says_the_same():
    reason = 'CookieKeySecret: You can\'t create this secret because a secret with this name is already scheduled for deletion.'
    said = sentence(piece("all=()\nstack_failed", end="ROLLBACK_COMPLETE", reasons=reason))
    assert "aws secretsmanager restore-secret --secret-id latchkey/…" in said and "--force-delete-without-recovery" in said


def test_credentials_that_expire_are_not_taken_for_a_missing_bucket(tmp_path):
    # AWS answers HEAD with a status alone: 400 where a token has expired, 403 where the clock is wrong.
    script = """
    cloud() {
      case $2 in
        head-bucket) echo "An error occurred ($status) when calling the HeadBucket operation: no" >"$error"; return 254 ;;
        get-caller-identity) if [[ $says ]]; then echo "$says" >"$error"; return 254; fi ;;
      esac
    }
    bucket_is_there && echo there || echo "not $?" """
    known = {"account": "1", "bucket": "b", "work": tmp_path, "error": tmp_path / "error"}
    for status in ("400", "403"):
        said = sentence(piece(script, status=status, says=TOLD[0][0], **known))
        assert said == f"The bucket b cannot be looked at: {EXPIRED}. What is live was not touched."
    assert piece(script, status="403", says="", **known).stdout == "not 2\n"
    assert piece(script, status="404", says="", **known).stdout == "not 1\n"
    assert "cannot be looked at: no. What is live" in sentence(piece(script, status="400", says="", **known))
