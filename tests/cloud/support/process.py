"""Processes that end with the test that started them."""

import os
import signal
import socket
import subprocess
import time

PATIENCE = 60


def until(found, what):
    """What there is, as soon as there is something."""
    end = time.monotonic() + PATIENCE
    while not (answer := found()):
        assert time.monotonic() < end, f"there is not: {what}"
        time.sleep(0.2)
    return answer


# The sockets of the ports that were given out. Each is bound and does not listen, so nobody else is given its port before the one that
# it is for listens there; both say SO_REUSEADDR, with which Linux allows that.
KEPT = []


def free_port():
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    KEPT.append(probe)
    return probe.getsockname()[1]


class Process:
    """A process in a group of its own, so that whatever it starts ends with it."""

    def __init__(self, command, **options):
        self.child = subprocess.Popen(command, start_new_session=True, text=True, **options)

    def line(self):
        """The next line it prints."""
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.child.args[0]} ended with status {self.child.wait(PATIENCE)}")
        return line

    def wait_for(self, port):
        """Waits until it listens."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.child.args[0]} ended with status {self.child.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"{self.child.args[0]} does not listen on {port}")

    def stop(self):
        for how, patience in [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]:
            try:
                os.killpg(self.child.pid, how)
            except ProcessLookupError:
                pass
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        for stream in (self.child.stdin, self.child.stdout):
            if stream:
                stream.close()
