"""Mails of the deployed stack, with MAIL=ses: what `bin/deploy` asks SES before, the way through the queue to SES, and back if a mailbox
is none."""

import json

from conftest import EQUIPPED, HOME, SENDER
from support.mails import logged, mail, mails
from support.rules import invokes_alone

GOOD, NEW = "a horse that counts", "another horse that counts"
FUNCTION = f"{EQUIPPED}-mail-send"


def register(equipped, email):
    equipped.service.program().json("/users/register", email=email, password=GOOD).expect(202)


def test_it_is_said_that_ses_is_in_its_sandbox(equipped):
    assert "   SES is in its sandbox in eu-central-1: only verified addresses get mails, and few." in equipped.first.out


def test_a_sender_that_ses_has_not_verified_is_refused_before_anything_is_changed(equipped):
    code = equipped.aws("lambda", "get_function", FunctionName=FUNCTION)["Configuration"]["RevisionId"]
    run = equipped.deploy(MAIL_FROM="login@elsewhere.example").expect(1)
    said = "SES has verified neither login@elsewhere.example nor elsewhere.example in eu-central-1, so no mail would leave."
    assert run.sentence().startswith(said) and run.sentence().endswith("Nothing was changed."), run
    assert "== Building" not in run.out
    assert equipped.aws("lambda", "get_function", FunctionName=FUNCTION)["Configuration"]["RevisionId"] == code


def test_a_person_proves_their_address_by_a_mail(equipped):
    # #89
    register(equipped, "ann@example.com")
    letter = mail(equipped.emulator, "ann@example.com")
    assert letter.sender == f'"latchkey" <{SENDER}>' and letter.subject == "Confirm your e-mail address"
    assert letter.link().startswith(f"{HOME}/users/password/prove?token=") and letter.link() in letter.html
    browser, token = equipped.service.browser(), letter.link().split("token=")[1]
    assert browser.get(letter.link()).expect(200).field("token") == token
    program = equipped.service.program()
    program.json("/users/password/prove", token=token, password=GOOD).expect(200)
    program.json("/users/password/prove", token=token, password=GOOD).expect(400)
    user = program.json("/users/login", email="ann@example.com", password=GOOD).expect(200).json()["user"]
    assert (user["email"], user["email_verified"]) == ("ann@example.com", True)
    # And another password, whose old one ends.
    program.json("/users/password/forgotten", email="ann@example.com").expect(202)
    token = mail(equipped.emulator, "ann@example.com", 2).link().split("token=")[1]
    program.json("/users/password/reset", token=token, new_password=NEW).expect(200)
    program.json("/users/login", email="ann@example.com", password=GOOD).expect(401)
    assert "assword" in mail(equipped.emulator, "ann@example.com", 3).subject


def test_no_mail_goes_to_an_address_whose_mail_came_back(equipped):
    # AWS's mailbox simulator: mails to the one come back, and the owner of the other does not want them.
    both = [f"{what}+ben@simulator.amazonses.com" for what in ("bounce", "complaint")]
    for address in both:
        register(equipped, address)
    stopped = logged(equipped.emulator, FUNCTION, "an address gets no more mails", 2)
    assert sorted(why for line in stopped for why in ("bounce", "complaint") if why in line) == ["bounce", "complaint"]
    for address in both:
        equipped.service.program().json("/users/password/forgotten", email=address).expect(202)
    refused = logged(equipped.emulator, FUNCTION, "mails to this address came back, or were not wanted", 2)
    assert [len(mails(equipped.emulator, address)) for address in both] == [1, 1]
    # #103
    assert "simulator" not in str(stopped + refused)


def test_what_ses_refuses_for_good_is_dropped_and_its_reader_is_in_no_log(equipped):
    # #103: in the sandbox, nobody else gets a mail.
    register(equipped, "stranger@elsewhere.example")
    refused = logged(equipped.emulator, FUNCTION, "MessageRejected")
    assert "elsewhere" not in str(refused) and mails(equipped.emulator, "stranger@elsewhere.example") == []
    for queue in ("mails", "mails-dead-letters"):
        url = equipped.aws("sqs", "get_queue_url", QueueName=f"{EQUIPPED}-{queue}")["QueueUrl"]
        assert equipped.aws("sqs", "receive_message", QueueUrl=url).get("Messages", []) == []


def test_what_came_back_reaches_the_function_by_its_rule_alone(equipped):
    # #107
    rule = invokes_alone(equipped, EQUIPPED, "MailCameBack", "mail-send")
    assert json.loads(rule["EventPattern"])["detail"]["mail"]["tags"] == {"ses:configuration-set": [EQUIPPED]}
    destinations = equipped.aws("sesv2", "get_configuration_set_event_destinations", ConfigurationSetName=EQUIPPED)["EventDestinations"]
    assert [each["MatchingEventTypes"] for each in destinations] == [["BOUNCE", "COMPLAINT"]]
