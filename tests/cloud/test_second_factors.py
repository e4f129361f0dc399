"""Second factors at the deployed stack, with SECOND_FACTORS=on: the role of the function allows what it does, and it alone has the key that opens
seeds."""

from support.device import SETUP, set_up

STEP = "/users/factor"
GOOD = "a horse that counts"


def arrived(equipped):
    """A browser in which somebody has entered their password."""
    browser = equipped.service.browser()
    answer = browser.form("/users/password/login", login="fay", password=GOOD, return_to="/account").expect(303)
    return browser, answer.header("location")


def test_a_person_adds_a_second_factor_and_is_asked_for_it_from_then_on(equipped):
    # #84, #85, #107
    program = equipped.service.program()
    program.json("/users/register", username="fay", password=GOOD).expect(201)
    browser, there = arrived(equipped)
    assert there == "/account"
    app, recovery = set_up(browser)
    assert len(recovery) == 10

    refused = program.json("/users/login", username="fay", password=GOOD).expect(403).json()
    assert refused["error"] == "interaction_required" and "token" not in refused
    browser, there = arrived(equipped)
    assert there == STEP and "__Host-session" not in str(browser.jar)
    browser.post("/users/token").expect(401)
    # The step with which it was set up was used; that of a clock that is ahead counts as well.
    browser.form(STEP, code=app.code(-3)).expect(401)
    browser.form(STEP, code=app.code(1)).expect(303)
    token = browser.post("/users/token").expect(200).json()["access_token"]
    assert program.get("/users/me", token).expect(200).json()["id"]

    for status in (200, 401):
        browser, _ = arrived(equipped)
        browser.form(STEP, code=recovery[0]).expect(status)
    browser.form(STEP, code=recovery[1]).expect(200)
    assert browser.form("/users/factor/remove", code=recovery[2]).expect(303).header("location").startswith(SETUP)
    assert arrived(equipped)[1] == "/account"
