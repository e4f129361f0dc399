"""A terminal at which a test types."""

import os
import pty
import select
import time

PATIENCE = 120


def at_terminal(command, environment, prompt, text, folder="."):
    """Runs a command at a terminal of its own, types the text as soon as it prompts, and gives back its exit status and all
    that the terminal has shown."""
    child, terminal = pty.fork()
    if not child:
        os.chdir(folder)
        os.execve(command[0], command, environment)
    # Bytes, because a read may end in the middle of a letter.
    shown, until, sent = b"", time.monotonic() + PATIENCE, False
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            break
        if prompt.encode() in shown and not sent:
            os.write(terminal, text.encode())
            sent = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()
