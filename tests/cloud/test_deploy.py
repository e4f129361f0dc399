"""`bin/deploy` against the emulator: what it makes, what it changes, what it leaves alone, and what it takes away. The tests
run in this order, on one stack."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import time
import zipfile

import pytest

from conftest import HOME, SECRET, STACK
from support import ROOT
from support.emulator import REGION, TOOLS
from support.terminal import at_terminal
from support.tokens import Signer
from support.workplace import BROKEN, camel, deployed

LIST = ROOT / "tests/cloud/resources.txt"
# The functions that a schedule or the queue invokes.
EVENTS = ["KeysRotate", "LogoutNotify"]
BUCKET = f"{STACK}-code-000000000000-{REGION}"

MANAGE = "lambdas/manage/src/lib.rs"
FEWER = (MANAGE, "const MOST: u32 = 100;", "const MOST: u32 = 50;")
# Only where it is deployed: what fails everywhere is found before anything is deployed.
OF_NO_USE = (
    MANAGE, "async fn init(env: &Env) -> Result<Self> {",
    'async fn init(env: &Env) -> Result<Self> {\n        if env.get(&setting::DYNAMODB_ENDPOINT)?.is_none() { return Err("of no use".into()); }',
)


@pytest.fixture(autouse=True)
def code(request, deployment):
    """What is deployed is the project, with the changes of the test's mark, whatever the tests before it have left."""
    mark = request.node.get_closest_marker("changes")
    deployment.workplace.become(*(mark.args if mark else ()))


def resources(deployment):
    found, more = [], {}
    while True:
        page = deployment.aws("cloudformation", "list_stack_resources", StackName=STACK, **more)
        found += [f"{each['LogicalResourceId']} {each['ResourceType']}" for each in page["StackResourceSummaries"]]
        if "NextToken" not in page:
            return sorted(found)
        more = {"NextToken": page["NextToken"]}


def wanted():
    """What the list names, and what every function and every route has."""
    lines = LIST.read_text().splitlines()
    for name in map(camel, deployed()):
        lines += [f"{name}Function AWS::Lambda::Function", f"{name}Role AWS::IAM::Role", f"{name}Log AWS::Logs::LogGroup"]
        # Those that no gateway asks are listed with what invokes them.
        if name not in EVENTS:
            lines.append(f"{name}Permission AWS::Lambda::Permission")
        if name not in ("Authorizer", *EVENTS):
            lines.append(f"{name}Integration AWS::ApiGatewayV2::Integration")
    for method, path in re.findall(r"RouteKey: '?([A-Z]+) (/[^'\n]*)", (ROOT / "infra/template.yaml").read_text()):
        lines.append(f"{camel(method)}{camel(path) or 'Root'}Route AWS::ApiGatewayV2::Route")
    return sorted(lines)


def state(deployment):
    """Whatever a deployment could change."""
    secrets = deployment.aws("secretsmanager", "list_secrets")["SecretList"]
    return (
        deployment.aws("cloudformation", "describe_stacks", StackName=STACK)["Stacks"],
        deployment.aws("cloudformation", "list_change_sets", StackName=STACK)["Summaries"],
        deployment.aws("s3", "list_objects_v2", Bucket=BUCKET)["Contents"],
        [(each["Name"], each["SecretVersionsToStages"]) for each in secrets],
        [(each["FunctionName"], each["RevisionId"]) for each in deployment.aws("lambda", "list_functions")["Functions"]],
    )


def test_the_stack_is_this_and_nothing_else(deployment):
    # #107: what is neither listed nor belongs to a function or a route was not asked for.
    found = resources(deployment)
    if found != wanted():
        (deployment.workplace.target / "resources.txt").write_text("\n".join(found) + "\n")
    assert found == wanted(), f"what was found is in {deployment.workplace.target}/resources.txt"


def test_it_says_step_by_step_what_it_does_and_what_comes_next(deployment):
    steps = re.findall(r"^== (\w+)", deployment.first.out, re.M)
    wanted = [STACK.split("-")[0], "Settings", "Building", "Packing", "Making", "Uploading", "Stack", "Starting", "Calling", "Live"]
    assert steps == wanted
    assert f"RedirectUris  {HOME}/users/login/certified/callback" in deployment.first.out
    [api] = deployment.aws("apigatewayv2", "get_apis")["Items"]
    for route in deployment.aws("apigatewayv2", "get_routes", ApiId=api["ApiId"])["Items"]:
        assert re.search(rf" ok  {re.escape(route['RouteKey'])}$", deployment.first.out, re.M), route


def test_every_function_of_lambdas_is_deployed(deployment):
    assert sorted(deployment.code()) == deployed()


def test_nobody_outside_can_read_the_bucket(deployment):
    blocked = deployment.aws("s3", "get_public_access_block", Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4 and all(blocked.values())
    rules = deployment.aws("s3", "get_bucket_encryption", Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    assert rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_no_function_has_a_secret_in_its_environment(deployment):
    # #106
    listed = deployment.aws("lambda", "list_functions")["Functions"]
    assert SECRET not in str(listed)
    readers = {}
    for function in listed:
        for name, value in function["Environment"]["Variables"].items():
            if value.startswith("arn:aws:secretsmanager:"):
                readers.setdefault(name, set()).add(function["FunctionName"].removeprefix(f"{STACK}-"))
    assert readers["CERTIFIED_CLIENT_SECRET"] == {"users-login-callback"}
    assert readers["SIGNING_KEYS"] == {"keys-rotate", "logout-notify", "oauth-token", "users-login-callback", "users-token"}


def test_the_same_code_is_the_same_zip_and_nothing_is_done_twice(deployment):
    before = state(deployment)
    # Packed again, too.
    shutil.rmtree(deployment.workplace.programs() / "packed")
    again = deployment.deploy().expect(0)
    assert re.search(r"== Uploading\n== Stack\n   nothing to change\n== Starting", again.out), again.out
    assert state(deployment) == before


def test_no_program_holds_the_place_where_it_was_built(deployment):
    # So it is the same to the bit wherever the project lies.
    for name, digest in deployment.code().items():
        key = f"{name}/{base64.b64decode(digest).hex()}.zip"
        code = deployment.aws("s3", "get_object", Bucket=BUCKET, Key=key)["Body"].read()
        program = zipfile.ZipFile(io.BytesIO(code)).read("bootstrap")
        for place in (ROOT, deployment.workplace.folder, deployment.workplace.target):
            assert str(place).encode() not in program, f"{name} holds {place}"


def test_the_authorizer_has_in_it_what_the_settings_ask_for(deployment):
    # Neither ISSUERS nor REVOCATION is set, so the code for that is left out; where it is asked for, it is another zip.
    before = state(deployment)
    whole = deployment.deploy("--dry-run", REVOCATION="closed").expect(0).out
    assert "authorizer: its code" in whole and "users-me: nothing" in whole
    assert "Modify AuthorizerFunction (AWS::Lambda::Function)" in whole
    # Deployed alone, its settings are those that are live.
    alone = deployment.deploy("--dry-run", "authorizer", REVOCATION="closed").expect(0).out
    assert alone.endswith("== This would change\n   authorizer: nothing, this code is live\n")
    assert state(deployment) == before


def test_an_authorizer_built_without_a_feature_it_needs_does_not_start(deployment, tmp_path):
    # #78: it must not look as if it asked the table, or refuse the tokens of an issuer that its settings accept.
    live = deployment.aws("lambda", "get_function_configuration", FunctionName=f"{STACK}-authorizer")
    [stack] = deployment.aws("cloudformation", "describe_stacks", StackName=STACK)["Stacks"]
    keys = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    code = deployment.aws("s3", "get_object", Bucket=BUCKET, Key=keys["AuthorizerCode"])["Body"].read()
    zipfile.ZipFile(io.BytesIO(code)).extract("bootstrap", tmp_path)
    (tmp_path / "bootstrap").chmod(0o755)
    for setting, feature in (("REVOCATION=closed", "revocation"), ("ISSUERS=auth0", "issuers")):
        name, value = setting.split("=")
        run = subprocess.run(
            [tmp_path / "bootstrap"], capture_output=True, text=True, timeout=60,
            # Nobody listens there, so it ends by itself.
            env={**live["Environment"]["Variables"], "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
                 "AWS_LAMBDA_FUNCTION_NAME": "authorizer", "AWS_LAMBDA_FUNCTION_VERSION": "1",
                 "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", name: value},
        )
        assert run.returncode and f"was built without the feature `{feature}`" in run.stdout + run.stderr, run


def value(deployment, name):
    return deployment.aws("secretsmanager", "get_secret_value", SecretId=f"{STACK}/{name}")["SecretString"]


def instead(deployment, folder, call, does, once=False):
    """A folder to put before PATH, whose `aws` does something else than the AWS CLI when it is called like this; perhaps
    the first time only."""
    done = f"[ ! -e {folder}/done ] && : >{folder}/done" if once else "true"
    return deployment.workplace.aws_that(folder, f'case "$*" in *{call}*) if {done}; then\n{does}\nfi;; esac')


def refuses(error, operation):
    return f"echo 'An error occurred ({error}) when calling the {operation} operation: not now' >&2; exit 254"


UNREADABLE = {
    "throttled": (refuses("ThrottlingException", "GetSecretValue"), "not now"),
    "denied": (refuses("AccessDeniedException", "GetSecretValue"), "these credentials may not do that"),
    "no network": ("echo 'Could not connect to the endpoint URL: \"https://secretsmanager…\"' >&2; exit 255", "does not answer"),
}


@pytest.mark.parametrize("how", UNREADABLE)
@pytest.mark.parametrize("name", ["signing-keys", "cookie-key"])
def test_a_secret_that_cannot_be_read_is_not_made_anew(deployment, tmp_path, name, how):
    does, why = UNREADABLE[how]
    before, kept = state(deployment), value(deployment, name)
    for arguments in ([], ["secrets"]):
        path = instead(deployment, tmp_path, f"get-secret-value*{name}", does)
        run = deployment.deploy(*arguments, path=path).expect(1)
        assert run.sentence().startswith(f"Whether {name} has a value cannot be determined: ")
        assert why in run.sentence() and run.sentence().endswith(" Nothing was changed.")
        assert "new" not in run.out and f"{name}  is empty" not in run.out
    assert value(deployment, name) == kept
    assert state(deployment) == before


def test_secrets_are_in_no_command_line(deployment, tmp_path):
    # #106: every argument of every call of the AWS CLI, while a secret is given by standard input.
    log = tmp_path / "arguments"
    path = deployment.workplace.aws_that(tmp_path, f'printf "%s\\n" "$@" >>{log}')
    deployment.deploy("secrets", "certified", stdin=SECRET + "\n", path=path).expect(0)
    arguments = log.read_text()
    assert "put-secret-value" in arguments and SECRET not in arguments
    kept = deployment.aws("secretsmanager", "get_secret_value", SecretId=f"{STACK}/certified-client-secret")
    assert kept["SecretString"] == SECRET
    assert deployment.service.program().sign_in("ada").status == 200


def test_a_new_secret_is_asked_for_unseen_and_read_at_once(deployment):
    said = typed(deployment, ["secrets", "certified"], "not the provider's")
    assert "not the provider's" not in said and "users-login-callback reads it again" in said
    assert deployment.service.program().sign_in("ada").status in (502, 503)
    typed(deployment, ["secrets", "certified"], SECRET)
    assert deployment.service.program().sign_in("ada").status == 200


def test_the_secrets_are_listed_without_their_values(deployment):
    run = deployment.deploy("secrets").expect(0)
    filled = [f"   {name}  has a value\n" for name in ("certified-client-secret", "cookie-key", "signing-keys")]
    assert run.out.endswith("== Secrets\n" + "".join(filled))
    assert SECRET not in run.out + run.err


def test_a_secret_value_with_which_no_function_starts_is_put_back(deployment):
    before = value(deployment, "cookie-key")
    run = deployment.deploy("secrets", "cookie-key", stdin="canary\n").expect(1)
    assert re.match(r"(account|admin|oauth-authorize) does not start with the new value of cookie-key: COOKIE_KEY", run.sentence())
    assert run.sentence().endswith(" The old value is back, and every function that reads it has started with it.")
    for name in ("account", "admin", "oauth-authorize", "oauth-device", "manage", "users-login", "users-login-callback"):
        assert f"{name} reads it again" in run.out
    # #103
    assert "canary" not in run.out + run.err and before not in run.out + run.err
    assert value(deployment, "cookie-key") == before
    assert deployment.service.program().sign_in("ada").status == 200


def test_a_secret_value_that_no_function_can_load_is_put_back(deployment, tmp_path):
    path = instead(deployment, tmp_path, "update-function-configuration", refuses("AccessDeniedException", "UpdateFunctionConfiguration"), once=True)
    said = deployment.deploy("secrets", "certified", stdin="another-secret-of-theirs", path=path).expect(1).sentence()
    assert said.startswith("users-login-callback was not seen to start with the new value of certified-client-secret: these credentials may not do that")
    assert said.endswith(" The old value is back, and every function that reads it has started with it.")
    assert value(deployment, "certified-client-secret") == SECRET
    # … and where the way back is closed as well, that is what is said.
    path = instead(deployment, tmp_path, "update-function-configuration", refuses("AccessDeniedException", "UpdateFunctionConfiguration"))
    said = deployment.deploy("secrets", "certified", stdin="another-secret-of-theirs", path=path).expect(1).sentence()
    assert "The old value is back, but users-login-callback was not seen to start with that either: these credentials" in said
    assert value(deployment, "certified-client-secret") == SECRET
    assert deployment.service.program().sign_in("ada").status == 200


@pytest.mark.parametrize(
    ("call", "operation", "sentence"),
    [
        ("list-functions", "ListFunctions", "Which functions read certified-client-secret cannot be seen: not now. Nothing was changed."),
        ("get-secret-value", "GetSecretValue", "without it there is no way back: not now. Nothing was changed."),
        ("put-secret-value", "PutSecretValue", "certified-client-secret cannot be changed: not now. No function uses another value."),
        ("list-stack-resources", "ListStackResources", "The secrets cannot be listed: not now. Nothing was changed."),
    ],
)
def test_a_secret_that_cannot_be_changed_stays_as_it_was(deployment, tmp_path, call, operation, sentence):
    before = state(deployment)
    path = instead(deployment, tmp_path, call, refuses("ThrottlingException", operation))
    said = deployment.deploy("secrets", "certified", stdin="another-secret-of-theirs", path=path).expect(1).sentence()
    assert said.endswith(sentence)
    assert state(deployment) == before


def test_a_secret_must_be_one_that_there_is_and_have_a_value(deployment):
    before = state(deployment)
    said = deployment.deploy("secrets", "nobody", stdin="x").expect(1).sentence()
    assert said.startswith(f'The stack {STACK} has no secret "nobody": it has certified-client-secret, cookie-key and signing-keys.')
    said = deployment.deploy("secrets", "certified", stdin="\n").expect(1).sentence()
    assert said == "There is no value for certified-client-secret: type it, or give it on standard input. Nothing was changed."
    assert state(deployment) == before


def change_keys(deployment, *arguments):
    """`latchkey keys …` about the stack."""
    run = subprocess.run(
        [os.environ["LATCHKEY_BIN"], "keys", *arguments, "--stack", STACK], cwd=deployment.workplace.folder, capture_output=True, text=True,
        timeout=360, env={**deployment.emulator.environment(), "AWS_REGION": REGION, "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
    )
    return run.returncode, run.stdout, run.stderr


def test_signing_keys_are_rotated_and_no_token_is_refused_meanwhile(deployment):
    # #59
    program = deployment.service.program()

    # Those of the other algorithm go the same way beside them.
    def published():
        return [key["kid"] for key in program.get("/.well-known/jwks.json").expect(200).json()["keys"] if key["kty"] == "RSA"]

    def token():
        signed = deployment.service.program().sign_in("ada").expect(200).json()["jwt"]
        header = signed.split(".")[0]
        return signed, json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]

    (old_token, old) = token()
    assert published() == [old]
    run = deployment.deploy("secrets", "signing-keys").expect(0)
    assert "A new key is published. It signs in three hours" in run.out
    [first, new] = published()
    assert (first, token()[1]) == (old, old)
    # The same again is no second key.
    assert "A new key is on its way already." in deployment.deploy("secrets", "signing-keys").expect(0).out
    assert published() == [old, new]
    status, out, err = change_keys(deployment, "list")
    assert (status, err) == (0, "") and re.search(rf"^{old}  RS256  current .*verifies until ", out, re.M), out
    assert re.search(rf"^{new}  RS256  next      signs from ", out, re.M), out
    # A deployment brings nothing else; nor does what somebody else put into a function's configuration stay.
    name = f"{STACK}-well-known"
    variables = deployment.aws("lambda", "get_function_configuration", FunctionName=name)["Environment"]["Variables"]
    before = json.dumps({"keys": [key for key in json.loads(variables["PUBLIC_KEYS"])["keys"] if key["kid"] != new]})
    deployment.aws("lambda", "update_function_configuration", FunctionName=name, Environment={"Variables": {**variables, "PUBLIC_KEYS": before}})
    assert published() == [old]
    assert change_keys(deployment, "publish")[0] == 0 and published() == [old, new]
    # In an emergency.
    began = time.monotonic()
    status, out, err = change_keys(deployment, "revoke", old)
    print(f"revoked everywhere after {time.monotonic() - began:.1f} s")
    assert (status, err) == (0, "") and old not in out
    new_token, kid = token()
    assert (kid, published()) == (new, [new])
    # On a route for which the gateway remembers no decision.
    program.get("/profile", old_token).expect(403)
    program.get("/profile", new_token).expect(200)
    assert change_keys(deployment, "revoke", old) == (1, "", f'latchkey: there is no signing key "{old}": `latchkey keys list` shows them\n')
    for private in json.loads(value(deployment, "signing-keys"))["keys"]:
        assert private["d"] not in run.out + run.err + out


def kids(keys):
    return {key["kid"] for key in json.loads(keys)["keys"]}


def keys_of_the_stack(deployment):
    """Those that CloudFormation knows."""
    [stack] = deployment.aws("cloudformation", "describe_stacks", StackName=STACK)["Stacks"]
    [keys] = [each["ParameterValue"] for each in stack["Parameters"] if each["ParameterKey"] == "PublicKeys"]
    return kids(keys)


def change_keys_beside_the_stack(deployment):
    """A key that no deployment knows is on its way, and one that the last one knew is revoked: both may be so already."""
    assert change_keys(deployment, "rotate")[0] == 0
    known = keys_of_the_stack(deployment)
    if known <= kids(value(deployment, "signing-keys")):
        assert change_keys(deployment, "revoke", min(known))[0] == 0


def keys_are_those_of_the_secret(deployment):
    """What CloudFormation brought back is older than the secret, and every function has the keys of the secret all the same."""
    secret, brought_back = value(deployment, "signing-keys"), keys_of_the_stack(deployment)
    assert kids(secret) - brought_back and brought_back - kids(secret)
    held = {}
    for function in deployment.aws("lambda", "list_functions")["Functions"]:
        if public := function["Environment"]["Variables"].get("PUBLIC_KEYS"):
            held[function["FunctionName"]] = kids(public)
    assert len(held) == (ROOT / "infra/template.yaml").read_text().count("PUBLIC_KEYS: !Ref PublicKeys")
    assert all(each == kids(secret) for each in held.values()), held
    # On a route for which the gateway remembers no decision about this token.
    deployment.service.program().get("/profile", Signer(secret, HOME, HOME).token("get:profile")).expect(200)


def typed(deployment, arguments, text):
    """Runs it at a terminal, types a line, and gives back all that the terminal shows."""
    environment = {
        "PATH": f"{deployment.workplace.tools}:{TOOLS}:{os.environ['PATH']}", "HOME": os.environ["HOME"], **deployment.settings,
        "REGION": REGION, "CARGO_TARGET_DIR": str(deployment.workplace.programs()),
    }
    status, shown = at_terminal([str(deployment.workplace.folder / "bin/deploy"), *arguments], environment, "(not shown", text + "\n")
    assert status == 0, shown
    return shown


@pytest.mark.changes(FEWER)
def test_a_dry_run_of_one_function_says_what_would_change_and_changes_nothing(deployment):
    before = state(deployment)
    one = deployment.deploy("--dry-run", "manage").expect(0)
    assert one.out.endswith("== This would change\n   manage: its code\n")
    assert state(deployment) == before


@pytest.mark.changes(FEWER)
def test_one_function_is_changed_and_the_rest_is_left_alone(deployment):
    admin = deployment.service.program().sign_in("ada").expect(200).json()["jwt"]
    deployment.service.program().get("/users?limit=100", admin).expect(200)
    before, stack = deployment.code(), state(deployment)[0]
    run = deployment.deploy("manage").expect(0)
    after = deployment.code()
    assert {name for name in after if after[name] != before[name]} == {"manage"}
    assert f"manage: live, SHA-256 {after['manage']}" in run.out
    assert state(deployment)[0] == stack
    deployment.service.program().get("/users?limit=100", admin).expect(400)
    again = deployment.deploy("lambdas/manage/").expect(0)
    assert "manage: this code is live already" in again.out


@pytest.mark.changes(FEWER, OF_NO_USE)
def test_a_function_that_does_not_start_does_not_stay(deployment):
    before = deployment.code()
    said = deployment.deploy("manage").expect(1).sentence()
    assert "manage does not start: of no use" in said and "The old code is live again" in said
    assert deployment.code() == before
    deployment.service.program().get("/users").expect(401)


@pytest.mark.changes(FEWER, OF_NO_USE)
def test_old_code_that_cannot_be_put_back_is_not_called_live(deployment):
    before = deployment.code()
    key = f"manage/{base64.b64decode(before['manage']).hex()}.zip"
    code = deployment.aws("s3", "get_object", Bucket=BUCKET, Key=key)["Body"].read()
    deployment.aws("s3", "delete_object", Bucket=BUCKET, Key=key)
    try:
        said = deployment.deploy("manage").expect(1).sentence()
        assert said.startswith("manage does not start: of no use. The old code could not be put back: ")
        assert said.endswith("The new one, which does not start, is live: repair it, then deploy again.")
        assert deployment.code()["manage"] != before["manage"]
        # The same code once more is as little use, and nothing to go back to.
        said = deployment.deploy("manage").expect(1).sentence()
        assert said.startswith("manage does not start: of no use. This code is live already, so there is nothing to go back to")
    finally:
        deployment.aws("s3", "put_object", Bucket=BUCKET, Key=key, Body=code)
        deployment.aws("lambda", "update_function_code", FunctionName=f"{STACK}-manage", S3Bucket=BUCKET, S3Key=key)
    assert deployment.code() == before


# Here and below, the program for operators is built with this change as well, so they all have the same one.
@pytest.mark.changes(FEWER, OF_NO_USE)
def test_a_dry_run_of_everything_says_what_would_change_and_changes_nothing(deployment):
    before = state(deployment)
    whole = deployment.deploy("--dry-run", MEMORY="512").expect(0)
    assert "manage: its code" in whole.out and "users-me: nothing" in whole.out
    assert "Modify UsersMeFunction (AWS::Lambda::Function)" in whole.out
    assert state(deployment) == before


@pytest.mark.changes(FEWER, OF_NO_USE)
def test_a_stack_whose_functions_do_not_start_is_rolled_back(deployment):
    # #59
    change_keys_beside_the_stack(deployment)
    # manage was deployed alone: its code is not the one that the stack knows of, and comes back all the same.
    before = deployment.code()
    said = deployment.deploy(MEMORY="512").expect(1).sentence()
    assert "manage (of no use)" in said and said.endswith("The stack was rolled back: what served before serves now.")
    assert deployment.code() == before
    configuration = deployment.aws("lambda", "get_function_configuration", FunctionName=f"{STACK}-users-me")
    assert configuration["MemorySize"] == 256
    keys_are_those_of_the_secret(deployment)
    deployment.service.program().sign_in("ada").expect(200)


@pytest.mark.changes(FEWER, OF_NO_USE)
def test_an_update_that_aws_cannot_finish_leaves_the_old_version_serving(deployment, tmp_path):
    # On its way to AWS the template gets a resource that cannot be made.
    (tmp_path / "broken").write_text(BROKEN)
    spoil = f'case "$each" in *template.yaml) sed -i "/^Resources:/r {tmp_path}/broken" "${{each#file://}}";; esac'
    path = deployment.workplace.aws_that(tmp_path, f"for each; do {spoil}; done")
    change_keys_beside_the_stack(deployment)
    before = deployment.code()
    said = deployment.deploy(path=path, LOG="warn").expect(1).sentence()
    assert said.startswith("The update failed at Broken: ") and "what served before serves now" in said
    assert deployment.code() == before
    keys_are_those_of_the_secret(deployment)
    deployment.service.program().sign_in("ada").expect(200)


def test_credentials_that_expire_in_the_middle_of_an_update_end_the_wait(deployment, tmp_path):
    # From the moment on when AWS has begun, the CLI says what it says of a session that is over.
    over = "An error occurred (ExpiredToken) when calling the DescribeStackEvents operation: The security token included in the request is expired"
    path = deployment.workplace.aws_that(
        tmp_path,
        f'if [ -e {tmp_path}/over ]; then echo "{over}" >&2; exit 254; fi\ncase "$*" in *execute-change-set*) : >{tmp_path}/over;; esac',
    )
    said = deployment.deploy(path=path, MEMORY="512").expect(1).sentence()
    assert said.startswith("The stack is being changed, and how far that is cannot be seen: the AWS credentials in the environment (AWS_ACCESS_KEY_ID …) have expired")
    assert "`aws sso login`" in said and said.endswith("AWS goes on by itself: wait until that is over, then run the same command again.")
    while state(deployment)[0][0]["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.1)
    # The same command picks up from there, and finds that all is done.
    assert "nothing to change" in deployment.deploy(MEMORY="512").expect(0).out


def in_the_middle(deployment, folder, does):
    """A folder to put before PATH, whose `aws` says something else of the stack once an update has begun."""
    begun = f"[ -e {folder}/begun ]"
    return deployment.workplace.aws_that(
        folder, f'case "$*" in *execute-change-set*) : >{folder}/begun;; *describe-stack-events*) if {begun}; then\n{does}\nfi;; esac',
    )


def test_a_refusal_in_the_middle_of_an_update_is_endured_if_it_may_pass_and_ends_the_wait_if_not(deployment, tmp_path):
    # Refused twice and then not, the update is seen through.
    twice = f"echo >>{tmp_path}/times; [ $(wc -l <{tmp_path}/times) -gt 2 ] || {{ {refuses('ThrottlingException', 'DescribeStackEvents')}; }}"
    run = deployment.deploy(path=in_the_middle(deployment, tmp_path, twice), MEMORY="384").expect(0)
    assert "   UPDATE_COMPLETE in " in run.out and len((tmp_path / "times").read_text()) > 2
    # What changes is counted, and nothing else.
    counted = re.findall(r"^   (\d+) of (\d+) resources", run.out, re.M)
    assert counted and all(int(done) <= int(all) for done, all in counted), counted
    (tmp_path / "begun").unlink()
    said = deployment.deploy(path=in_the_middle(deployment, tmp_path, refuses("AccessDenied", "DescribeStackEvents"))).expect(1).sentence()
    assert said.startswith("The stack is being changed, and how far that is cannot be seen: these credentials may not do that")
    assert said.endswith("AWS goes on by itself: wait until that is over, then run the same command again.")
    while state(deployment)[0][0]["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.1)
    assert "nothing to change" in deployment.deploy().expect(0).out


def test_removing_asks(deployment):
    before = state(deployment)
    run = deployment.deploy("remove", stdin="yes\n").expect(1)
    assert run.sentence() == f'That is not "{STACK}": nothing was removed.'
    assert f"It keeps the table {STACK}" in run.out and f"{len(deployed())} × Lambda Function" in run.out
    assert state(deployment) == before


def test_removing_with_the_table_leaves_nothing(deployment):
    # Without it, what is left and what the next stack makes of that is in test_years.py.
    run = deployment.deploy("remove", "--with-table", stdin=f"{STACK}\n").expect(0)
    assert f"THE TABLE {STACK}" in run.out
    assert left(deployment) == set()
    assert "There is nothing to remove" in deployment.deploy("remove").expect(0).out


def left(deployment):
    """What is left in the account."""
    found = {
        "table": deployment.aws("dynamodb", "list_tables")["TableNames"],
        "bucket": deployment.aws("s3", "list_buckets")["Buckets"],
        "stack": deployment.aws("cloudformation", "describe_stacks")["Stacks"],
        "secret": deployment.aws("secretsmanager", "list_secrets")["SecretList"],
        "function": deployment.aws("lambda", "list_functions")["Functions"],
        "role": deployment.aws("iam", "list_roles")["Roles"],
        "log": deployment.aws("logs", "describe_log_groups")["logGroups"],
        "api": deployment.aws("apigatewayv2", "get_apis")["Items"],
    }
    return {name for name, things in found.items() if things}
