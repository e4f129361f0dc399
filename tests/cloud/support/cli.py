"""The AWS CLI of the tests' environment, loaded once: anyone who calls this `aws` gets a fork of it, with their own arguments,
environment, folder and files. It is the very CLI, but for what it loads, which is not done for each of a thousand calls.
"""

import array
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

# What is asked of it, and what it reads about a service. Not every service has all of that.
SERVICES = ("apigatewayv2", "cloudformation", "dynamodb", "lambda", "s3", "secretsmanager", "sts")
MODELS = ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1")

CALLER = """\
#!{python} -IS
import array, json, os, signal, socket, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
with socket.socket(socket.AF_UNIX) as cli:
    cli.connect({socket!r})
    call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    cli.sendmsg([len(call).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
    cli.sendall(call)
    status = cli.recv(1)
sys.exit(status[0] if status else 255)
"""


@contextmanager
def loaded():
    """The folder in which this `aws` is, and a `sleep` that is short: what is waited for is on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "socket"
        server = subprocess.Popen([sys.executable, __file__, path])
        try:
            started = time.monotonic()
            while not path.exists():
                assert server.poll() is None and time.monotonic() - started < 60, "the AWS CLI does not load"
                time.sleep(0.05)
            caller = Path(folder) / "aws"
            caller.write_text(CALLER.format(python=sys.executable, socket=str(path)))
            caller.chmod(0o755)
            nap = Path(folder) / "sleep"
            nap.write_text("#!/bin/sh\nexec /bin/sleep 0.2\n")
            nap.chmod(0o755)
            yield Path(folder)
        finally:
            server.terminate()
            server.wait()


def load():
    """Reads what every call would read. Every fork finds it, and shares the memory, which the garbage collector leaves alone."""
    import awscli.clidriver
    import botocore.exceptions
    import botocore.session

    loader = botocore.session.create_loader(os.environ["AWS_DATA_PATH"])
    botocore.session.create_loader = lambda *_: loader
    awscli.clidriver.create_clidriver()
    for name in ("endpoints", "partitions", "_retry"):
        loader.load_data(name)
    for service in SERVICES:
        for model in MODELS:
            try:
                loader.load_service_model(service, model)
            except botocore.exceptions.UnknownServiceError:
                pass
    gc.collect()
    gc.freeze()
    gc.disable()


def serve(path):
    load()
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    starter = os.getppid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(64)
        # The process that started it may be killed.
        while os.getppid() == starter:
            if not select.select([server], [], [], 1)[0]:
                continue
            caller, _ = server.accept()
            if os.fork() == 0:
                answer(caller)
            caller.close()


def answer(caller):
    """One call, in a process of its own, which ends here."""
    import awscli.clidriver

    status = 255
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        take_over(caller)
        status = awscli.clidriver.main()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        caller.send(bytes([status]))
        os._exit(0)


def take_over(caller):
    """Becomes the caller: files, environment, folder, arguments."""
    size, ancillary, _, _ = caller.recvmsg(4, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    for number, file in enumerate(array.array("i", ancillary[0][2])):
        os.dup2(file, number)
        os.close(file)
    call = b""
    while len(call) < int.from_bytes(size, "big"):
        call += caller.recv(65536)
    arguments, environment, folder = json.loads(call)
    # Where the CLI found its own data when it was loaded.
    environment["AWS_DATA_PATH"] = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["aws", *arguments]


if __name__ == "__main__":
    serve(sys.argv[1])
