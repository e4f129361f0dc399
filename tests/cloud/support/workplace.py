"""A copy of the project to deploy from, so that a test can change the code and no `.env.local` is read; and `bin/deploy`
in it."""

import json
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import ROOT
from .emulator import REGION, TOOLS

PATIENCE = 1200

# A resource that AWS takes in a template, and then cannot make.
BROKEN = """\
  Broken:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties:
      SecretId: none
      TargetId: none
      TargetType: AWS::RDS::DBInstance
"""


@dataclass
class Run:
    status: int
    out: str
    err: str

    def sentence(self):
        """The one sentence about what failed."""
        said = [line.removeprefix("bin/deploy: ") for line in self.err.splitlines() if line.startswith("bin/deploy: ")]
        assert len(said) == 1, f"not one sentence:\n{self.out}\n{self.err}"
        return said[0]

    def expect(self, status):
        assert self.status == status, f"exit status {self.status}\n{self.out}\n{self.err}"
        return self


class Workplace:
    """The copy is always at the same place below cargo's target folder. Its files have the times of the project's, and cargo's
    folder for what it makes is the project's: what was compiled for the project is not compiled again. `tools` is a folder whose
    programs come before those of the tests' environment. Each of those who run tests at the same time has a copy of their own, by
    a name in WORKPLACE."""

    def __init__(self, tools):
        self.tools = tools
        self.target = Path(_metadata()["target_directory"])
        self.name = os.environ.get("WORKPLACE", "deploy")
        self.folder = self.target / "cloud-tests" / self.name
        self.restore()

    def programs(self):
        return self.target / "cloud-tests" / f"{self.name}-target"

    def become(self, *changes):
        """Makes it what the project is, but for these changes: each a file, what is in it, and what is to be there instead. What it
        is already, cargo does not compile again."""
        if self.changes != list(changes):
            self.restore()
            for change in changes:
                self.change(*change)

    def restore(self):
        """Makes it what the project is."""
        self.changes = []
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )
        wanted = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
        there = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
        for name in there - wanted:
            (self.folder / name).unlink()
        for name in wanted:
            ours, copy = ROOT / name, self.folder / name
            if not copy.exists() or _time(copy) != _time(ours) or copy.read_bytes() != ours.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ours, copy)

    def change(self, name, old, new):
        text = (self.folder / name).read_text()
        assert old in text, f"{name} does not hold {old!r}"
        self.changes.append((name, old, new))
        self._set_apart(self.folder / name)
        (self.folder / name).write_text(text.replace(old, new, 1))

    def _set_apart(self, file):
        """Gives the file's package a version of its own, by which cargo tells what it makes of it, and of what depends on it, from
        what it makes of the project's."""
        manifest = next(folder / "Cargo.toml" for folder in file.parents if (folder / "Cargo.toml").exists())
        text, version = manifest.read_text(), f"0.0.0-{self.name}"
        package = re.search(r'^name = "(.+)"$', text, re.M)[1]
        manifest.write_text(re.sub(r"^version\b.*", f'version = "{version}"', text, count=1, flags=re.M))
        lock = self.folder / "Cargo.lock"
        lock.write_text(re.sub(rf'(\nname = "{package}"\nversion = )"[^"]+"', rf'\1"{version}"', lock.read_text()))

    def aws_that(self, folder, does):
        """Puts an `aws` into the folder that does this in the shell and then is the AWS CLI: the folder, to put before PATH."""
        (folder / "aws").write_text(f'#!/bin/sh\n{does}\nexec {self.tools}/aws "$@"\n')
        (folder / "aws").chmod(0o755)
        return f"{folder}:"

    def deploy(self, *arguments, stdin="", path="", command=None, **environment):
        """Runs `bin/deploy`. `path` is put before PATH; a variable set to None is left out."""
        # The last one tells what was compiled with it from what was compiled without.
        kept = ("HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_INCREMENTAL")
        values = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": f"{path}{self.tools}:{TOOLS}:{os.environ['PATH']}",
            # Programs lie apart, because those of the project have the same names.
            "CARGO_BUILD_BUILD_DIR": str(self.target),
            "CARGO_TARGET_DIR": str(self.programs()),
            "REGION": REGION,
            "ARCHITECTURE": architecture(),
            "BUILD": "dev",
            **environment,
        }
        run = subprocess.run(
            [*(command or [self.folder / "bin/deploy"]), *arguments], input=stdin, capture_output=True, text=True, timeout=PATIENCE,
            env={name: value for name, value in values.items() if value is not None},
        )
        # How long something took differs from run to run.
        return Run(run.returncode, re.sub(r"^   (?:done in|…|.* built after) \d+ s.*\n", "", run.stdout, flags=re.M), run.stderr)


def _time(file):
    return file.stat().st_mtime_ns


def architecture():
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


# There only with a setting.
OFF = ["events-send", "mail-send", "users-factor", "users-mailed", "users-passkey", "users-password", "webhooks"]


def deployed():
    """The functions that the stack has where nobody turned anything on, by name."""
    return [name for name in functions() if name not in OFF]


def camel(name):
    """As the template has it."""
    return "".join(word.capitalize() for word in re.findall("[A-Za-z0-9]+", name))


def functions():
    """The functions that there are, by name."""
    manifests = (ROOT / "lambdas").rglob("Cargo.toml")
    return sorted(re.search(r'^name = "(.+)"$', manifest.read_text(), re.M)[1] for manifest in manifests)


def _metadata():
    run = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    return json.loads(run.stdout)
