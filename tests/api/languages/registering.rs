//! Why an app or an API cannot be registered at `/admin`, in each language.

use std::collections::BTreeSet;

use ::admin::Words as Console;
use tests::{Answer, World};
use web::Words;

use super::{Reader, check, texts};

const PETS: &str = "https://pets.example.com";
const NAME: (&str, &str) = ("name", "A");
const CALLBACK: (&str, &str) = ("redirect_uris", "https://a.example/cb");

/// What is typed into the form of this kind, and the names of the sentences that say why that cannot be.
type Case = (&'static str, Vec<(&'static str, String)>, &'static [&'static str]);

fn case(kind: &'static str, typed: &[(&'static str, &str)], said: &'static [&'static str]) -> Case {
    (kind, typed.iter().map(|(field, text)| (*field, (*text).to_owned())).collect(), said)
}

/// Redirect URIs (#24).
fn redirects() -> Vec<Case> {
    let long = format!("https://a.example/{}", "a".repeat(512));
    let many = (0..21).map(|n| format!("https://a.example/{n} ")).collect::<String>();
    let web = |uri: &str, said| case("web", &[NAME, ("redirect_uris", uri)], said);
    let native = |uri: &str, said| case("native", &[NAME, ("redirect_uris", uri)], said);
    vec![
        case("spa", &[NAME], &["no_redirect"]),
        web(&long, &["redirect", "long"]),
        web("https://a.example/cb#x", &["redirect", "fragment"]),
        web("https://*.example/cb", &["redirect", "wildcard"]),
        web("https://a.example/{id}", &["redirect", "character"]),
        web("https://a.example/%zz", &["redirect", "percent"]),
        web("a.example/cb", &["redirect", "relative"]),
        web("javascript:alert(1)", &["redirect", "scheme"]),
        native("com.example.app:cb", &["redirect", "slash"]),
        web("https:a.example/cb", &["redirect", "slashes"]),
        web("https://somebody@a.example/cb", &["redirect", "user"]),
        web("https://", &["redirect", "no_url"]),
        web("https://a.example:0/cb", &["redirect", "port"]),
        web("https://A.example/cb", &["redirect", "host"]),
        web("http://a.example/cb", &["redirect", "https"]),
        web("https://a.example/cb?code=x", &["redirect", "parameter"]),
        web("com.example.app:/cb", &["redirect", "own_scheme"]),
        web(&many, &["too_many"]),
        web("https://a.example/cb https://a.example/cb", &["twice"]),
        case("web", &[NAME, CALLBACK, ("post_logout_redirect_uris", &many)], &["too_many"]),
        case("web", &[NAME, CALLBACK, ("post_logout_redirect_uris", "x")], &["redirect", "relative"]),
    ]
}

/// Where a server is told that a session has ended (#90), and where its keys are (#92).
fn addresses() -> Vec<Case> {
    let long = format!("https://a.example/{}", "a".repeat(512));
    let told = |uri: &str, said| case("web", &[NAME, CALLBACK, ("backchannel_logout_uri", uri)], said);
    vec![
        told(&long, &["logout", "long"]),
        told("https://a.example/{id}", &["logout", "character"]),
        told("a.example", &["logout", "relative"]),
        told("https://a.example/#x", &["logout", "fragment"]),
        told("https://somebody@a.example/", &["logout", "user"]),
        told("http://a.example/", &["logout", "https"]),
        case("service", &[NAME, ("jwks_uri", "http://a.example/keys")], &["keys"]),
    ]
}

/// Scopes and APIs (#47, #57).
fn scopes() -> Vec<Case> {
    let many = (0..51).map(|n| format!("s{n} ")).collect::<String>();
    let api = |audience: &str, scope: &str, said| {
        case("api", &[NAME, ("audience", audience), ("scope", scope)], said)
    };
    vec![
        case("web", &[NAME, CALLBACK, ("scope", &many)], &["too_many"]),
        case("web", &[NAME, CALLBACK, ("scope", "pets:read")], &["scope_unknown"]),
        case("web", &[NAME, CALLBACK, ("api.https://none.example", "on")], &["no_api"]),
        case("web", &[NAME, CALLBACK, ("speaks.https://none.example", "on")], &["no_api"]),
        case("web", &[NAME, CALLBACK, ("api.none", "on")], &["audience"]),
        case("service", &[NAME, ("scope", "openid")], &["scope_of_people"]),
        api("pets", "a", &["audience"]),
        api(PETS, "b", &["api_taken"]),
        api("https://c.example", &many, &["too_many"]),
        api("https://c.example", "a\"b", &["scope"]),
        api("https://c.example", "email", &["scope_openid"]),
        api("https://c.example", "a a", &["scope_twice"]),
        api("https://c.example", "pets:read", &["scope_taken"]),
    ]
}

/// The name, and what the client's tokens are.
fn tokens() -> Vec<Case> {
    let web =
        |typed: &[(&'static str, &str)], said| case("web", &[&[NAME, CALLBACK][..], typed].concat(), said);
    let exchanges = |typed: &str, said| web(&[("exchange_id_tokens", typed)], said);
    let providers = (0..21).map(|n| format!("p{n}=1 ")).collect::<String>();
    let audiences = format!("google={}", (0..21).map(|n| format!("{n},")).collect::<String>());
    vec![
        case("web", &[("name", "A\u{202e}"), CALLBACK], &["name"]),
        case("api", &[("audience", "https://c.example"), ("scope", "a")], &["name"]),
        web(&[("access_token_lifetime", "59")], &["access_lifetime"]),
        web(&[("refresh_idle", "59")], &["refresh_lifetime"]),
        web(&[("refresh_idle", "600"), ("refresh_absolute", "60")], &["idle"]),
        exchanges("google", &["pair"]),
        exchanges("Google=1", &["provider"]),
        exchanges("google=", &["no_audience"]),
        exchanges("google=\u{e9}", &["odd_audience"]),
        exchanges("google=1,1", &["twice"]),
        exchanges(&audiences, &["too_many"]),
        exchanges(&providers, &["too_many"]),
        web(&[("exchange_id_tokens", "google=1"), ("consent", "on")], &["consent"]),
    ]
}

async fn register(reader: &Reader, words: &Words, (kind, typed, _): &Case) -> Answer {
    let page = reader.get(&format!("/admin/register?kind={kind}")).await.expect(200);
    let typed: Vec<_> = typed.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let button = format!(">{}</button>", Console::of(words).register.register);
    reader.press("/admin", &page, &button, &typed).await
}

/// The sentence of this name, without what fills its gaps.
fn pieces(words: &Words, name: &str) -> Vec<&'static str> {
    let all = Console::of(words).all();
    let found = all.into_iter().find(|(key, _)| key.strip_prefix("Invalid.") == Some(name));
    let sentence = found.unwrap_or_else(|| panic!("no sentence is called {name}")).1;
    sentence.split(['{', '}']).step_by(2).map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// Sends what cannot be, and looks whether the page says why, in its language.
async fn try_to(reader: &Reader, words: &Words, case: &Case) {
    let page = register(reader, words, case).await;
    check(&page, 400, words, Console::of(words).register.title);
    assert!(!page.body.contains("<span lang=\"en\""), "{case:?}: {page:?}");
    let said = texts(&page.body).join(" ");
    for piece in case.2.iter().flat_map(|name| pieces(words, name)) {
        assert!(said.contains(piece), "{} {case:?}: {piece:?} is not in {said}", words.tag);
    }
}

#[tokio::test]
async fn each_reason_why_something_cannot_be_registered_is_said_in_the_readers_language() {
    // #24, #47, #57, #90, #92
    let cases = [redirects(), addresses(), scopes(), tokens()].concat();
    for words in Words::ALL {
        let world = World::start().await;
        world.api(PETS, &["pets:read"]).await;
        let reader = Reader::new(&world, words.tag);
        reader.browser.sign_in("ada").await.expect(303);
        for case in &cases {
            try_to(&reader, words, case).await;
        }
        let (clients, _) = client::list(&world.table().await, world.now()).await.unwrap();
        assert!(clients.is_empty(), "{clients:?}");
        // Who lacks what an app may ask for reads that in their language too (#81).
        let typed = [NAME, CALLBACK, ("api.https://pets.example.com", "on"), ("scope", "pets:read")];
        let page = register(&reader, words, &case("web", &typed, &[])).await;
        check(&page, 403, words, Console::of(words).register.title);
        assert!(page.body.contains("pets:read.") || words.tag == "ja", "{page:?}");
        assert!(!page.body.contains("<span lang=\"en\""), "{page:?}");
    }
    // The last of all reasons is that of an installation which calls nobody on its own machine.
    let tried: BTreeSet<_> = cases.iter().flat_map(|(.., said)| *said).chain(&["other_machine"]).collect();
    for name in Console::of(Words::ENGLISH).all().iter().filter_map(|(key, _)| key.strip_prefix("Invalid.")) {
        assert!(tried.contains(&name), "no form was sent for {name}");
    }
}

#[tokio::test]
async fn a_deployed_latchkey_says_in_the_readers_language_that_it_calls_no_http_address() {
    // #71, #90
    for words in Words::ALL {
        let world = World::with(&[("AUDIENCE", "https://login.example.com")]).await;
        let reader = Reader::new(&world, words.tag);
        reader.browser.sign_in("ada").await.expect(303);
        let typed = [NAME, CALLBACK, ("backchannel_logout_uri", "http://localhost:1/")];
        try_to(&reader, words, &case("web", &typed, &["logout", "other_machine"])).await;
    }
}
