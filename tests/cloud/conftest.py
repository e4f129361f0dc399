"""What the tests share: the places where latchkey runs, each started once."""

import os
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from support import cli
from support.agent import Service
from support.emulator import Emulator
from support.issuer import Issuer
from support.local import LocalCloud
from support.operators import Operator
from support.provider import Provider
from support.workplace import Run, Workplace

STACK = "latchkey-tests"
# Another one, which has what is off there.
EQUIPPED = "latchkey-gate"
# Where the deployed latchkey says it lives; it is called at the emulator's address of its API.
HOME = "https://latchkey.test"
SECRET = "certified-canary-0123456789"
# From whom mails are.
SENDER = "login@example.com"


@dataclass
class Deployment:
    """The whole stack in the emulator, and what `bin/deploy` said when it was made."""

    emulator: Emulator
    workplace: Workplace
    settings: dict
    first: Run
    service: Service

    def deploy(self, *arguments, **more):
        return self.workplace.deploy(*arguments, **{**self.settings, **more})

    def aws(self, service, operation, **parameters):
        return self.emulator.aws(service, operation, **parameters)

    def code(self):
        """The digest of what each function runs."""
        listed = self.aws("lambda", "list_functions")["Functions"]
        return {each["FunctionName"].removeprefix(f"{STACK}-"): each["CodeSha256"] for each in listed}


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    emulator = Emulator(tmp_path_factory.mktemp("emulator"))
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def tools():
    """A folder to put before PATH, which has the AWS CLI that is loaded already."""
    with cli.loaded() as folder:
        yield folder


@pytest.fixture(scope="session")
def workplace(tools):
    return Workplace(tools)


@contextmanager
def deployed(emulator, workplace, stack, **more):
    """The stack as `bin/deploy` makes it where nothing is, with a provider that lets tests in."""
    provider = Provider("latchkey", SECRET, f"{HOME}/users/login/certified/callback")
    settings = {
        **emulator.environment(),
        "STACK": stack,
        "BASE_URL": HOME,
        "PROVIDERS": "certified",
        "CERTIFIED_ISSUER": provider.issuer,
        "CERTIFIED_CLIENT_ID": "latchkey",
        "CERTIFIED_CLIENT_SECRET": SECRET,
        "CERTIFIED_AUTHORITATIVE_FOR": "example.com",
        "ADMINS": "ada@example.com",
        **more,
    }
    try:
        first = workplace.deploy(**settings).expect(0)
        print(first.out)
        # What others left in this account is none of it.
        [api] = [each for each in emulator.aws("apigatewayv2", "get_apis")["Items"] if each["Name"] == stack]
        key = emulator.aws("secretsmanager", "get_secret_value", SecretId=f"{stack}/cookie-key")["SecretString"]
        yield Deployment(emulator, workplace, settings, first, Service(api["ApiEndpoint"], cookie_key=key))
    finally:
        provider.stop()


@pytest.fixture(scope="session")
def deployment(emulator, workplace):
    with deployed(emulator, workplace, STACK) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    """An emulator of its own: the tests of bin/deploy count what is there."""
    emulator = Emulator(tmp_path_factory.mktemp("cloud"))
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def phone():
    """A provider from which apps have tokens already, and a platform on which programs run."""
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="session")
def equipped(cloud, workplace, phone):
    """A stack that has everything on: all ways in, mails, what shops and systems of the team are told, tokens of others, and a gate that
    refuses revoked ones. SES has verified the domain of the sender, and is in its sandbox, as everybody's is at first."""
    cloud.aws("sesv2", "create_email_identity", EmailIdentity=SENDER.split("@")[1])
    about = {"MailType": "TRANSACTIONAL", "WebsiteURL": HOME, "UseCaseDescription": "sign-in"}
    cloud.aws("sesv2", "put_account_details", **about, ProductionAccessEnabled=False)
    theirs = {"PHONE_ISSUER": phone.url, "PHONE_CLIENT_ID": "latchkey", "PHONE_CLIENT_SECRET": SECRET}
    ways = dict.fromkeys(["PASSWORDS", "PASSKEYS", "SECOND_FACTORS", "WEBHOOKS", "EVENTS", "FOREIGN_TOKENS", "MAILED_SIGN_IN"], "on")
    on = {**ways, "MAIL": "ses", "MAIL_FROM": SENDER, "REVOCATION": "closed", "PROVIDERS": "certified,phone"}
    with deployed(cloud, workplace, EQUIPPED, **on, **theirs) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def operator(equipped, tools, tmp_path_factory):
    """Somebody who operates the stack that has everything on."""
    return Operator(equipped, tools, tmp_path_factory.mktemp("operator"), EQUIPPED, ["events-key", "webhook-key"])


@pytest.fixture(scope="session")
def local(tmp_path_factory):
    cloud = LocalCloud(tmp_path_factory.mktemp("local"))
    yield cloud.service
    cloud.stop()


def pytest_generate_tests(metafunc):
    """A test of the API runs against every place; with LATCHKEY_URL, against that one alone."""
    if "service" in metafunc.fixturenames:
        places = ["given"] if "LATCHKEY_URL" in os.environ else ["local", "deployed"]
        metafunc.parametrize("service", places, indirect=True, scope="session")


@pytest.fixture(scope="session")
def service(request):
    """Where latchkey answers. A real deployment's provider lets no test in: anyone who runs it may lend a token of theirs in
    LATCHKEY_TOKEN."""
    match request.param:
        case "local":
            return request.getfixturevalue("local")
        case "deployed":
            return request.getfixturevalue("deployment").service
    return Service(os.environ["LATCHKEY_URL"], token=os.environ.get("LATCHKEY_TOKEN", ""), people=False)


@pytest.fixture
def people(service):
    """The service, if its provider lets tests in as anybody."""
    if not service.people:
        pytest.skip("the provider of a real deployment lets no test in")
    return service


@pytest.fixture(scope="session")
def admin(service):
    """The access token of somebody who may list the users."""
    if not service.people and not service.token:
        pytest.skip("LATCHKEY_TOKEN holds no access token of an administrator")
    return service.token or service.program().sign_in("ada").expect(200).json()["jwt"]
