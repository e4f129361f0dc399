"""The examples that need Python, or an AWS: each is started by its one command, in a copy of the folder."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from support import ROOT
from support.agent import ask
from support.local import LocalCloud
from support.person import Person
from support.pets import AUDIENCE, BINARY
from support.process import Process, free_port

MADE = shutil.ignore_patterns("node_modules", ".local", ".venv")


class Examples:
    """They are beside a local cloud, as a clone has them, but with the packages that the tests have already."""

    def __init__(self, folder, latchkey):
        self.folder, self.latchkey = folder, latchkey
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=MADE)
        (folder / "examples/node_modules").symlink_to(ROOT / "tests/node_modules")
        (folder / "examples/python/.venv").symlink_to(Path(sys.prefix))
        self.api_port = free_port()

    def environment(self, **more):
        own = {"LATCHKEY_BIN": str(BINARY), "LATCHKEY_HOME": str(self.folder / "home"), "PATH": os.environ["PATH"]}
        return {**own, "API_URL": f"http://localhost:{self.api_port}", **more}

    def run(self, *words, **environment):
        run = subprocess.run(
            [self.folder / "examples/run", *words], env=self.environment(**environment), capture_output=True, text=True, timeout=300,
        )
        assert run.returncode == 0, run
        return run.stdout

    @contextmanager
    def started(self, name, port):
        """One that listens, once it does."""
        process = Process(
            [self.folder / "examples/run", name], env=self.environment(EXAMPLE_PORT=str(port)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )
        try:
            assert " is at http://localhost:" in process.line()
            process.wait_for(port)
            yield f"http://localhost:{port}"
        finally:
            process.stop()

    def client(self, *words):
        """What `latchkey client …` prints, as names and values."""
        run = subprocess.run([BINARY, "client", *words], cwd=self.folder, env=self.environment(), capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return dict(re.findall(r"^(CLIENT_\w+)=(.*)$", run.stdout, re.M))

    def token(self, client, **fields):
        answer = requests.post(
            f"{self.latchkey.url}/oauth/token", {"grant_type": "client_credentials", **fields},
            auth=(client["CLIENT_ID"], client["CLIENT_SECRET"]), timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    cloud = LocalCloud(folder)
    try:
        yield Examples(folder, cloud.service)
    finally:
        cloud.stop()


def test_a_server_in_python_signs_a_person_in_calls_its_api_renews_and_signs_out(examples):
    with examples.started("api", examples.api_port), examples.started("python", free_port()) as home:
        ada, app = Person(examples.latchkey), requests.Session()
        go = lambda url: app.get(url, allow_redirects=False, timeout=60)
        press = lambda path: app.post(home + path, allow_redirects=False, timeout=60)
        assert "You are not signed in." in go(home).text
        back = ada.follow(go(f"{home}/sign-in").headers["location"])
        assert go(back).headers["location"] == "/"
        assert "Hello, Ada Lovelace" in go(home).text
        assert "eyJ" not in str(app.cookies), "tokens stay on the server"
        first = press("/call").text
        assert "&#34;client_id&#34;" in first, first
        assert press("/renew").headers["location"] == "/"
        assert press("/call").text == first
        bye = ada.follow(press("/sign-out").headers["location"])
        assert bye == f"{home}/" and "You are not signed in." in go(bye).text
        # Nobody is signed in at latchkey either.
        asked = go(f"{home}/sign-in").headers["location"]
        assert "error=login_required" in ada.follow(f"{asked}&prompt=none")


def test_a_gateway_of_aws_verifies_by_itself_what_latchkey_issues(examples, emulator, tools):
    printed = examples.run("api-gateway", **{**emulator.environment(), "PATH": f"{tools}:{os.environ['PATH']}"})
    url = re.search(r"The API is at (\S+)", printed)[1]
    get = lambda token: ask("GET", f"{url}/pets", {"authorization": f"Bearer {token}"} if token else {})
    service = ["add", "service", "Job", "--audience", AUDIENCE, "--scope", "pets:read"]
    job = examples.client(*service)
    answer = get(examples.token(job, scope="pets:read")).expect(200).json()
    assert (answer["pets"], answer["client_id"]) == (["Rex", "Tom"], job["CLIENT_ID"])
    other = ["--audience", "https://other.example.com", "--scope", "other:read"]
    examples.client("add", "api", "Other", *other)
    both = examples.client(*service, *other)
    refused = {
        "no token": (None, 401),
        "for another API": (examples.token(both, scope="other:read", resource=other[1]), 401),
        "forged": (examples.token(job, scope="pets:read")[:-8] + "AAAAAAAA", 401),
    }
    for what, (token, status) in refused.items():
        assert get(token).status == status, what
    # The gateway takes an ID token for an access token, and only a scope tells them apart.
    app = examples.client("add", "web", "App", "--redirect-uri", "https://app.example.com/cb", "--audience", AUDIENCE)
    assert get(person_token(examples, app)).status == 403
    # Others count what is in this account.
    emulator.aws("cloudformation", "delete_stack", StackName="latchkey-example-api")


def person_token(examples, app):
    """The access token of a person who has no role with the scope of the API."""
    verifier, challenge = "v" * 43, "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
    query = f"client_id={app['CLIENT_ID']}&redirect_uri=https://app.example.com/cb&response_type=code&scope=openid"
    back = Person(examples.latchkey).follow(
        f"{examples.latchkey.url}/oauth/authorize?{query}&resource={AUDIENCE}&code_challenge={challenge}&code_challenge_method=S256"
    )
    code = re.search(r"code=([^&]+)", back)[1]
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": "https://app.example.com/cb"}
    return examples.token(app, **fields)


def test_the_template_of_the_gateway_has_no_mistake_that_the_emulator_overlooks():
    run = subprocess.run([Path(sys.executable).parent / "cfn-lint", ROOT / "examples/api-gateway/template.yaml"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
