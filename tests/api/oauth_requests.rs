//! What an app can do wrong, at each endpoint: the status and the code of every answer. `docs/requests.md` is printed from what
//! the local cloud answers, and shows it to developers of apps.

mod right;
mod wrong;

use std::{collections::BTreeMap, fmt::Write as _, fs};

use tests::{Answer, World, oauth::Ask};

use self::{
    right::{Endpoint, Right},
    wrong::{Before, GROUPS, Group, Wrong},
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/requests.md");

/// The answers to one thing that is wrong, by endpoint.
type Row = BTreeMap<Endpoint, String>;

/// What is said of an answer: its status, and the code, or what else it is.
fn said(answer: &Answer) -> String {
    let status = answer.status;
    let is_json = answer.header("content-type") == "application/json";
    let body: serde_json::Value = if is_json { answer.json() } else { serde_json::Value::Null };
    let back = answer.location().split_once('?').map(|(_, query)| query.to_owned());
    let back = back.and_then(|query| {
        let mut parameters = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        parameters.find(|(name, _)| name == "error").map(|(_, code)| code)
    });
    match (body["error"].as_str(), back) {
        (Some(code), _) => format!("{status} `{code}`"),
        (_, Some(code)) => format!("{status} to the app, `{code}`"),
        _ if status >= 400 => format!("{status}, a page"),
        _ if body["active"] == false => format!("{status}, `active` is `false`"),
        _ => status.to_string(),
    }
}

/// What holds for every refusal of an endpoint for programs (RFC 6749 §5.2).
fn is_well_formed(answer: &Answer, what: &str) {
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    if answer.status < 400 {
        return;
    }
    assert_eq!(answer.header("content-type"), "application/json", "{what}");
    // Printable ASCII without quote and backslash.
    let description = answer.json()["error_description"].as_str().unwrap().to_owned();
    let fits = |b: u8| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\';
    assert!(description.bytes().all(fits), "{what}: {description}");
    let challenge = if answer.status == 401 { "Basic realm=\"latchkey\"" } else { "" };
    assert_eq!(answer.header("www-authenticate"), challenge, "{what}");
    let allow = if answer.status == 405 { "POST" } else { "" };
    assert_eq!(answer.header("allow"), allow, "{what}");
}

/// Everything that is wrong at one endpoint. What is wrong in the request alone changes nothing: the right one still works.
async fn all_at(endpoint: Endpoint) -> Vec<(&'static str, String)> {
    let world = World::start().await;
    let unspoiled = Right::start(&world, endpoint).await;
    let mut answers = Vec::new();
    let here = |wrong: &&Wrong| wrong.at.contains(&endpoint);
    for wrong in GROUPS.iter().flat_map(|group: &Group| group.rows).filter(here) {
        let fresh = match wrong.before {
            Before::Nothing => None,
            _ => Some(Right::start(&world, endpoint).await),
        };
        let right = fresh.as_ref().unwrap_or(&unspoiled);
        wrong.before.happens(right).await;
        let ask: Ask = (wrong.spoil)(right);
        let answer = endpoint.send(&ask, &world).await;
        assert!(answer.status < 500, "{endpoint:?}, {}: {answer:?}", wrong.what);
        if endpoint.is_for_programs() {
            is_well_formed(&answer, &format!("{endpoint:?}, {}", wrong.what));
        }
        answers.push((wrong.what, said(&answer)));
    }
    // The world's clock has moved meanwhile.
    let right = Right::start(&world, endpoint).await;
    assert_eq!(said(&endpoint.send(&right.ask, &world).await), endpoint.is_right(), "{endpoint:?}");
    answers
}

fn table(group: &Group, answers: &BTreeMap<&str, Row>) -> String {
    let of = |endpoint: &Endpoint| group.rows.iter().any(|wrong| wrong.at.contains(endpoint));
    let columns: Vec<_> = Endpoint::ALL.into_iter().filter(of).collect();
    let names: Vec<_> = columns.iter().map(|endpoint| endpoint.name()).collect();
    let mut text =
        format!("\n## {}\n\n| | {} |\n|---|{}\n", group.name, names.join(" | "), "---|".repeat(names.len()));
    for wrong in group.rows {
        let row = &answers[wrong.what];
        let cells = columns.iter().map(|endpoint| row.get(endpoint).map_or("–", String::as_str));
        writeln!(text, "| {} | {} |", wrong.what, cells.collect::<Vec<_>>().join(" | ")).unwrap();
    }
    text
}

#[tokio::test]
async fn every_wrong_request_is_answered_as_the_document_says() {
    // #23, #35, #37, #38, #39, #40, #41, #42, #43, #44, #45, #47, #50, #54, #55, #56, #91
    let mut answers: BTreeMap<&str, Row> = BTreeMap::new();
    for endpoint in Endpoint::ALL {
        for (what, said) in all_at(endpoint).await {
            let twice = answers.entry(what).or_default().insert(endpoint, said);
            assert_eq!(twice, None, "{what} is there twice");
        }
    }
    let tables: String = GROUPS.iter().map(|group| table(group, &answers)).collect();
    let document = format!("{}{tables}", include_str!("oauth_requests/head.md"));
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        fs::write(DOCUMENT, document).unwrap();
        return;
    }
    let current = fs::read_to_string(DOCUMENT).unwrap();
    for (line, other) in current.lines().zip(document.lines()) {
        assert_eq!(
            line, other,
            "docs/requests.md: UPDATE_DOCS=1 cargo test -p tests --test api oauth_requests"
        );
    }
    assert!(current == document, "docs/requests.md is longer or shorter than what is answered");
}

#[tokio::test]
async fn what_real_clients_send_is_accepted() {
    // #44, #91
    let world = World::start().await;
    for endpoint in [
        Endpoint::Code,
        Endpoint::Refresh,
        Endpoint::DeviceCode,
        Endpoint::Device,
        Endpoint::Service,
        Endpoint::Exchange,
        Endpoint::Introspect,
        Endpoint::Revoke,
    ] {
        let shapes: [fn(&Right<'_>) -> Ask; 5] = [
            |it| it.ask.clone().with("client_id", &it.client.id),
            |it| Ask {
                content_type: Some("Application/X-WWW-Form-Urlencoded; charset=utf-8"),
                ..it.ask.clone()
            },
            |it| it.ask.clone().with("resource", "").with("client_secret", ""),
            |it| it.ask.clone().and("unknown", "1").and("unknown", "2"),
            |it| {
                let ask = Ask { authorization: None, ..it.ask.clone() };
                ask.with("client_id", &it.client.id).with("client_secret", &it.client.secret)
            },
        ];
        for shape in shapes {
            let right = Right::start(&world, endpoint).await;
            endpoint.send(&shape(&right), &world).await.expect(200);
        }
    }
}
