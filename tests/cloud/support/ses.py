"""The emulator, with what it leaves out of SES; started in the place of its own program.

- SendEmail asks IAM as AWS does: for the identity that sends and for the configuration set, each with `ses:FromAddress`. The emulator
  asks for `*` without a condition key, which a policy of least privilege does not allow.
- A configuration set tells EventBridge what became of a mail to the mailbox simulator of AWS. The emulator knows the simulator and keeps
  where events go, and sends none.
"""

import json
from datetime import datetime, timezone
from email.utils import parseaddr

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, ses, ses_v2

SEND = ("POST", "/v2/email/outbound-emails")
# The names of the events at EventBridge.
DETAIL_TYPES = {"Bounce": "Email Bounced", "Complaint": "Email Complaint Received", "Delivery": "Email Delivered"}
request_of_ses = app._handle_ses_v2_request


async def request(method, path, headers, body, query, request_id):
    if (method, path) != SEND:
        return await request_of_ses(method, path, headers, body, query, request_id)
    mail = json.loads(body)
    for resource in resources(mail):
        denied = app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query, request_id, resource_arn=resource, named_resource=resource,
            service_context={"ses:FromAddress": sender(mail)},
        )
        if denied:
            return denied
    answer = await ses_v2.handle_request(method, path, headers, body, query)
    if answer[0] == 200:
        tell(mail, json.loads(answer[2])["MessageId"])
    return answer


def sender(mail):
    return parseaddr(mail["FromEmailAddress"])[1]


def resources(mail):
    """What IAM is asked about: the address, or its domain where that is the identity."""
    address = sender(mail)
    identity = address if address in ses_v2._identities else address.rpartition("@")[2]
    yield ses_v2._resource_arn("identity", identity)
    if "ConfigurationSetName" in mail:
        yield ses_v2._resource_arn("configuration-set", mail["ConfigurationSetName"])


def tell(mail, message):
    """Puts on the bus what the destinations of the configuration set are to have."""
    name = mail.get("ConfigurationSetName")
    destinations = (ses_v2._config_sets.get(name) or {}).get("EventDestinations") or {}
    wanted = {kind for one in destinations.values() if one["Enabled"] and "EventBridgeDestination" in one for kind in one["MatchingEventTypes"]}
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    about = {
        "timestamp": time, "source": sender(mail), "sendingAccountId": get_account_id(), "messageId": message,
        "destination": mail["Destination"]["ToAddresses"], "tags": {"ses:configuration-set": [name]},
    }
    for to in about["destination"]:
        local, _, domain = parseaddr(to)[1].lower().partition("@")
        outcomes = ses._SIMULATOR_OUTCOMES.get(local.split("+")[0]) if domain == ses._SIMULATOR_DOMAIN else None
        for kind, subtype in outcomes or (("Delivery", None),):
            if kind.upper() not in wanted:
                continue
            detail = {"eventType": kind, "mail": about, **ses._notification_detail(kind, to, time, subtype)}
            entry = {
                "Source": "aws.ses", "DetailType": DETAIL_TYPES[kind], "Detail": json.dumps(detail),
                "Resources": [ses_v2._resource_arn("configuration-set", name)],
            }
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


if __name__ == "__main__":
    app._handle_ses_v2_request = request
    app.main()
