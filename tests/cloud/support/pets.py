"""An API of somebody who guards it with latchkey's tokens: the piece of template that `latchkey api add` prints, and
around it what would be theirs. Their functions in Node and Python are those of docs/guard.md."""

import json
import os
import re
import subprocess
import textwrap
import time

from . import ROOT
from .agent import ask
from .emulator import REGION

AUDIENCE = "https://pets.example.com"
STAGE = "live"
BINARY = os.environ.get("LATCHKEY_BIN") or ROOT / "target/debug/latchkey"


class Added:
    """What `latchkey api add` prints about a latchkey that is deployed, asked as docs/guard.md says."""

    def __init__(self, tools, folder, stack, environment):
        command = documented("sh", "SIGNING_KEYS=")
        assert f"api add pets --audience {AUDIENCE} " in command
        for old, new in (("name latchkey", f"name {stack}"), ("id latchkey/", f"id {stack}/"), ("cargo run --", BINARY)):
            assert old in command
            command = command.replace(old, str(new))
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", **environment}
        run = subprocess.run(["bash", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        self.settings = json.loads(re.search(r"^{.*}$", run.stdout, re.M)[0])
        self.template = re.search(r"^Parameters:\n.*?(?=\n\n# A token)", run.stdout, re.M | re.S)[0]
        self.token = re.search(r"Bearer ([^']+)'", run.stdout)[1]

    def with_changes(self, *changes):
        """The template with lines that somebody changes, each of which is there."""
        template = self.template
        for old, new in changes:
            assert old in template, f"api add prints no {old!r}"
            template = template.replace(old, new)
        return template


class Stack:
    """A stack in an emulator."""

    def __init__(self, emulator, name, template, **parameters):
        self.emulator, self.name = emulator, name
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        self.ask("create_stack", TemplateBody=template, Capabilities=["CAPABILITY_IAM"], Parameters=parameters)
        while self.status().endswith("IN_PROGRESS"):
            time.sleep(0.05)
        assert self.status() == "CREATE_COMPLETE", self.ask("describe_stack_events")

    def ask(self, operation, **parameters):
        return self.emulator.aws("cloudformation", operation, StackName=self.name, **parameters)

    def status(self):
        return self.ask("describe_stacks")["Stacks"][0]["StackStatus"]

    def resource(self, name):
        """Its id."""
        found = self.ask("describe_stack_resource", LogicalResourceId=name)
        return found["StackResourceDetail"]["PhysicalResourceId"]


class Gate:
    """A deployed API, as its callers see it."""

    def __init__(self, url):
        self.url = url

    def ask(self, method, path, token=None, headers=()):
        bearer = {"authorization": f"Bearer {token}"} if token else {}
        return ask(method, self.url + path, {**bearer, **dict(headers)}, "" if method == "POST" else None)

    def get(self, path, token=None, headers=()):
        return self.ask("GET", path, token, headers)


    def connect(self, headers):
        """The handshake of a WebSocket (RFC 6455 §4.1)."""
        key = {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13"}
        return self.get("", headers={"connection": "Upgrade", "upgrade": "websocket", **key, **headers})


def gate(stack, api):
    """The HTTP API `Api`, the REST API `RestApi` or the WebSocket API `SocketApi` of a stack."""
    host = f"http://{stack.resource(api)}.execute-api.localhost:{stack.emulator.port}"
    return Gate(host if api == "Api" else f"{host}/{STAGE}")


def documented(language, with_text=""):
    """The one block of docs/guard.md in this language that has the text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs/guard.md").read_text(), re.M | re.S)
    [block] = [block for block in blocks if with_text in block]
    return block


def node(scope):
    body = documented("js").replace("read:data", scope)
    answer = "return { statusCode: 200, body: JSON.stringify(event.requestContext.authorizer.lambda) }"
    return {"runtime": "nodejs22.x", "code": f"exports.handler = async event => {{\n{body}\n{answer}\n}}\n"}


def python(scope):
    body = textwrap.indent(documented("python").replace("read:data", scope), "    ")
    answer = 'return {"statusCode": 200, "body": json.dumps(caller)}'
    code = f"import json, time\n\ndef handler(event, context):\n{body}\n    {answer}\n"
    return {"runtime": "python3.13", "code": code}


def function_arn(emulator, name):
    return f"arn:aws:lambda:{REGION}:{emulator.account}:function:{name}"


def functions_template(bucket, programs, scripts):
    """Functions that may write their log, and nothing else. `programs` are latchkey's: the key of their code, the
    architecture and the settings. `scripts` are theirs."""
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    }}}
    for name, (key, architecture, settings) in programs.items():
        resources |= _function(
            name, Runtime="provided.al2023", Handler="bootstrap", Architectures=[architecture],
            Code={"S3Bucket": bucket, "S3Key": key}, Environment={"Variables": settings},
        )
    for name, script in scripts.items():
        code = {"ZipFile": script["code"]}
        resources |= _function(name, Runtime=script["runtime"], Handler="index.handler", Code=code)
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def _function(name, **properties):
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    properties = {"FunctionName": name, "MemorySize": 256, "Timeout": 15, "Role": role, **properties}
    return {
        _id(name): {"Type": "AWS::Lambda::Function", "Properties": properties},
        _id(f"{name} log"): {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/aws/lambda/{name}"}},
    }


def apis_template(printed, http, rest):
    """The printed piece, with an HTTP API and a REST API that have these guarded routes, by their functions' ARNs."""
    return _with(printed, {**_http_api(http), **_rest_api(rest)})


def socket_template(printed, connect):
    """The printed piece with a WebSocket API, of which a function hears who connects."""
    printed = printed.replace("!Ref Api", "!Ref SocketApi").replace("${Api}", "${SocketApi}")
    return _with(printed, {**_socket_api(connect), **_rest_api({"GET /data": connect})})


def native_template(authorizer, routes):
    """An HTTP API behind the authorizer of the stack's output `NativeAuthorizer`, with routes and their scopes."""
    theirs = _http_api({route: function for route, (function, _) in routes.items()})
    for route, (_, scope) in routes.items():
        route = theirs[_id(f"Http {route}")]["Properties"]
        route |= {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": "ThisAuthorizer"}, "AuthorizationScopes": [scope]}
    authorizer = textwrap.indent(authorizer.replace("!Ref YourApi", "!Ref Api"), "    ")
    return _with(f"Resources:\n  ThisAuthorizer:\n{authorizer}", theirs)


def _with(printed, theirs):
    """More resources behind those of a template that ends with them."""
    return "\n".join([printed, *(f"  {name}: {json.dumps(resource)}" for name, resource in theirs.items())])


def _id(name):
    return "".join(word.capitalize() for word in re.findall(r"\w+", name))


def _ref(name):
    return {"Ref": name}


def _http_api(routes):
    resources = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "pets", "ProtocolType": "HTTP"}},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
            "ApiId": _ref("Api"), "StageName": "$default", "AutoDeploy": True}},
    }
    for route, function in routes.items():
        name = _id(f"Http {route}")
        resources |= {
            name: {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
                "ApiId": _ref("Api"), "RouteKey": route, "Target": {"Fn::Sub": f"integrations/${{{name}To}}"},
                "AuthorizationType": "CUSTOM", "AuthorizerId": _ref("HttpAuthorizer")}},
            f"{name}To": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
                "ApiId": _ref("Api"), "IntegrationType": "AWS_PROXY", "IntegrationUri": function,
                "PayloadFormatVersion": "2.0"}},
            f"{name}Leave": _leave(function, "Api"),
        }
    return resources


def _socket_api(connect):
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{connect}/invocations"
    return {
        "SocketApi": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
            "Name": "pets", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}},
        "SocketStage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
            "ApiId": _ref("SocketApi"), "StageName": STAGE, "AutoDeploy": True}},
        "Connect": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": _ref("SocketApi"), "RouteKey": "$connect", "Target": {"Fn::Sub": "integrations/${ConnectTo}"},
            "AuthorizationType": "CUSTOM", "AuthorizerId": _ref("HttpAuthorizer")}},
        "ConnectTo": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
            "ApiId": _ref("SocketApi"), "IntegrationType": "AWS_PROXY", "IntegrationUri": uri}},
        "ConnectLeave": _leave(connect, "SocketApi"),
    }


def _rest_api(routes):
    methods = {_id(f"Rest {route}"): (*route.split(" /"), function) for route, function in routes.items()}
    resources = {
        "RestApi": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "pets"}},
        "RestDeployment": {"Type": "AWS::ApiGateway::Deployment", "DependsOn": sorted(methods), "Properties": {
            "RestApiId": _ref("RestApi")}},
        "RestStage": {"Type": "AWS::ApiGateway::Stage", "Properties": {
            "RestApiId": _ref("RestApi"), "DeploymentId": _ref("RestDeployment"), "StageName": STAGE}},
    }
    for name, (method, path, function) in methods.items():
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
        resources |= {
            _id(f"Rest {path} path"): {"Type": "AWS::ApiGateway::Resource", "Properties": {
                "RestApiId": _ref("RestApi"), "PathPart": path,
                "ParentId": {"Fn::GetAtt": ["RestApi", "RootResourceId"]}}},
            name: {"Type": "AWS::ApiGateway::Method", "Properties": {
                "RestApiId": _ref("RestApi"), "ResourceId": _ref(_id(f"Rest {path} path")), "HttpMethod": method,
                "AuthorizationType": "CUSTOM", "AuthorizerId": _ref("RestAuthorizer"),
                "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri}}},
            f"{name}Leave": _leave(function, "RestApi"),
        }
    return resources


def _leave(function, api):
    source = f"arn:aws:execute-api:{REGION}:${{AWS::AccountId}}:${{{api}}}/*"
    return {"Type": "AWS::Lambda::Permission", "Properties": {
        "Action": "lambda:InvokeFunction", "FunctionName": function, "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": source}}}
