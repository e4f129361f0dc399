"""The AWS CLI of the tests' environment, loaded once: whoever calls this `aws` gets a fork of it, with their own arguments,
environment, folder and files. It is the very CLI, but for half a second of loading that is not done for each of a thousand
calls.
"""

import array
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
    """The folder in which this `aws` is."""
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
            yield Path(folder)
        finally:
            server.terminate()
            server.wait()


def serve(path):
    import awscli.clidriver

    awscli.clidriver.create_clidriver()
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    starter = os.getppid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(64)
        # Whoever started it may be killed.
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
