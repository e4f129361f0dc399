"""Pieces of `bin/deploy` by themselves, for what can hardly be brought about, even with an emulated AWS."""

import os
import re
import shlex
import subprocess

import pytest

from support import ROOT

PIECES = "say settings session functions build package cloud lock stack table mail secrets check remove"


def piece(script, environment=None, **variables):
    """Runs a line of shell in which all of `bin/deploy` is known and nothing has been done yet."""
    sources = "\n".join(f"source infra/deploy/{name}.sh" for name in PIECES.split())
    known = {"stack": "latchkey", "region": "eu-central-1", "work": "", **variables}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    values = "\n".join(f"{name}={shlex.quote(str(value))}" for name, value in known.items())
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{sources}\n{values}\n{script}"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**kept, **(environment or {})},
    )


# Behind it, time passes where a script says so, and not while a busy machine takes its time between two lines: once unset, SECONDS is
# a variable like any other.
STILL = "unset SECONDS; SECONDS=0 since=0 printed=0\n"


def sentence(run):
    assert run.returncode == 1 and run.stderr.startswith("bin/deploy: ") and run.stderr.count("\n") == 1, run
    return run.stderr.removeprefix("bin/deploy: ").rstrip("\n")


# The state a stack ends in, what must be said of it, and whether all of it may be cleared away.
ENDS = {
    "CREATE_FAILED": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "ROLLBACK_COMPLETE": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "ROLLBACK_FAILED": ("The stack could not be made: Table: no. Nothing of it serves", True),
    "UPDATE_ROLLBACK_COMPLETE": ("The update failed at Table: no. AWS rolled it back: what served before serves now.", False),
    "IMPORT_ROLLBACK_COMPLETE": ("The update failed at Table: no. AWS rolled it back: what served before serves now.", False),
    "UPDATE_ROLLBACK_FAILED": ("Run `aws cloudformation continue-update-rollback --stack-name latchkey --region eu-central-1`", False),
    "UPDATE_FAILED": ("Run `aws cloudformation rollback-stack --stack-name latchkey --region eu-central-1`", False),
    "IMPORT_ROLLBACK_FAILED": ("What served before serves", False),
    "SOMETHING_NEW_FAILED": ("It may be serving", False),
    "UPDATE_IN_PROGRESS": ("The stack is still being changed after half an hour", False),
    "": ("The stack is still being changed after half an hour", False),
}


@pytest.mark.parametrize("end", ENDS)
def test_only_a_stack_that_never_served_is_told_to_be_cleared_away(end, tmp_path):
    words, removable = ENDS[end]
    # Where an update was taken back, the function that changes keys is asked, and has nothing to say against it.
    (tmp_path / "keys").write_text("{}")
    said = sentence(piece("all=()\ncloud() { echo None; }\nstack_failed", end=end, reasons="Table: no", work=tmp_path))
    assert words in said
    assert ("`bin/deploy remove`" in said) == removable
    assert ("Nothing of it serves" in said) == removable


# An API whose own address is switched on or off, with one route of each kind. The arguments of curl are written down.
GATEWAY = """
DOMAIN=id.example.com
cloud() {
  case "$*" in
    *describe-stack-resource*) echo api ;;
    *get-api*) printf 'https://api.execute-api.eu-central-1.amazonaws.com\\t%s\\n' "$closed" ;;
    *get-routes*) printf 'GET /users\\tCUSTOM\\nGET /users/login/{provider}\\tNONE\\n' ;;
    *Outputs*) printf 'Url\\thttps://%s\\nDomainTarget\\t%s\\n' "$DOMAIN" "$target" ;;
  esac
}
curl() { echo "$*" >>"$work/arguments"; if [[ $* == *Bearer* ]]; then echo 403; else echo 200; fi; }
sleep() { :; }
"""
TARGET = "d-0123456789.execute-api.eu-central-1.amazonaws.com"


def test_a_domain_is_called_before_its_record_is_there(tmp_path):
    run = piece(f"{GATEWAY}\ncheck_routes\nfarewell", closed="True", target=TARGET, work=tmp_path)
    assert run.returncode == 0, run
    calls = (tmp_path / "arguments").read_text().splitlines()
    assert sorted(call.split()[-1] for call in calls) == ["https://id.example.com/users", "https://id.example.com/users/login/x"]
    assert all(f"--connect-to id.example.com:443:{TARGET}:443 https://" in call for call in calls)
    assert f"Make this DNS record, if it is not there: id.example.com CNAME {TARGET}\n" in run.stdout


def test_an_api_without_a_domain_is_called_at_its_own_address(tmp_path):
    run = piece(f"{GATEWAY}\ncheck_routes\nfarewell", closed="False", target="", work=tmp_path)
    assert run.returncode == 0, run
    calls = (tmp_path / "arguments").read_text()
    assert "https://api.execute-api.eu-central-1.amazonaws.com/users\n" in calls and "--connect-to" not in calls
    assert "DNS record" not in run.stdout


def test_a_route_that_does_not_answer_is_named(tmp_path):
    # Of the public one the gateway itself says that there is nothing; the guarded one lets a bad token in.
    silent = """curl() { if [[ $* == *Bearer* ]]; then echo 200; else echo '{"message":"Not Found"}' >"$body"; echo 404; fi; }"""
    run = piece(f"{GATEWAY}\n{silent}\ncheck_routes", closed="False", target="", work=tmp_path)
    assert sentence(run) == (
        "GET /users and GET /users/login/{provider} did not answer as expected; everything else is deployed. "
        "The functions' logs (/aws/lambda/latchkey-…) say more."
    )
    assert "200 FAILED  GET /users\n" in run.stdout and "404 FAILED  GET /users/login/{provider}\n" in run.stdout


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", ""])
def test_where_nothing_answers_the_proxy_is_named_without_its_password(tmp_path, name):
    dead = "curl() { echo 'curl: (7) Failed to connect to 127.0.0.1 port 9: Connection refused' >&2; return 7; }"
    proxy = {name: "http://ada:canary@127.0.0.1:9"} if name else {}
    run = piece(f"{GATEWAY}\n{dead}\ncheck_routes", proxy, closed="False", target="", work=tmp_path)
    told = f"They were called through the proxy http://127.0.0.1:9, which {name} names: does that answer?"
    assert sentence(run).endswith(f" {told if name else 'This machine had no answer from there: check its network.'}")
    assert "curl: (7)" in run.stdout
    # #103
    assert "canary" not in run.stdout + run.stderr


def test_a_change_that_would_lose_people_or_keys_is_refused():
    dropped = "drop_set() { echo dropped; }"
    for changes, lost in (
        ("Modify\tTable\tAWS::DynamoDB::Table\tTrue", "Table"),
        ("Remove\tTable\tAWS::DynamoDB::Table\tNone", "Table"),
        ("Modify\tSigningKeysSecret\tAWS::SecretsManager::Secret\tTrue\nModify\tTable\tAWS::DynamoDB::Table\tTrue", "SigningKeysSecret and Table"),
    ):
        run = piece(f"{dropped}\nspare_the_data", changes=changes)
        assert sentence(run).startswith(f"This update would make {lost} again and lose its content"), changes
        assert run.stdout == "dropped\n"
    # The secret of a provider that is no longer there may go, and a table may change as it stands.
    harmless = "Remove\tGoogleClientSecret\tAWS::SecretsManager::Secret\tNone\nModify\tTable\tAWS::DynamoDB::Table\tFalse"
    assert piece(f"{dropped}\nspare_the_data", changes=harmless).returncode == 0


# What SES says of the address (`theirs`), of the whole domain, and of the sandbox.
SES = """
dry_run=
runtime_setting() { if [[ $1 == MAIL ]]; then echo ses; else echo login@example.com; fi; }
refused() { echo "An error occurred ($1) when calling the GetEmailIdentity operation: no" >"$error"; return 254; }
cloud() {
  case "$*" in
    *get-account*) if [[ $sandbox == unknown ]]; then refused AccessDeniedException; else echo "$sandbox"; fi ;;
    *'identity login@example.com '*) if [[ $theirs == True || $theirs == False ]]; then echo "$theirs"; else refused "$theirs"; fi ;;
    *'identity example.com '*) if [[ $whole == True || $whole == False ]]; then echo "$whole"; else refused "$whole"; fi ;;
  esac
}
mail_must_be_allowed
"""
NONE = "NotFoundException"


@pytest.mark.parametrize("address, domain", [("True", NONE), (NONE, "True"), ("False", "True")])
def test_a_sender_is_verified_by_its_address_or_its_domain(tmp_path, address, domain):
    for sandbox, said in (("True", ""), ("False", "SES is in its sandbox"), ("unknown", "SES does not say whether it is in its sandbox")):
        run = piece(SES, theirs=address, whole=domain, sandbox=sandbox, work=tmp_path, error=tmp_path / "error")
        assert run.returncode == 0 and said in run.stdout and bool(run.stdout) == bool(said), run


def test_a_sender_that_is_not_verified_is_not_one_that_cannot_be_looked_up(tmp_path):
    known = {"sandbox": "True", "work": tmp_path, "error": tmp_path / "error"}
    for address, domain in ((NONE, NONE), ("False", NONE), (NONE, "False")):
        said = sentence(piece(SES, theirs=address, whole=domain, **known))
        assert said.startswith("SES has verified neither login@example.com nor example.com in eu-central-1"), said
    said = sentence(piece(SES, theirs="AccessDeniedException", whole="True", **known))
    assert said == "Whether SES has verified login@example.com cannot be seen: these credentials may not do that (no). Nothing was changed."
    # A dry run says it and goes on.
    run = piece(SES.replace("dry_run=", "dry_run=yes"), theirs=NONE, whole=NONE, **known)
    assert run.returncode == 0 and "SES has verified neither" in run.stdout, run


# A build of one function on this machine, by each of the ways there are.
BUILD = """
toolchain() { tool=$way; }
build_with() { echo "built by $1"; }
program() { echo "$tool"; }
cargo() { [[ $installed ]]; }
readelf() { if [[ $3 == lambda ]]; then echo "$by_lambda"; else echo "$by_this"; fi; }
build one
"""
OLD, NEW, OTHER = ("  Name: GLIBC_2.2.5  Flags: none\n  Name: GLIBC_" + version for version in ("2.34", "2.38", "ABI_DT_RELR"))


def build(way, by_this, by_lambda="", installed=""):
    known = {"architecture": "arm64", "profile": "release", "error": "/dev/null"}
    return piece(BUILD, way=way, by_this=by_this, by_lambda=by_lambda, installed=installed, **known)


@pytest.mark.parametrize("way", ["native", "cross", "lambda"])
def test_no_program_is_packed_that_lambda_could_not_load(way):
    assert build(way, OLD, OLD).returncode == 0
    for needs, newest in ((NEW, "2.38"), (OTHER, "ABI_DT_RELR")):
        said = sentence(build(way, needs, needs))
        assert f"one needs GLIBC_{newest} where 2.34 is the newest: " in said
        assert ("update" if way == "lambda" else "install") + " cargo-lambda" in said
    # Nothing to be read is nothing to be trusted.
    for nothing in ("", "Error: Not an ELF file"):
        assert sentence(build(way, nothing, nothing)).startswith("What one needs of the C library cannot be read")


def test_what_is_too_new_is_built_again_and_looked_at_again():
    run = build("native", NEW, OLD, installed="yes")
    assert run.returncode == 0 and run.stdout.count("built by") == 2 and "built by lambda" in run.stdout
    assert "update cargo-lambda" in sentence(build("native", NEW, NEW, installed="yes"))


# What cargo says of a program and of a library.
ARTIFACT = '{"reason":"compiler-artifact","target":{"kind":["%s"],"name":"%s","edition":"2024"},"executable":%s,"fresh":%s}'


def test_how_far_the_compiling_is_is_said_and_not_every_crate():
    program = [ARTIFACT % ("bin", name, f'"/target/{name}"', "false") for name in ("one", "two", "three")]
    old, library = ARTIFACT % ("bin", "four", '"/target/four"', "true"), ARTIFACT % ("lib", "url", "null", "false")
    said = ["   Compiling url v2.5.8", library, "beat", "warning: unused", program[0], program[1], old, "beat", "    Finished `release`"]
    script = STILL + """unbuilt=" one two three four five " SECONDS=20
    { follow 4>&1 >&3 | sed 's/^/built: /'; } 3>&1 <<<"$said" """
    run = piece(script, said="\n".join(said))
    assert run.returncode == 0 and run.stderr == "warning: unused\n", run
    far, *built = sorted(run.stdout.splitlines())
    assert far == "   … 20 s, 5 functions to build, 1 crates compiled", run
    assert built == ["built: one /target/one", "built: two /target/two"], run


def test_what_was_built_is_said_together_and_what_is_left_by_name():
    known = f"{STILL}unbuilt=' three four ' ready=(one two) crates=7 SECONDS=90 terminal="
    assert piece(f"{known}; far; echo ${{#ready[@]}}").stdout == "   one and two are built after 90 s\n0\n"
    assert piece(f"{known}; ready=(); far").stdout == "   … 90 s, three and four to build, 7 crates compiled\n"
    # At a terminal it is one line, which is written over (here a return is read as the end of a line).
    line = "\n\033[K   … 90 s, three and four to build, 7 crates compiled"
    assert piece(f"{known}; ready=(); terminal=yes; far").stdout == line


def test_an_upload_that_fails_among_others_is_one_sentence(tmp_path):
    script = """cloud() { case "$*" in *list-objects*) echo old/1.zip ;; *two/*) echo 'An error occurred (AccessDenied) when calling the PutObject operation: no' >"$error"; return 254 ;; esac; }
    key() { if [[ $1 == old ]]; then echo old/1.zip; else echo "$1/2.zip"; fi; }
    upload one old two three four five six"""
    run = piece(script, work=tmp_path, bucket="b", account="1", error=tmp_path / "error")
    assert sentence(run) == "two/2.zip cannot be uploaded: these credentials may not do that (no). What is live was not changed."
    assert run.stdout == "== Uploading\n   one\n"


def test_a_function_that_is_mounted_nowhere_is_named_by_its_folder(tmp_path):
    (tmp_path / "latchkey").write_text("#!/bin/sh\necho 'Parameters:\n  HomeCode:\n  UsersLoginCode:\nResources:'\n")
    (tmp_path / "latchkey").chmod(0o755)
    (tmp_path / "programs").write_text(f"latchkey {tmp_path}/latchkey\n")
    known = """compile() { :; }
    all=(home users-login well-known) folders=(lambdas/home lambdas/users/login lambdas/well-known)
    render_template"""
    said = sentence(piece(known, work=tmp_path))
    assert said.startswith("The template does not know lambdas/well-known: add it to the members in Cargo.toml")


def test_every_function_has_the_folder_that_it_is_in():
    run = piece("""command=deploy; functions users/login/ lambdas/well-known well-known
    for index in "${!all[@]}"; do echo "${all[index]} ${folders[index]}"; done; echo "${chosen[*]}" """)
    lines = run.stdout.splitlines()
    assert {"users-login-callback lambdas/users/login/callback", "well-known lambdas/well-known"} < set(lines), run
    assert lines[-1] == "users-login well-known well-known"


NO_FUNCTION = "ResourceNotFoundException"


@pytest.mark.parametrize("state, setting, refused, looks", [
    ("UPDATE_COMPLETE", "off", "", True),
    ("UPDATE_COMPLETE", "", "", True),
    ("UPDATE_COMPLETE", "off", NO_FUNCTION, False),
    # It may be there.
    ("UPDATE_COMPLETE", "off", "ThrottlingException", True),
    ("UPDATE_COMPLETE", "on", "", False),
    ("none", "off", "", False),
])  # fmt: skip
def test_who_has_a_second_factor_is_looked_for_only_where_they_are_turned_off(state, setting, refused, looks, tmp_path):
    program = tmp_path / "latchkey"
    answer = "case \"$1 $2\" in setting*) echo '%s' ;; 'check --stack') echo \"latchkey: warning: $3: 2 people\" >&2 ;; esac"
    program.write_text("#!/bin/sh\n" + answer % setting)
    program.chmod(0o755)
    script = """parameters() { :; }
    setting() { :; }
    cloud() { if [[ $refused ]]; then echo "An error occurred ($refused)" >"$error"; return 254; fi; [[ $* == *"--function-name latchkey-users-factor "* ]]; }
    check_runtime_settings"""
    run = piece(script, latchkey=program, state=state, refused=refused, error=tmp_path / "error")
    assert (run.returncode, run.stdout) == (0, "   Note: latchkey: 2 people\n" if looks else ""), run


# How many of the function that hashes passwords are reserved, how many the account may run of all others, what of that AWS does not say, and
# what is reserved then.
RESERVED = [
    ("", "990", "", "10"),
    ("10", "990", "", "10"),
    # A tenth of it would be too little for all others; but for what it has already.
    ("", "100", "", ""),
    ("10", "100", "", "10"),
    ("", "10", "", ""),
    ("", "990", "get-function-concurrency ResourceNotFoundException", "10"),
    ("10", "990", "get-function-concurrency ThrottlingException", None),
    ("10", "990", "get-account-settings ThrottlingException", None),
]


@pytest.mark.parametrize("mine, left, refused, reserved", RESERVED)
def test_what_is_reserved_for_passwords_is_not_given_up_where_it_cannot_be_seen(tmp_path, mine, left, refused, reserved):
    script = """reserved=old
    parameters() { echo UsersPasswordConcurrency; }
    setting() { :; }
    cloud() {
      if [[ $refused == "$2 "* ]]; then echo "An error occurred (${refused#* }) when calling the operation: no" >"$error"; return 254; fi
      if [[ $2 == get-account-settings ]]; then echo "$room"; else echo "${has:-None}"; fi
    }
    reserve_passwords; echo "reserved $reserved" """
    run = piece(script, has=mine, room=left, refused=refused, error=tmp_path / "error")
    if reserved is None:
        assert "cannot be seen: no. Try again, or write USERS_PASSWORD_CONCURRENCY into .aws" in sentence(run)
    else:
        assert run.returncode == 0 and run.stdout.endswith(f"reserved {reserved}\n"), run


@pytest.mark.parametrize("new, old, all", [
    ("two", "one", "two,one"),
    ("three", "two,one", "three,two,one"),
    ("three", " two, one", "three,two,one"),
    # One that was behind another seals again, and none is there twice.
    ("one", "two,one", "one,two"),
    ("two,one", "two,one", "two,one"),
    ("two, one", "one", "two, one"),
    ("one", "", "one"),
    # A part of a key is another key.
    ("one", "one1", "one,one1"),
])  # fmt: skip
def test_the_keys_of_before_stay_behind_a_new_one(new, old, all):
    run = piece('with_older "$new" "$old"', new=new, old=old)
    assert (run.returncode, run.stdout) == (0, all), run


def test_what_the_table_loses_with_the_keys_is_said_before_the_stack_is_removed():
    script = """secrets_there() { printf 'certified-client-secret\\ncookie-key\\nfactor-key\\n'; }
    cloud() { if [[ $2 == describe-table ]]; then echo 7; else echo AWS::Lambda::Function; fi; }
    state=UPDATE_COMPLETE; code=; name_losses"""
    said = "   with factor-key: codes of people's apps count no more, and recovery codes still do\n"
    run = piece(script, table="yes", with_table="")
    assert run.returncode == 0 and run.stdout.count(said) == run.stdout.count("-key") == 1, run
    # With the table, all of it goes.
    run = piece(script, table="yes", with_table="yes")
    assert run.returncode == 0 and said not in run.stdout and "THE TABLE latchkey" in run.stdout, run
