"""What the emulator's SES has sent, as somebody finds it in their mailbox; and what a function wrote into its log meanwhile."""

import re
from dataclasses import dataclass

from .agent import ask
from .process import until


@dataclass
class Mail:
    sender: str
    subject: str
    text: str
    html: str

    def link(self):
        """The link in it, which is on a line of its own."""
        return re.search(r"^https?://\S+$", self.text, re.M)[0]


def mails(emulator, to):
    """Those to an address, the newest first."""
    answer = ask("GET", f"{emulator.endpoint}/_ministack/ses/messages?account={emulator.account}").expect(200).json()
    sent = [each for each in answer["messages"].get(emulator.account, []) if each["To"] == [to]]
    return [Mail(each["Source"], each["Subject"], each["BodyText"], each["BodyHtml"]) for each in reversed(sent)]


def mail(emulator, to, count=1):
    """The newest, as soon as there are so many."""
    return until(lambda: (found := mails(emulator, to)) and len(found) >= count and found[0], f"{count} mails to {to}")


def logged(emulator, function, text, count=1):
    """The lines of a function's log with this text, as soon as there are so many."""
    def found():
        events = emulator.aws("logs", "filter_log_events", logGroupName=f"/aws/lambda/{function}")["events"]
        lines = [each["message"] for each in events if text in each["message"]]
        return lines if len(lines) >= count else None

    return until(found, f"{count} lines of {function} with {text!r}")
