//! What comes next for the person who is there.

use authorization::{Agreement, Decision, Factor, Next, Question, SignIn};
use oauth::{Secret, Time};
use serde_json::json;
use session::Session;

use crate::{NOW, Outcome, answer, ask_since, but, client};

/// A session of `ada` that began so many seconds ago.
fn session(age: i64) -> Session {
    let then = Time::from_epoch(NOW.epoch() - age);
    let sign_in = session::SignIn {
        sid: "sid",
        secret: &Secret::random(),
        user_id: "ada",
        epoch: 0,
        amr: &[],
        via: None,
        visit: None,
        keep: std::time::Duration::ZERO,
    };
    Session::new(&sign_in, then)
}

/// Who is there, and what they and the request are like.
struct Case {
    others: Vec<(&'static str, &'static str)>,
    client: serde_json::Value,
    session: Option<Session>,
    asked_ago: Option<i64>,
    hinted: Option<&'static str>,
    decision: Option<Decision>,
    agreement: Agreement,
    factor: Factor,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            others: Vec::new(),
            client: json!({}),
            session: Some(session(100)),
            asked_ago: None,
            hinted: None,
            decision: None,
            agreement: Agreement::default(),
            factor: Factor::default(),
        }
    }
}

const NATIVE: &str = "http://localhost/cb";

impl Case {
    fn of(others: &[(&'static str, &'static str)]) -> Self {
        Self { others: others.to_vec(), ..Self::default() }
    }

    fn native(others: &[(&'static str, &'static str)]) -> Self {
        let others = [&[("redirect_uri", NATIVE)], others].concat();
        Self { others, client: json!({"auth": ["none"], "redirect_uris": [NATIVE]}), ..Self::default() }
    }

    fn consent(others: &[(&'static str, &'static str)]) -> Self {
        Self { client: json!({"consent": true}), ..Self::of(others) }
    }

    fn nobody(self) -> Self {
        Self { session: None, ..self }
    }

    /// The person says yes to this.
    fn yes(self, question: Question) -> Self {
        Self { decision: Some(Decision::Allowed(question)), ..self }
    }

    /// What comes next, or the error for the client.
    #[track_caller]
    fn next(self) -> Result<Next, String> {
        let first_asked = self.asked_ago.map(|ago| Time::from_epoch(NOW.epoch() - ago));
        let outcome = ask_since(client(self.client), &but(&self.others), first_asked);
        let Outcome::Right(request) = outcome else { panic!("{outcome:?}") };
        let next = request.next(
            self.session.as_ref(),
            self.hinted,
            &self.agreement,
            self.decision,
            self.factor,
            NOW,
        );
        next.map_err(|returned| answer(&returned).1["error"].clone())
    }
}

fn error(text: &str) -> Result<Next, String> {
    Err(text.to_owned())
}

const AGAIN: Result<Next, String> = Ok(Next::SignIn(SignIn::Again));
const CONTINUE: Result<Next, String> = Ok(Next::Ask(Question::Continue));
const CONSENT: Result<Next, String> = Ok(Next::Ask(Question::Consent));

#[test]
fn a_first_party_app_gets_its_code_without_a_question() {
    assert_eq!(Case::default().next(), Ok(Next::Issue));
    assert_eq!(Case::default().nobody().next(), Ok(Next::SignIn(SignIn::Nobody)));
}

#[test]
fn nothing_is_shown_where_the_app_wants_that() {
    // #39
    let none = [("prompt", "none")];
    assert_eq!(Case::of(&none).next(), Ok(Next::Issue));
    assert_eq!(Case::of(&none).nobody().next(), error("login_required"));
    assert_eq!(Case::consent(&none).next(), error("consent_required"));
    assert_eq!(Case::native(&none).next(), error("interaction_required"));
    let old = [("prompt", "none"), ("max_age", "99")];
    assert_eq!(Case::of(&old).next(), error("login_required"));
    assert_eq!(Case { hinted: Some("alan"), ..Case::of(&none) }.next(), error("login_required"));
}

#[test]
fn a_second_factor_is_asked_for_where_a_role_or_the_app_wants_one_and_never_twice() {
    let step_up = || Ok(Next::StepUp);
    let (asks, demands) =
        (Factor { can_be_asked: true, is_due: false }, Factor { can_be_asked: true, is_due: true });
    let off = Factor::default();
    let insists = r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#;
    let either = r#"{"id_token":{"acr":{"essential":true,"values":["2","1"]}}}"#;
    let unmet = || error("unmet_authentication_requirements");
    for (others, factor, next) in [
        (&[][..], asks, Ok(Next::Issue)),
        (&[], demands, step_up()),
        (&[("prompt", "none")], demands, error("interaction_required")),
        (&[("prompt", "none"), ("acr_values", "2")], asks, error("interaction_required")),
        (&[("acr_values", "1")], asks, Ok(Next::Issue)),
        (&[("acr_values", "1 2")], asks, Ok(Next::Issue)),
        (&[("acr_values", "2")], asks, step_up()),
        (&[("acr_values", "urn:gold 2 1")], asks, step_up()),
        (&[("claims", insists)], asks, step_up()),
        (&[("acr_values", "2")], off, Ok(Next::Issue)),
        (&[("claims", insists)], off, unmet()),
        (&[("claims", either)], off, Ok(Next::Issue)),
        // The sign-in comes first: it may ask for the factor itself.
        (&[("prompt", "login")], demands, AGAIN),
        (&[("max_age", "10"), ("acr_values", "2")], asks, AGAIN),
    ] {
        let case = || Case { factor, ..Case::of(others) };
        assert_eq!(case().next(), next, "{others:?} {factor:?}");
        if next == step_up() || next == unmet() {
            let mut session = session(100);
            session.amr = vec!["mfa".to_owned()];
            let shown = Case { session: Some(session), factor: Factor { is_due: false, ..factor }, ..case() };
            assert_eq!(shown.next(), Ok(Next::Issue), "{others:?}");
        }
    }
    // Who says yes on our page has not shown one by that.
    assert_eq!(Case { factor: demands, ..Case::consent(&[]) }.yes(Question::Consent).next(), step_up());
    assert_eq!(Case { factor: demands, ..Case::default() }.nobody().next(), Ok(Next::SignIn(SignIn::Nobody)));
}

#[test]
fn max_age_is_exact_to_the_second() {
    for (max_age, next) in [("100", Ok(Next::Issue)), ("99", AGAIN), ("1", AGAIN), ("0", AGAIN)] {
        assert_eq!(Case::of(&[("max_age", max_age)]).next(), next, "{max_age}");
    }
    // Signed in this very second is not signed in for this request.
    assert_eq!(Case { session: Some(session(0)), ..Case::of(&[("max_age", "0")]) }.next(), AGAIN);
    assert_eq!(Case { session: Some(session(0)), ..Case::of(&[("max_age", "1")]) }.next(), Ok(Next::Issue));
}

#[test]
fn a_fresh_sign_in_is_one_since_the_app_asked() {
    for others in [[("prompt", "login")], [("max_age", "1")], [("max_age", "0")]] {
        assert_eq!(Case::of(&others).next(), AGAIN, "{others:?}");
        // The person took their time at the provider, and then on the way back.
        for (asked_ago, next) in [(200, Ok(Next::Issue)), (100, Ok(Next::Issue)), (99, AGAIN), (0, AGAIN)] {
            let case = Case { asked_ago: Some(asked_ago), ..Case::of(&others) };
            assert_eq!(case.next(), next, "{others:?} {asked_ago}");
        }
    }
    // What they say on a page replaces no sign-in.
    let said = Case::of(&[("prompt", "login")]).yes(Question::Continue);
    assert_eq!(said.next(), AGAIN);
}

#[test]
fn a_hint_of_somebody_else_asks_for_somebody_else() {
    let hinted = |hinted| Case { hinted: Some(hinted), ..Case::default() };
    assert_eq!(hinted("ada").next(), Ok(Next::Issue));
    assert_eq!(hinted("alan").next(), Ok(Next::SignIn(SignIn::AsSomebodyElse)));
    assert_eq!(hinted("alan").yes(Question::Consent).next(), Ok(Next::SignIn(SignIn::AsSomebodyElse)));
}

#[test]
fn claims_that_name_a_person_get_nobody_else() {
    // OpenID Connect Core §3.1.2.2
    let (ada, alan) = (r#"{"id_token":{"sub":{"value":"ada"}}}"#, r#"{"id_token":{"sub":{"value":"alan"}}}"#);
    assert_eq!(Case::of(&[("claims", ada)]).next(), Ok(Next::Issue));
    assert_eq!(Case::of(&[("claims", alan)]).next(), Ok(Next::SignIn(SignIn::AsSomebodyElse)));
    assert_eq!(Case::of(&[("claims", alan), ("prompt", "none")]).next(), error("login_required"));
    // Who is named in two ways must be the same.
    let both = Case { hinted: Some("ada"), ..Case::of(&[("claims", alan)]) };
    assert_eq!(both.next(), Ok(Next::SignIn(SignIn::AsSomebodyElse)));
}

#[test]
fn a_native_app_is_confirmed_each_time() {
    // #24
    assert_eq!(Case::native(&[]).next(), CONTINUE);
    assert_eq!(Case { asked_ago: Some(200), ..Case::native(&[]) }.next(), CONTINUE);
    assert_eq!(Case::native(&[]).yes(Question::Continue).next(), Ok(Next::Issue));
    assert_eq!(Case::native(&[]).yes(Question::Consent).next(), Ok(Next::Issue));
}

#[test]
fn an_account_is_chosen_by_going_on_or_by_a_sign_in() {
    let choose = [("prompt", "select_account")];
    assert_eq!(Case::of(&choose).next(), CONTINUE);
    assert_eq!(Case::of(&choose).yes(Question::Continue).next(), Ok(Next::Issue));
    assert_eq!(Case { asked_ago: Some(200), ..Case::of(&choose) }.next(), Ok(Next::Issue));
}

#[test]
fn consent_is_asked_for_and_only_its_own_page_gives_it() {
    // #29
    assert_eq!(Case::consent(&[]).next(), CONSENT);
    assert_eq!(Case::consent(&[]).yes(Question::Continue).next(), CONSENT);
    assert_eq!(Case::consent(&[]).yes(Question::Consent).next(), Ok(Next::Issue));
    // A first-party app may want the person to be asked.
    assert_eq!(Case::of(&[("prompt", "consent")]).next(), CONSENT);
    let denied = Case { decision: Some(Decision::Denied), ..Case::consent(&[]) };
    assert_eq!(denied.next(), error("access_denied"));
}

#[test]
fn a_scope_of_an_api_may_need_consent_from_any_app() {
    let api = |consent| {
        let api = json!({"audience": "https://api.example.com", "status": "active", "scopes": [{"name": "orders:read", "consent": consent}]});
        serde_json::from_value(api).unwrap()
    };
    let agreed = |scope: &str| {
        let consent =
            json!({"user_id": "ada", "client_id": "app", "scope": scope, "resources": [], "agreed_at": 0});
        serde_json::from_value(consent).unwrap()
    };
    for (scope, is_due, consent, next) in [
        ("openid", true, None, Ok(Next::Issue)),
        ("openid orders:read", false, None, Ok(Next::Issue)),
        ("openid orders:read", true, None, CONSENT),
        ("openid orders:read", true, Some("openid"), CONSENT),
        ("openid orders:read", true, Some("openid orders:read profile"), Ok(Next::Issue)),
    ] {
        let agreement = Agreement { consent: consent.map(agreed), apis: vec![api(is_due)] };
        let case = Case { agreement, ..Case::of(&[("scope", scope)]) };
        assert_eq!(case.next(), next, "{scope} {is_due} {consent:?}");
    }
}

#[test]
fn the_person_chooses_an_account_unless_they_signed_in_for_the_request() {
    let select = [("prompt", "select_account")];
    let chosen = |case: Case| Case { decision: Some(Decision::Chosen), ..case }.next();
    assert_eq!(Case::of(&select).next(), CONTINUE);
    assert_eq!(Case { asked_ago: Some(200), ..Case::of(&select) }.next(), Ok(Next::Issue));
    assert_eq!(Case { asked_ago: Some(50), ..Case::of(&select) }.next(), CONTINUE);
    // Whoever has chosen has seen where they go on to, and says nothing by that about anything else.
    assert_eq!(chosen(Case::of(&select)), Ok(Next::Issue));
    assert_eq!(chosen(Case::native(&select)), Ok(Next::Issue));
    assert_eq!(chosen(Case::consent(&select)), CONSENT);
    assert_eq!(chosen(Case::of(&[("prompt", "select_account login")])), AGAIN);
    assert_eq!(chosen(Case::of(&[("prompt", "select_account consent")])), CONSENT);
    let other = Case { hinted: Some("alan"), ..Case::of(&select) };
    assert_eq!(chosen(other), Ok(Next::SignIn(SignIn::AsSomebodyElse)));
    assert_eq!(chosen(Case::default().nobody()), Ok(Next::SignIn(SignIn::Nobody)));
}
