"""The person's own shell: what stands in their environment must not change what our scripts do, and the bash of macOS, 3.2,
must understand them."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from support import ROOT
from support.bash import lacking, unguarded
from test_pieces import piece

SCRIPTS = [".ci/run", "bin/bench", "bin/deploy", "bin/test", "examples/run"]
SCRIPTS += sorted(str(path.relative_to(ROOT)) for folder in ("infra", "examples") for path in (ROOT / folder).rglob("*.sh") if ".venv" not in path.parts and "node_modules" not in path.parts)
# Arrays that are expanded as they are, because they always hold something.
NEVER_EMPTY = {"ON_THE_STACK", "all", "ask", "folders", "how", "plain", "template", "what"}


def bin_deploy(*arguments, folder=ROOT, cwd=None, **environment):
    """`bin/deploy` as somebody would call it from the project's folder."""
    return subprocess.run(
        ["bin/deploy", *arguments], cwd=cwd or folder, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environment},
    )


# An option that wants a value, without one.
VALUELESS = {
    ("--build",): "",
    ("--build=",): "",
    ("--build", ""): "",
    ("users/login", "--build"): "",
    ("--build", "--dry-run"): ', and "--dry-run" is none',
    ("--build", "users/login"): ', and "users/login" is none',
    ("--build=-"): ', and "-" is none',
}


@pytest.mark.parametrize("arguments", VALUELESS)
def test_an_option_without_its_value_says_so(arguments):
    run = bin_deploy(*([arguments] if isinstance(arguments, str) else arguments))
    wanted = f"bin/deploy: --build needs the name of a profile, such as `--build dev`{VALUELESS[arguments]}. `bin/deploy --help` says how it is used.\n"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", wanted)


def test_help_is_the_head_of_the_script_and_nothing_more():
    run = bin_deploy("--help")
    assert run.returncode == 0 and run.stdout.startswith("Puts latchkey live") and run.stdout.endswith("(binutils).\n"), run
    for option in ("--dry-run", "--build PROFILE", "--with-table"):
        assert option in run.stdout


# What somebody may have in their environment.
ENVIRONMENTS = {
    "CDPATH": {"CDPATH": "{elsewhere}"},
    "CDPATH with a dot": {"CDPATH": ".:{elsewhere}"},
    "BASH_ENV": {"BASH_ENV": "{elsewhere}/rc"},
    "ENV": {"ENV": "{elsewhere}/rc"},
    "SHELLOPTS": {"SHELLOPTS": "xtrace:noclobber:posix"},
    "BASHOPTS": {"BASHOPTS": "nocasematch:extglob:failglob"},
    "functions": {"BASH_FUNC_cd%%": "() { echo mine; }", "BASH_FUNC_sed%%": "() { echo mine; }"},
    "GREP_OPTIONS": {"GREP_OPTIONS": "-v --color=always", "GREP_COLORS": "mt=1"},
    "POSIXLY_CORRECT": {"POSIXLY_CORRECT": "1"},
    "ZIPOPT": {"ZIPOPT": "-0", "ZIP": "-0"},
    "the mailbox of a login shell": {"MAIL": "/var/mail/ada"},
    "names that we use": {"work": "{elsewhere}", "error": "{elsewhere}/error", "borrowed": "x", "doing": "x", "names": "x", "all": "x"},
    "a language": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
}


@pytest.mark.parametrize("what", ENVIRONMENTS)
def test_what_the_persons_environment_says_changes_nothing(tmp_path, what):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "bin").mkdir(parents=True)
    (elsewhere / "rc").write_text("echo mine; cd() { echo mine; }; set -o xtrace\n")
    there = sorted(elsewhere.iterdir())
    environment = {name: value.format(elsewhere=elsewhere) if "%%" not in name else value for name, value in ENVIRONMENTS[what].items()}
    for arguments in (["--help"], ["users/logn"], ["--fast"]):
        plain, theirs = bin_deploy(*arguments), bin_deploy(*arguments, **environment)
        # BASH_ENV is read before the first line of ours, and what it says cannot be unsaid. It does not speak for us.
        out = theirs.stdout.removeprefix("mine\n") if what == "BASH_ENV" else theirs.stdout
        err = "".join(line for line in theirs.stderr.splitlines(True) if not line.startswith("+") and "setlocale" not in line)
        assert (theirs.returncode, out, err) == (plain.returncode, plain.stdout, plain.stderr)
    assert sorted(elsewhere.iterdir()) == there


def test_neither_do_its_tools_read_what_is_the_persons(tmp_path):
    # Every tool that is called is a script of bash itself here, as version managers make them.
    (tmp_path / "rc").write_text("echo mine\n")
    shim = '#!/usr/bin/env bash\nenv | grep -E "^(BASH_ENV|ENV|CDPATH|GREP_OPTIONS|POSIXLY_CORRECT|ZIP|ZIPOPT|SHELLOPTS|MAIL)=" >>{0}/seen\nexec {1} "$@"\n'
    for tool in ("find", "sort", "cargo"):
        (tmp_path / tool).write_text(shim.format(tmp_path, shutil.which(tool)))
        (tmp_path / tool).chmod(0o755)
    environment = {name: str(tmp_path / "rc") for name in ("BASH_ENV", "ENV", "CDPATH", "GREP_OPTIONS", "POSIXLY_CORRECT", "ZIP", "ZIPOPT", "MAIL")}
    run = bin_deploy("users/logn", PATH=f"{tmp_path}:{os.environ['PATH']}", **environment)
    assert run.stderr.startswith('bin/deploy: There is no function "users-logn": there are account, admin, authorizer, events-send, home'), run
    assert not (tmp_path / "seen").read_text()


def test_curl_reads_no_curlrc():
    # Wherever a script of ours calls it: `-q` only counts as the first argument.
    calls = [call for name in SCRIPTS for call in re.findall(r"(?:^|[|;&(]|\bthen) *curl (\S+)", (ROOT / name).read_text(), re.M)]
    assert calls and set(calls) == {"-q"}


@pytest.mark.parametrize("place", ["CURL_HOME", "XDG_CONFIG_HOME", "HOME"])
def test_a_route_is_called_past_the_persons_curlrc(tmp_path, place):
    (tmp_path / ".curlrc").write_text('proxy = "http://127.0.0.1:9"\nsilent\n')
    (tmp_path / "curlrc").write_text((tmp_path / ".curlrc").read_text())
    server = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = """for name in CURL_HOME XDG_CONFIG_HOME; do if [[ $name != "$place" ]]; then unset $name; fi; done
    route=(); sleep() { :; }; call GET "$base" / NONE 1; curl -o /dev/null "$base/" || echo $?"""
    try:
        run = piece(script, {place: str(tmp_path)}, work=tmp_path, place=place, base=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
    # A curl that reads it has no proxy (7); ours got there.
    assert (run.returncode, run.stdout) == (0, "200 ok\n7\n"), run


def test_a_folder_with_spaces_and_another_way_to_call_it(tmp_path):
    folder = tmp_path / "my own $folder"
    for name in ("bin/deploy", "infra/deploy", "lambdas"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    for command in (["./bin/deploy"], ["bash", "bin/deploy"], ["sh", "bin/deploy"], [str(folder / "bin/deploy")]):
        run = subprocess.run([*command, "users/logn"], cwd=folder, capture_output=True, text=True, timeout=60)
        assert run.returncode == 1 and run.stderr.startswith('bin/deploy: There is no function "users-logn"'), run
    run = subprocess.run(["./deploy", "users/logn"], cwd=folder / "bin", capture_output=True, text=True, timeout=60)
    assert run.stderr.startswith('bin/deploy: There is no function "users-logn"'), run


def test_a_checkout_has_the_line_ends_of_the_project(tmp_path):
    # As git makes it on Windows, or where somebody has set it for all their projects.
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    command = ["git", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", "checkout-index", "--all", f"--prefix={tmp_path}/"]
    subprocess.run(command, cwd=ROOT, check=True)
    for name in filter(None, listed.split("\0")):
        assert b"\r\n" not in (tmp_path / name).read_bytes() or name.endswith(".png"), name


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_bash_of_macos_understands_it(script):
    text = (ROOT / script).read_text()
    assert lacking(text) == []
    assert set(unguarded(text)) <= NEVER_EMPTY


def test_every_script_leaves_the_persons_shell_behind():
    for name in (each for each in SCRIPTS if "/" in each and not each.endswith(".sh")):
        text = (ROOT / name).read_text()
        guard = 'case $- in *p*) ;; *) exec bash -p "$0" "$@" ;; esac\n'
        assert guard in text and text.index(guard) < text.index("\ncd "), name
        assert 'cd -- "$(dirname -- "$0")/.."\n' in text, name
        left = re.findall(r"^unset (.*)$", text, re.M)[0].split()
        assert {"BASH_ENV", "ENV", "CDPATH", "GREP_OPTIONS", "POSIXLY_CORRECT"} <= set(left), name
        assert text.index(guard) < text.index("\nunset ") < text.index("\ncd "), name


# What bash 3.2 does not know, and what looks like it and is known.
LACKING = [
    "mapfile -t lines <file", "readarray lines", "declare -A map", "local -A map=()", "typeset -gA map", "declare -g x", "local -n other=$1",
    'echo "${x,,}"', 'echo "${x,}"', "echo ${x^^}", "echo ${x^}", "echo ${x~~}", 'echo "${x@Q}"', 'echo "${x@U}"', "echo ${array[-1]}", "unset 'array[-1]'",
    "a |& b", "a &>>log", "a) b ;& b) c ;;", "a) b ;;& b) c ;;", "coproc cat", "wait -n", "wait -p pid", "printf -v 'array[0]' x", "printf -v array[i] x",
    "printf '%(%F)T' -1", "echo $EPOCHSECONDS", "echo ${EPOCHREALTIME}", "echo $BASHPID", "echo $SRANDOM", "echo $BASH_ARGV0", "[[ -v x ]]", "test -v x", "[ -v x ]",
    "[[ -R x ]]", "read -t 0.5 x", "read -N 1 x", "read -i text x", "shopt -s globstar", "shopt -s lastpipe", "shopt -s inherit_errexit", "shopt -s autocd",
    "echo {1..10..2}", "echo {01..10}", "exec {fd}>file", "echo $'\\u00e9'", "set -o pipefail; local -", "echo ${x: -3:-1}", "x=${x::-1}", "x=${x:1:-1}",
    "echo $(case $x in a) echo b ;; esac)", "help -d x", "ulimit -b", "trap - RETURN; BASH_XTRACEFD=3", "${!prefix@Q}",
]
KNOWN = [
    "echo ${#x}", "echo ${x%%,*}", 'echo "${x/,/;}"', "echo ${x//^/}", "echo ${x:-,}", "a || b", "a 2>&1 | b", "a &>log", "a >>log 2>&1", "a && b & b",
    "a) b ;; b) c ;;", "wait", 'wait "$pid"', "printf -v text %s x", "read -r -t 5 x", "declare -a list", "local name list=()", "[[ -n $x ]]", "[[ -z $x && -e y ]]",
    "echo ${array[0]} ${array[i - 1]} ${array[${#array[@]} - 1]}", "echo {1..3} {a,b}", "echo ${x: -3}", "echo ${x:1:2}", "# mapfile is not known", "echo 'x |& y'", "case $x in a) ;; (b) ;; esac",
    "echo ${!name} ${!array[@]}", "x+=y; list+=(z)", "cat <<<\"$x\"", "done < <(list)", "[[ $x =~ ^a ]]", "echo ${x#*@}", "awk '{ print $1 }'",
]
# Arrays whose expansion is an error in bash 3.2 if they are empty, because of `set -u`.
UNGUARDED = {'run "${list[@]}"': ["list"], "run ${list[*]}": ["list"], 'for x in "${a[@]}" "${b[@]}"; do': ["a", "b"], 'x=("${list[@]:1}")': ["list"]}
GUARDED = [
    'run "${list[@]+"${list[@]}"}"', 'run ${list[@]+"${list[@]}"}', "echo ${#list[@]}", 'for i in "${!list[@]}"; do', '# "${list[@]}"',
    'if ((${#list[@]})); then run "${list[@]}"; fi', '((${#list[@]} == 0)) || fail "$(listed "${list[@]}")"',
]


def test_what_bash_3_2_lacks_is_seen_and_nothing_else():
    assert [line for line in LACKING if not lacking(line)] == []
    assert [line for line in KNOWN if lacking(line)] == []
    assert {line: unguarded(line) for line in UNGUARDED} == UNGUARDED
    assert [line for line in GUARDED if unguarded(line)] == []


# --- bin/test


# Four test programs, three of which run beside the other: what each does is in a file of its name.
CARGO = """#!/bin/bash
case "$*" in
  *--doc*) echo "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out" ;;
  test*) for name in api guard new other; do
    echo '{"reason":"compiler-artifact","manifest_path":"FOLDER/Cargo.toml","target":{"kind":["test"],"name":"'$name'"},"profile":{"test":true},"executable":"FOLDER/'$name'"}'
  done ;;
  build*) echo '{"target":{"kind":["bin"]},"executable":"/bin/true"}' ;;
esac
"""
ONE_PASSES = "echo 'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out'"
PASSES = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out'"
FAILS = "echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out'; echo because; exit 1"
LASTS = "echo $$ >lasts; exec sleep 100"


def rehearse(folder, api, other):
    """`bin/test fast` where there is nothing to compile, and these are the tests."""
    (folder / "bin").mkdir()
    shutil.copy(ROOT / "bin/test", folder / "bin/test")
    scripts = {"api": api, "guard": ONE_PASSES, "new": ONE_PASSES, "other": other}
    programs = {name: f"#!/bin/bash\n{script}\n" for name, script in scripts.items()}
    for name, text in {"cargo": CARGO.replace("FOLDER", str(folder)), **programs}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return subprocess.Popen(
        [folder / "bin/test", "fast"], cwd=folder, env={"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )


def ended(run, folder):
    """What it has printed, and that nothing of what it started is left."""
    out = run.communicate(timeout=60)[0]
    if (folder / "lasts").exists():
        with pytest.raises(ProcessLookupError):
            os.killpg(os.getpgid(int((folder / "lasts").read_text())), 0)
    return out


def test_what_all_steps_count_is_one_line(tmp_path):
    run = rehearse(tmp_path, PASSES, PASSES)
    out = ended(run, tmp_path)
    assert run.returncode == 0 and out.endswith("\n7 passed, 0 failed\n"), out


def test_a_step_that_fails_ends_those_beside_it(tmp_path):
    run = rehearse(tmp_path, LASTS, f"while [ ! -e lasts ]; do sleep 0.1; done; {FAILS}")
    out = ended(run, tmp_path)
    assert run.returncode == 1 and "\nbecause\n" in out and out.endswith("== Rust: tests: failed (exit status 1)\n2 passed, 1 failed\n"), out


def test_a_step_that_fails_beside_others_fails_the_run(tmp_path):
    run = rehearse(tmp_path, FAILS, PASSES)
    out = ended(run, tmp_path)
    assert run.returncode == 1 and "\nbecause\n" in out and out.endswith("failed (exit status 1)\n4 passed, 1 failed\n"), out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_leaves_nothing_running(tmp_path, how):
    run = rehearse(tmp_path, LASTS, "sleep 100")
    while not (tmp_path / "lasts").exists():
        time.sleep(0.05)
    run.send_signal(how)
    out = ended(run, tmp_path)
    assert run.returncode == 128 + how and out.endswith("\n0 passed, 1 failed\n"), out
