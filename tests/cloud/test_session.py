"""As whom and where `bin/deploy` acts, and what it says when AWS does not answer, before or in the middle of a wait. The AWS CLI
is a stand-in here, which says what the real one was seen to say."""

import re
import shlex
import subprocess

import pytest

from support import ROOT
from test_pieces import STILL, piece, sentence

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
    assert run.sentence().startswith("The AWS account cannot be identified: ") and run.sentence().endswith(". Nothing was changed.")
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
@pytest.mark.parametrize("arguments", [[], ["users/me"], ["secrets"], ["remove"], ["--dry-run"]])
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
WAIT = STILL + """
state=UPDATE_COMPLETE set=x missing=() values=() conflicts=() changes=$'Modify\\tUsersMe\\tAWS::Lambda::Function\\tFalse'
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
doing=Waiting
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
    assert "… 100 s" in run.stderr, run


@pytest.mark.parametrize("how", PASSING)
@pytest.mark.parametrize("script", WAITS)
def test_an_error_that_passes_is_waited_out_for_a_minute(tmp_path, script, how):
    says, why = PASSING[how]
    run = wait(script, tmp_path, says, 100, 130)
    assert run.returncode == 0 and run.stdout.endswith("_COMPLETE\n"), run
    run = wait(script, tmp_path, says, 100, 9999)
    before, after = WAITS[script]
    assert run.returncode == 1 and f"bin/deploy: {before}" in run.stderr and why in run.stderr and run.stderr.endswith(f" {after}\n"), run
    assert "… 160 s" in run.stderr, run


def test_a_wait_says_how_long_it_lasts(tmp_path):
    run = wait("step Stack; carry_out; step Next", tmp_path, "", 9999, 9999)
    assert re.findall(r"^   … (\d+) s$", run.stdout, re.M) == ["6", "17", "38", "79", "160"], run
    assert "\n   done in 200 s\n== Next\n" in run.stdout, run


def test_what_takes_longer_than_five_seconds_says_so_and_nothing_else(tmp_path):
    script = STILL + """trap finish EXIT; error=$work/error
    step One; SECONDS=$((SECONDS + 5)); step Two; SECONDS=$((SECONDS + 7)); step Three; note done; SECONDS=$((SECONDS + 8))"""
    run = piece(script, work=tmp_path / "work")
    assert run.stdout == "== One\n== Two\n   done in 7 s\n== Three\n   done\n   done in 8 s\n", run
    # What fails says it too, and then why.
    run = piece(f"{STILL}step One; SECONDS=$((SECONDS + 9)); fail That is why.")
    assert run.stderr == "   … 9 s\nbin/deploy: That is why.\n"


# What happened since, newest first: of resources that the change set names, and of others.
EVENTS = STILL + """
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


# Lambda takes new code, and says how far it is: what `get-function-configuration` answers, or the CLI fails from then on.
CODE = STILL + """
sleep() { SECONDS=$((SECONDS + $1)); }
code_digest() { echo new; }
key() { echo "$1/new.zip"; }
live_code() { printf 'latchkey-users-me\\told\\tarm64\\n'; }
starts() { :; }
cloud() {
  case $2 in
    update-function-code | update-function-configuration) if [[ $refused ]]; then printf '%s\\n' "$refused" >"$error"; return 254; fi ;;
    get-function-configuration)
      case $* in
        *CodeSha256*) echo "$digest" ;;
        *MemorySize*) printf '128\\tabout\\n' ;;
        *) if [[ $says ]] && ((SECONDS < to)); then printf '%s\\n' "$says" >"$error"; return 254; fi; printf '%s\\tno\\n' "$answered" ;;
      esac ;;
  esac
}
doing=Waiting
"""
HAS_IT = "AWS has the new code, and which one runs is not known: run the same command again."


def code(script, folder, status="InProgress", says="", refused="", until=9999, digest="old"):
    (folder / "error").write_text("")
    known = {"work": folder, "error": folder / "error", "bucket": "b", "answered": status, "says": says, "refused": refused, "to": until, "digest": digest}
    run = piece(CODE + script, {"HTTPS_PROXY": "http://127.0.0.1:9"}, **known)
    said = [line.removeprefix("bin/deploy: ") for line in run.stderr.splitlines() if line.startswith("bin/deploy: ")]
    return run, said[0] if said else ""


@pytest.mark.parametrize("how", LASTING)
def test_code_that_was_taken_and_cannot_be_seen_is_not_said_to_be_the_old(tmp_path, how):
    says, why = LASTING[how]
    run, said = code("change_code users-me", tmp_path, says=says)
    assert run.returncode == 1 and said.startswith("The code of users-me may not be changed yet: whether it runs cannot be seen (") and why in said, run
    assert said.endswith(f". {HAS_IT}") and "old code" not in said
    # At once, for it stays so.
    assert "…" not in run.stdout
    run, said = code("changed=; all=(users-me); touch $work/before.yaml; align_code users-me", tmp_path, says=says)
    assert said.endswith(f"{HAS_IT} Everything else is deployed, and was not looked at yet."), run
    # The same error as the answer to the change itself is a refusal.
    run, said = code("change_code users-me", tmp_path, refused=says)
    assert said.endswith(". The old code serves.") and why in said, run


@pytest.mark.parametrize("how", PASSING)
def test_lambda_is_asked_again_for_a_minute(tmp_path, how):
    says, why = PASSING[how]
    run, _ = code("takes_effect users-me && echo $SECONDS", tmp_path, status="Successful", says=says, until=30)
    assert run.returncode == 0 and run.stdout.split()[-1] == "30", run
    run, said = code("change_code users-me", tmp_path, says=says)
    assert why in said and said.endswith(HAS_IT) and "… 60 s" in run.stderr, run


def test_what_lambda_says_of_new_code_is_what_is_said(tmp_path):
    run, said = code("change_code users-me", tmp_path, status="Failed")
    assert said == "The code of users-me cannot be changed: Lambda cannot run it (no). The old code serves.", run
    run, said = code("change_code users-me", tmp_path)
    assert said == f"The code of users-me may not be changed yet: Lambda takes more than two minutes over it, and may still come round. {HAS_IT}", run
    assert "… 120 s" in run.stderr and "\n   … " in "\n" + run.stdout, run
    # An answer that got lost is no refusal.
    run, said = code("change_code users-me", tmp_path, refused=PASSING["a line that broke"][0])
    assert said.endswith(". Whether AWS has the new code is not known: run the same command again."), run
    run, said = code("change_code users-me", tmp_path, refused=PASSING["no network"][0])
    assert said.endswith(". The old code serves."), run


def test_code_that_is_put_back_and_cannot_be_seen_is_not_said_to_run(tmp_path):
    back = """put_back users-me b2xk || fail "$holds" """
    assert code(back, tmp_path, status="Failed")[1].endswith(". The new one, which does not start, is live: repair it, then deploy again.")
    lost, unknown = EXPIRED, "Which one runs is not known: repair the new one, then deploy again."
    assert code(back, tmp_path, says=LASTING["expired"][0])[1] == f"The old code may not be back yet: whether it runs cannot be seen ({lost}). {unknown}"
    assert code(back, tmp_path)[1].endswith(f". {unknown}")
    restore = """all=(users-me); printf 'latchkey-users-me\\tb2xkZXI=\\tarm64\\n' >$work/before.code; restore_code; echo "$again" """
    before = "what served before serves now"
    assert code(restore, tmp_path, status="Successful")[0].stdout == f"   users-me: the code it had\n{before}\n"
    run, _ = code(restore, tmp_path, status="Failed")
    assert run.stdout == f"{before}, but for the code of users-me (Lambda cannot run it (no)), which was deployed alone and could not be put back\n"
    run, _ = code(restore, tmp_path, says=LASTING["expired"][0])
    assert run.stdout == f"{before}; whether the code that was deployed alone is back is not known of users-me (whether it runs cannot be seen ({lost}))\n"


def test_the_same_command_again_waits_until_the_code_runs(tmp_path):
    run, said = code("change_code users-me", tmp_path, digest="new", status="Successful")
    assert (run.returncode, run.stdout) == (0, "   users-me: this code is live already\n"), run
    for more in ({}, {"says": LASTING["expired"][0]}):
        run, said = code("change_code users-me", tmp_path, digest="new", **more)
        assert run.returncode == 1 and said.startswith("The code of users-me may not be changed yet: ") and said.endswith(HAS_IT), run


# A secret's readers, which start anew: what Lambda says, and the end of what is said.
ANEW = """
held() { echo old; }
put_secret() { echo "put $2"; }
readers_of() { echo users-me; }
replace_secret google-client-secret new
"""


@pytest.mark.parametrize("how", LASTING)
def test_a_function_that_is_not_seen_to_start_anew_is_said_so_at_once(tmp_path, how):
    says, why = LASTING[how]
    story = "users-me was not seen to start with the new value of google-client-secret: "
    run, said = code(ANEW, tmp_path, says=says)
    assert run.returncode == 1 and said.startswith(f"{story}whether it runs cannot be seen (") and why in said, run
    assert "The old value is back, but users-me was not seen to start with that either: " in said and "…" not in run.stdout
    assert "put new\n" in run.stdout and "put old\n" in run.stdout
    run, said = code(ANEW, tmp_path, refused=says)
    assert said.startswith(story) and "whether it runs" not in said and why in said, run


def test_the_wait_for_a_function_that_starts_anew_says_how_long_it_lasts_and_ends(tmp_path):
    run, said = code(ANEW, tmp_path, status="Successful")
    assert run.returncode == 0 and "   users-me reads it again\n" in run.stdout and "…" not in run.stdout, run
    run, said = code(ANEW, tmp_path)
    assert said.startswith("users-me was not seen to start with the new value of google-client-secret: Lambda takes more than two minutes over it"), run
    assert "\n   … 6 s\n" in f"\n{run.stdout}", run
    run, said = code(ANEW.replace("held()", "starts() { echo of no use; return 1; }\nheld()"), tmp_path, status="Successful")
    assert said.startswith("users-me does not start with the new value of google-client-secret: of no use. The old value is back, "), run


# A change set that AWS looks at for as long as the test likes.
SET = STILL + """
state=UPDATE_COMPLETE dry_run='' template=()
sleep() { SECONDS=$((SECONDS + $1)); }
cloud() {
  case "$*" in
    *describe-change-set*)
      if [[ $says ]] && ((SECONDS < to)); then printf '%s\\n' "$says" >"$error"; return 254; fi
      case "$*" in *Changes*) printf 'Modify\\tUsersMe\\tAWS::Lambda::Function\\tFalse\\n' ;; *) echo "$answered" ;; esac ;;
  esac
}
doing=Stack untouched='Untouched.'
change_set $work/template $work/parameters
echo "$SECONDS $changes"
"""


def change_set(folder, status="CREATE_COMPLETE", says="", until=9999):
    (folder / "error").write_text("")
    (folder / "template").write_text("Resources:\n")
    return piece(SET, {"HTTPS_PROXY": "http://127.0.0.1:9"}, work=folder, error=folder / "error", answered=status, says=says, to=until)


@pytest.mark.parametrize("how", {**LASTING, **PASSING})
def test_a_change_set_is_waited_for_as_long_as_that_may_help(tmp_path, how):
    says, why = {**LASTING, **PASSING}[how]
    run = change_set(tmp_path, says=says)
    [said] = [line for line in run.stderr.splitlines() if line.startswith("bin/deploy: ")]
    assert run.returncode == 1 and said.startswith("bin/deploy: The change set cannot be read: ") and why in said and said.endswith(". Untouched."), run
    assert ("… 60 s" in run.stderr) == (how in PASSING), run
    if how in PASSING:
        run = change_set(tmp_path, says=says, until=30)
        assert run.returncode == 0 and re.search("^31 Modify\tUsersMe", run.stdout, re.M), run


def test_a_change_set_that_never_comes_about_is_given_up(tmp_path):
    run = change_set(tmp_path, status="CREATE_IN_PROGRESS")
    assert run.returncode == 1 and run.stderr.endswith("bin/deploy: AWS takes more than five minutes to look at the template: deploy again. Untouched.\n"), run
    assert "\n   … 6 s\n" in f"\n{run.stdout}", run


@pytest.mark.parametrize("fails", [True, False])
def test_the_first_call_says_how_long_it_took(tmp_path, fails):
    # In real time, for nothing is known before it that could be said meanwhile.
    script = "cloud() { sleep 7; if [[ $says ]]; then echo \"$says\" >\"$error\"; return 254; fi; printf '1\\tarn:x\\n'; }; account"
    run = piece(script, {"HTTPS_PROXY": "http://127.0.0.1:9"}, work=tmp_path, error=tmp_path / "error", says=LASTING["a dead proxy"][0] if fails else "")
    if fails:
        assert run.returncode == 1 and re.match(r"   … ([789]|\d\d) s\nbin/deploy: The AWS account cannot be identified: the proxy ", run.stderr), run
    else:
        assert re.match(r"   AWS knew after ([789]|\d\d) s who this is\n== latchkey in eu-central-1, account 1\n   as arn:x\n$", run.stdout), run


# --- a secret that somebody deleted


def test_a_secret_marked_for_deletion_is_named_with_both_ways_out(emulator, tools, tmp_path):
    name, environment = "marked/cookie-key", {**emulator.environment(), "PATH": f"{tools}:/usr/bin:/bin"}

    def filled():
        (tmp_path / "error").write_text("")
        known = f"stack=marked region=eu-central-1 work={tmp_path} error={tmp_path}/error"
        sources = "\n".join(f"source infra/deploy/{each}.sh" for each in ("say", "settings", "functions", "cloud", "lock", "stack", "secrets"))
        command = ["bash", "-c", f"set -euo pipefail\n{sources}\n{known}\nfilled cookie-key && echo yes"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    def told(run):
        said = sentence(run)
        assert said.startswith("Whether cookie-key has a value cannot be determined: the secret marked/cookie-key is marked for deletion."), said
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
        assert said == f"The bucket b cannot be read: {EXPIRED}. What is live was not changed."
    assert piece(script, status="403", says="", **known).stdout == "not 2\n"
    assert piece(script, status="404", says="", **known).stdout == "not 1\n"
    assert "cannot be read: no. What is live" in sentence(piece(script, status="400", says="", **known))
