//! In which language pages speak.

use std::collections::BTreeSet;

use client::Kind;
use tests::{Agent, Answer, App, CALLBACK, World, query};
use web::Words;

mod mailed;
mod own_pages;
mod registering;

/// Somebody whose browser asks for a language.
struct Reader {
    browser: Agent,
    tag: &'static str,
}

impl Reader {
    fn new(world: &World, tag: &'static str) -> Self {
        Self { browser: world.browser(), tag }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.browser.request("GET", path).header("accept-language", self.tag);
        self.browser.send(request).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.browser.request("POST", path).header("accept-language", self.tag);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.browser.send(request.header("sec-fetch-site", "same-origin").body(body)).await
    }
}

/// What people read on a page: its texts, and those attributes that are read out or shown by the script. What says of itself that it is
/// in English is left out.
fn texts(page: &str) -> Vec<String> {
    let body = page.split_once("</style>").expect("a page").1;
    let mut texts = Vec::new();
    let mut is_english = false;
    for part in body.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        for name in ["aria-label=\"", "data-copied=\"", "data-expired=\"", "data-none=\"", "data-refused=\""]
        {
            texts
                .extend(tag.split_once(name).and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned));
        }
        is_english = tag == "span lang=\"en\"";
        if !is_english && !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    assert!(!is_english);
    texts.into_iter().map(|text| text.replace("&amp;", "&").replace("&quot;", "\"")).collect()
}

/// The pieces of all sentences of a language, those of the console too, between their gaps.
fn pieces(words: &Words) -> BTreeSet<String> {
    let sentences = words.all().into_iter().chain(::admin::Words::of(words).all());
    let pieces = sentences.flat_map(|(_, sentence)| sentence.split(['{', '}']).step_by(2));
    let pieces = pieces.map(|piece| piece.trim().trim_end_matches(['.', ':', ',', ' ']).to_owned());
    pieces.filter(|piece| piece.chars().filter(|c| c.is_alphabetic()).count() > 2).collect()
}

/// The English that is on a page: whole sentences anywhere in a text, and single words that are all of it.
fn english(page: &str, words: &Words) -> Vec<String> {
    let own = pieces(words);
    let mut english = pieces(Words::ENGLISH);
    if words.tag != "en" {
        english.retain(|piece| !own.contains(piece));
    }
    let is_there = |text: &String, piece: &String| {
        if piece.contains(' ') { text.contains(piece.as_str()) } else { text == piece }
    };
    texts(page).into_iter().filter(|text| english.iter().any(|piece| is_there(text, piece))).collect()
}

fn check(page: &Answer, status: u16, words: &Words, title: &str) {
    assert_eq!(page.status, status, "{} {title}: {}", words.tag, page.body);
    assert!(page.body.contains(&format!("<html lang=\"{}\">", words.tag)), "{title}: {}", page.body);
    assert_eq!((page.header("content-language"), page.header("vary")), (words.tag, "Accept-Language"));
    let title = title.replace('\'', "&#39;");
    assert!(page.body.contains(&format!("<h1>{title}")), "{} {title}: {}", words.tag, page.body);
    let english = english(&page.body, words);
    assert_eq!(english.is_empty(), words.tag != "en", "{} {title}: {english:?}", words.tag);
}

/// Fills the gap of a title.
fn with(sentence: &str, gap: &str, text: &str) -> String {
    web::words::text(sentence, &[(gap, text)])
}

#[tokio::test]
async fn every_page_to_strangers_speaks_the_readers_language() {
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let app = App::web(&world).await;
    for words in Words::ALL {
        let reader = Reader::new(&world, words.tag);
        let said = &words.errors;
        for (path, status, title) in [
            ("/".to_owned(), 200, words.home.welcome),
            ("/?signed_out".to_owned(), 200, words.home.signed_out),
            ("/users/login".to_owned(), 200, words.common.sign_in),
            ("/nothing".to_owned(), 404, said.nothing),
            ("/users".to_owned(), 401, said.sign_in),
            ("/users/login/nobody".to_owned(), 404, said.nothing),
            ("/users/login/google/callback".to_owned(), 400, said.failed),
            ("/users/login/google?login_hint=a&login_hint=b".to_owned(), 400, said.failed),
            ("/oauth/authorize?client_id=unknown".to_owned(), 400, said.failed),
            ("/oauth/authorize?client_id=unknown&client_id=x".to_owned(), 400, said.failed),
            ("/oauth/logout?id_token_hint=x".to_owned(), 400, said.failed),
            (app.path(&[("prompt", "login")]), 200, words.consent.please),
            (app.path(&[("prompt", "none"), ("response_mode", "form_post")]), 200, words.common.one_moment),
        ] {
            check(&reader.get(&path).await, status, words, title);
        }
        for path in ["/account", "/device/decision", "/oauth/authorize/decision", "/oauth/logout/decision"] {
            check(
                &reader.form(path, &[("request", "x"), ("decision", "allow")]).await,
                400,
                words,
                said.failed,
            );
        }
        let wrong = reader.form("/device", &[("user_code", "BCDF-GHJK")]).await;
        check(&wrong, 401, words, said.sign_in);
    }
}

#[tokio::test]
async fn every_page_to_somebody_who_is_signed_in_speaks_their_language() {
    for words in Words::ALL {
        let world = World::start().await;
        let wanted = |new: &mut client::NewClient| {
            new.name = "Orders".to_owned();
            new.consent = true;
            new.scope = "openid profile email address phone offline_access orders:read".parse().unwrap();
            new.audiences = vec!["https://orders.example.com".to_owned()];
        };
        world.api("https://orders.example.com", &["orders:read"]).await;
        let asks = App::of(&world, Kind::Web, CALLBACK, wanted).await;
        let native = App::of(&world, Kind::Native, "com.example.app:/cb", |_| ()).await;
        let reader = Reader::new(&world, words.tag);
        reader.browser.sign_in("ada").await.expect(303);
        check(&reader.get("/").await, 200, words, "Ada Lovelace");
        let scope = ("scope", "openid profile email address phone offline_access orders:read");
        for (path, title) in [
            (asks.path(&[scope]), with(words.consent.asks_for_access, "app", "Orders")),
            (native.path(&[]), with(words.consent.continue_to, "app", "Orders")),
            (native.path(&[("prompt", "login")]), words.consent.again.to_owned()),
            (native.path(&[("prompt", "select_account")]), words.common.choose_account.to_owned()),
            ("/oauth/logout".to_owned(), words.sign_out.title.to_owned()),
            ("/device".to_owned(), words.device.title.to_owned()),
            ("/device?user_code=BCDF-GHJK".to_owned(), words.device.title.to_owned()),
        ] {
            check(&reader.get(&path).await, 200, words, &title);
        }
        let device = world.device_app(|new| new.name = "TV".to_owned()).await;
        let wrong = reader.form("/device", &[("user_code", "BCDF-GHJK")]).await;
        check(&wrong, 400, words, words.device.title);
        for (decision, title) in [("allow", words.device.connected), ("deny", words.device.denied)] {
            let codes = world.codes(&device, &[("scope", "openid")]).await;
            world.pass(70);
            let page = reader.form("/device", &[("user_code", &codes.user)]).await;
            check(&page, 200, words, &with(words.device.confirm, "app", "TV"));
            let fields = [("request", &*page.field("request")), ("decision", decision)];
            check(&reader.form("/device/decision", &fields).await, 200, words, title);
        }
        // With somebody else in the same browser, pages speak of several accounts.
        reader.browser.sign_in("alan").await.expect(303);
        check(&reader.get("/").await, 200, words, "Alan Turing");
        check(&reader.get("/oauth/logout").await, 200, words, words.sign_out.title);
    }
}

#[tokio::test]
async fn an_app_says_which_languages_its_person_reads_and_that_goes_with_them() {
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let app = App::web(&world).await;
    let reader = Reader::new(&world, "de");
    let languages = ("ui_locales", "zh-TW fr-CA");
    let link = reader.get(&app.path(&[languages])).await.expect(303).location().to_owned();
    assert_eq!(query(&link)["ui_locales"], "zh-TW fr-CA");
    let page = reader.get(&link).await.expect(200);
    assert!(page.body.contains("<html lang=\"fr\">") && page.body.contains("Continuer avec Google"));
    // Nothing of it reaches the provider, which gets what it always got (#5).
    let link = reader.get("/users/login/google?ui_locales=fr").await.expect(303).location().to_owned();
    assert!(!link.contains("locales"), "{link}");
    // Signed in, the page speaks the same, and what a request says badly has no effect.
    let back = reader.browser.pick(&link, "ada").await;
    reader.browser.get(&back).await.expect(303);
    let asked = |languages: &'static str| app.path(&[("prompt", "login"), ("ui_locales", languages)]);
    for (languages, tag) in [("fr", "fr"), ("zh", "de"), ("<b>", "de"), ("%00", "de"), ("", "de")] {
        let page = reader.get(&asked(languages)).await.expect(200);
        assert!(page.body.contains(&format!("<html lang=\"{tag}\">")), "{languages}: {}", page.body);
    }
    let page = reader.get("/oauth/logout?ui_locales=ja").await.expect(200);
    assert!(page.body.contains("<html lang=\"ja\">"));
}

#[tokio::test]
async fn a_program_reads_english() {
    let world = World::start().await;
    let program = world.program();
    let request = program.request("GET", "/users/login/nobody").header("accept-language", "de");
    let answer = program.send(request).await.expect(404);
    assert_eq!(answer.json()["detail"], "there is no such provider here");
}
