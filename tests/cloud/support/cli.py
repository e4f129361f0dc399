"""The AWS CLI of the tests' environment, loaded once: anyone who calls this `aws` gets a fork of it, with their own arguments,
environment, folder and files. It is the very CLI, but for what it loads, which is not done for each of a thousand calls.
"""

import array
import functools
import gc
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
SERVICES = ("apigatewayv2", "cloudformation", "dynamodb", "lambda", "s3", "secretsmanager", "sesv2", "sts")
MODELS = ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1")

# Imports nothing that Python has not read when it starts. What it sends is its folder, the number of its arguments, these, and
# its environment, each ended by a zero.
CALLER = """\
#!{python} -IS
import _signal, _socket, posix, sys
_signal.signal(_signal.SIGINT, _signal.SIG_DFL)
arguments = [each.encode("utf-8", "surrogateescape") for each in sys.argv[1:]]
environment = [name + b"=" + value for name, value in posix.environ.items()]
call = b"".join(each + b"\\0" for each in [posix.getcwdb(), b"%d" % len(arguments), *arguments, *environment])
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
cli = _socket.socket(_socket.AF_UNIX)
cli.connect({socket!r})
cli.sendmsg([len(call).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
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
    import botocore.hooks
    import botocore.session

    # What is worked out of each event's name and of each handler's arguments is the same every time.
    alias = functools.cache(botocore.hooks.EventAliaser(None)._alias_event_name)
    botocore.hooks.EventAliaser._alias_event_name = lambda _, name: alias(name)
    botocore.hooks.accepts_kwargs = functools.cache(botocore.hooks.accepts_kwargs)
    loader = botocore.session.create_loader(os.environ["AWS_DATA_PATH"])
    botocore.session.create_loader = lambda *_: loader
    awscli.clidriver.create_clidriver()
    loader.list_available_services(type_name="service-2")
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
        part = caller.recv(65536)
        assert part, "the caller is gone"
        call += part
    folder, count, *rest = call.split(b"\0")[:-1]
    arguments, environment = map(os.fsdecode, rest[: int(count)]), rest[int(count) :]
    # Where the CLI found its own data when it was loaded.
    data = os.environb[b"AWS_DATA_PATH"]
    os.environ.clear()
    os.environb.update({**dict(each.split(b"=", 1) for each in environment), b"AWS_DATA_PATH": data})
    os.chdir(folder)
    sys.argv = ["aws", *arguments]


if __name__ == "__main__":
    serve(sys.argv[1])
