"""Which program `bin/deploy` packs: the one that cargo has just built, whatever else the person's cargo is configured to do. A small
workspace stands for the project, so that each test compiles in a moment."""

import os
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from support import ROOT
from support.workplace import architecture

SOURCES = "say settings session functions build package cloud stack secrets check remove".split()
HERE, ELSEWHERE = ("x86_64", "aarch64") if architecture() == "x86_64" else ("aarch64", "x86_64")
TRIPLE, OTHER = f"{HERE}-unknown-linux-gnu", f"{ELSEWHERE}-unknown-linux-gnu"


class Project:
    """A workspace in a folder whose name has a space, as the project's is: functions in lambdas/, and the operator's program."""

    def __init__(self, folder):
        self.outside, self.folder = folder, folder / "a project"
        for path, name in (("lambdas/one", "one"), ("lambdas/users/two", "users-two"), ("bin/latchkey", "latchkey")):
            (self.folder / path / "src").mkdir(parents=True)
            (self.folder / path / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n')
        (self.folder / "Cargo.toml").write_text('[workspace]\nmembers = ["lambdas/one", "lambdas/users/two", "bin/latchkey"]\nresolver = "3"\n')
        self.says("old")
        self.run("cargo generate-lockfile --offline")

    def says(self, word):
        """What each of its programs prints."""
        for path in ("lambdas/one", "lambdas/users/two", "bin/latchkey"):
            (self.folder / path / "src/main.rs").write_text(f'fn main() {{ println!("{word}"); }}\n')

    def run(self, script, **environment):
        kept = ("HOME", "PATH", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN")
        values = {**{name: os.environ[name] for name in kept if name in os.environ}, **environment}
        sources = "\n".join(f"source infra/deploy/{name}.sh" for name in SOURCES)
        known = f"command=deploy dry_run= profile=dev stack=x region=eu-central-1 architecture={architecture()}"
        place = f"set -euo pipefail\n{sources}\n{known}\ncd {shlex.quote(str(self.folder))}"
        command = ["bash", "-pc", f"{place}\n{script}"]
        return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=300)

    def deploy(self, before="", **environment):
        """Builds and packs everything: what each program that was packed says, or why there is none."""
        out = self.outside / "packed"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        script = f'functions; workshop; {before}\noperator; "$latchkey"; build "${{all[@]}}"; package "${{all[@]}}"; cp "$work"/*.zip {shlex.quote(str(out))}'
        run = self.run(script, **environment)
        if run.returncode:
            return run
        said = {"latchkey": next(line for line in run.stdout.splitlines() if not line.startswith("   …"))}
        for zipped in out.glob("*.zip"):
            program = Path(zipfile.ZipFile(zipped).extract("bootstrap", out))
            program.chmod(0o755)
            said[zipped.stem] = subprocess.run([program], capture_output=True, text=True, check=True).stdout.strip()
        return said


NEW = {"latchkey": "new", "one": "new", "users-two": "new"}


@pytest.fixture
def project(tmp_path):
    """A project that was deployed once as it was, so that old programs lie where cargo usually puts them."""
    project = Project(tmp_path)
    assert project.deploy() == {name: "old" for name in NEW}
    project.says("new")
    return project


# How the person's cargo is configured, in the environment or in a file: of the project, of a folder above it, of cargo's home.
TOLD = {
    "nothing": ({}, None, ""),
    "CARGO_BUILD_TARGET": ({"CARGO_BUILD_TARGET": TRIPLE}, None, ""),
    "CARGO_BUILD_TARGET that is another machine's": ({"CARGO_BUILD_TARGET": OTHER}, None, ""),
    "CARGO_TARGET_DIR": ({"CARGO_TARGET_DIR": "another target"}, None, ""),
    "CARGO_BUILD_TARGET_DIR": ({"CARGO_BUILD_TARGET_DIR": "another target"}, None, ""),
    "build.target in the project": ({}, "project", f'[build]\ntarget = "{TRIPLE}"\n'),
    "build.target of another machine": ({}, "project", f'[build]\ntarget = "{OTHER}"\n'),
    "build.target of another C library": ({}, "above", f'[build]\njobs = 1\ntarget = ["{HERE}-unknown-linux-musl"]\n'),
    "build.target with a dot": ({}, "home", f'build.target = "{TRIPLE}"\n'),
    "build.target within braces": ({}, "above", f'build = {{ jobs = 1, target = "{TRIPLE}" }}\n'),
    "build.target in cargo's home": ({}, "home", f'[ "build" ]\n"target" = "{OTHER}"\n'),
    "target-dir in the project": ({}, "project", '[build]\ntarget-dir = "another target"\n'),
    "target-dir above it": ({}, "above", '[build]\ntarget-dir = "another target"\n'),
    "target-dir in cargo's home": ({}, "home", '[build]\ntarget-dir = "another target"\n'),
    "both": ({"CARGO_BUILD_TARGET": OTHER}, "project", '[build]\ntarget-dir = "another target"\n'),
    "a target that is only described": ({}, "project", f'[target.{OTHER}]\nlinker = "none"\n'),
    "colours": ({"CARGO_TERM_COLOR": "always"}, None, ""),
}


@pytest.mark.parametrize("told", TOLD)
def test_what_is_packed_is_what_was_built_however_cargo_is_configured(project, told):
    environment, place, text = TOLD[told]
    home = project.outside / "cargo home"
    places = {"project": project.folder / ".cargo", "above": project.outside / ".cargo", "home": home}
    if place:
        places[place].mkdir()
        (places[place] / "config.toml").write_text(text)
    if place == "home":
        environment = {**environment, "CARGO_HOME": str(home)}
    assert project.deploy(**environment) == NEW


def test_a_file_that_this_build_did_not_name_is_not_packed(project):
    # Cargo succeeds and says nothing; the old program lies where it would put a new one.
    silent = 'cargo() { if [[ $* == *"--bin one"* ]]; then return; fi; command cargo "$@"; }'
    run = project.deploy(before=silent)
    assert run.stderr.endswith(
        "bin/deploy: Cargo does not say where it has put the program of one, and no other file is taken for it. Nothing was uploaded or changed.\n"
    ), run
    assert (project.folder / "target/debug/one").exists()


def test_a_program_for_another_machine_is_not_packed(project):
    # As it would be where cargo gets its target in a way that nobody thought of.
    run = project.deploy(before='names_target() { return 1; }; readelf() { command readelf "$@" | sed "s/Machine: .*/Machine: RISC-V/"; }')
    assert f"bin/deploy: The program of one is for RISC-V, and ARCHITECTURE is {architecture()}: look for a target" in run.stderr, run


def test_a_function_that_does_not_compile_is_named_whatever_its_colour(project):
    (project.folder / "lambdas/users/two/src/main.rs").write_text("fn main() { nothing }\n")
    run = project.deploy(CARGO_TERM_COLOR="always")
    assert "bin/deploy: Cargo does not build users-two; the reason is above." in run.stderr, run
    assert "cannot find value" in run.stderr


# What stands in for cargo-lambda: it writes down its arguments, lets cargo build for this machine, and moves the programs to
# where the real one puts them.
CARGO_LAMBDA = """#!/bin/sh
if [ "$2" = --version ]; then exit; fi
echo "$*" >>{folder}/told
while [ $# -gt 0 ]; do
  case $1 in
    lambda | build | --arm64 | --x86-64) ;;
    --output-format) shift ;;
    --lambda-dir) lambda=$2; shift ;;
    *) rest="$rest $1" ;;
  esac
  shift
done
cargo build $rest >{folder}/messages || exit
cat {folder}/messages
sed -nE 's/.*"name":"([^"]+)",.*"executable":"([^"]+)".*/\\1 \\2/p' {folder}/messages | while read -r name file; do
  mkdir -p "$lambda/$name" && mv "$file" "$lambda/$name/bootstrap"
done
"""


def test_another_machine_s_functions_are_built_by_cargo_lambda_and_taken_from_where_it_puts_them(project):
    tools = project.outside / "tools"
    tools.mkdir()
    (tools / "cargo-lambda").write_text(CARGO_LAMBDA.format(folder=tools))
    (tools / "cargo-lambda").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    # This machine is another one than the functions are for.
    assert project.deploy(before="host() { echo other-unknown-linux-gnu; }", PATH=path) == NEW
    [told] = (tools / "told").read_text().splitlines()
    machine = {"x86_64": "--x86-64", "arm64": "--arm64"}[architecture()]
    assert told.startswith(f"lambda build {machine} --output-format binary --lambda-dir "), told
    assert told.endswith(" --locked --profile dev --workspace --bin one --bin users-two --message-format json-render-diagnostics")


def test_a_first_look_needs_nothing_compiled_again_and_what_ships_has_nothing_more_in_it(project):
    # What a function gets from cargo depends on the packages that are named beside it.
    log = project.outside / "told"
    told = f'cargo() {{ echo "$*" >>{shlex.quote(str(log))}; command cargo "$@"; }}'
    assert project.deploy(before=told) == NEW
    assert project.deploy(before=f"{told}; profile=release") == NEW
    operators, dev, release = (re.findall(r"--package (\S+)", line) for line in sorted(set(log.read_text().splitlines()), key=len) if "--bin" in line)
    assert (operators, dev, release) == ([], [], ["one", "users-two"])


# An AWS with a bucket, or without one; `calls` is what it was asked, and `sent` is there when something was uploaded.
AWS = """#!/bin/sh
echo "$2" >>{folder}/calls
case $2 in
  head-bucket) {bucket} ;;
  put-object) : >{folder}/sent ;;
esac
"""
# A build that waits until something was uploaded, and fails if that never happens.
WAITS = """fn main() {{
    let sent = std::path::Path::new("{folder}/sent");
    let there = (0..600).any(|_| sent.exists() || {{ std::thread::sleep(std::time::Duration::from_millis(100)); false }});
    assert!(there && !{fails}, "it ends here");
}}
"""


@pytest.fixture
def aws(project):
    """Puts an AWS before the real one: what it was asked, when a script was run."""
    tools = project.outside / "tools"
    tools.mkdir()

    def run(script, bucket="true"):
        (tools / "aws").write_text(AWS.format(folder=tools, bucket=bucket))
        (tools / "aws").chmod(0o755)
        (tools / "calls").write_text("")
        run = project.run(
            f"account=1 bucket=b; functions; workshop; {script}", PATH=f"{tools}:{os.environ['PATH']}", CARGO_BUILD_JOBS="2",
        )
        return run, (tools / "calls").read_text().split()

    return run


def waits(project, fails="false"):
    text = WAITS.format(folder=project.outside / "tools", fails=fails)
    (project.folder / "lambdas/users/two/build.rs").write_text(text)


def test_what_is_built_is_uploaded_while_the_rest_compiles(project, aws):
    waits(project)
    run, calls = aws('build "${all[@]}"; package "${all[@]}"; upload "${all[@]}"')
    assert run.returncode == 0 and run.stdout.endswith("== Uploading\n   one\n   users-two\n"), run
    assert calls.count("put-object") == 2 and calls.count("list-objects-v2") == 1, calls
    # What fails after that does not say that nothing was uploaded.
    project.says("newer")
    waits(project, fails="true")
    (project.outside / "tools/sent").unlink()
    run, _ = aws('build "${all[@]}"')
    assert "it ends here" in run.stderr
    assert run.stderr.endswith("bin/deploy: Cargo does not build users-two; the reason is above. What is live was not changed.\n"), run


@pytest.mark.parametrize(("why", "script", "bucket", "asked"), [
    ("there is no bucket yet", "", "echo 'An error occurred (404)' >&2; exit 254", {"head-bucket"}),
    ("it is a dry run", "dry_run=yes", "true", set()),
])
def test_nothing_is_uploaded_before_all_is_built_if(aws, why, script, bucket, asked):
    run, calls = aws(f'{script}\nbuild "${{all[@]}}"; package "${{all[@]}}"', bucket)
    assert run.returncode == 0 and set(calls) <= asked, (run, calls)


def test_a_program_that_was_packed_before_is_not_packed_again(project):
    log = project.outside / "zipped"
    log.write_text("")
    counted = f'zip() {{ echo "$PWD" >>{shlex.quote(str(log))}; command zip "$@"; }}'
    for word, zipped in (("new", 2), ("new", 2), ("old", 4)):
        project.says(word)
        assert project.deploy(before=counted) == {name: word for name in NEW}
        assert len(log.read_text().splitlines()) == zipped, (word, log.read_text())
    # What ships is packed more tightly.
    assert project.deploy(before=f"{counted}; profile=release") == {name: "old" for name in NEW}
    assert len(log.read_text().splitlines()) == 6


def test_a_quote_in_the_name_of_a_folder_is_a_quote(tmp_path):
    folder = tmp_path / 'my "own" folder'
    folder.mkdir()
    project = Project(folder)
    assert project.deploy() == {name: "old" for name in NEW}
