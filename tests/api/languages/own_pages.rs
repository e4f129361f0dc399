//! `/account` and `/admin`, in each language.

use ::admin::Words as Console;
use client::Kind;
use tests::{Answer, App, CALLBACK, TERMS, TestClient, World};
use web::Words;

use super::{Reader, check, with};

impl Reader {
    /// Signs in at this provider, where there are several.
    async fn enter(&self, provider: &str, name: &str) {
        let url = self.browser.start(&format!("/users/login/{provider}")).await;
        let back = self.browser.pick(&url, name).await;
        self.browser.get(&back).await.expect(303);
    }

    /// Sends the form of a page before `mark`: the page to which that leads, or what it says.
    pub(super) async fn press(
        &self,
        path: &str,
        page: &Answer,
        mark: &str,
        typed: &[(&str, &str)],
    ) -> Answer {
        let request = page.field_before("request", mark);
        let answer = self.form(path, &[&[("request", request.as_str())], typed].concat()).await;
        if answer.status == 303 { self.get(answer.location()).await } else { answer }
    }
}

/// What a page says of what has just been done, as its reader hears it.
fn status(page: &Answer) -> &str {
    let said = page.body.split_once("role=\"status\">").unwrap_or_else(|| panic!("no status: {page:?}")).1;
    said.split('<').next().unwrap()
}

#[tokio::test]
async fn the_page_of_an_account_speaks_its_readers_language() {
    for words in Words::ALL {
        let world = World::with(&[("PROVIDERS", "google,github")]).await;
        let orders = App::of(&world, Kind::Web, CALLBACK, |new| new.name = "Orders".to_owned()).await;
        let (reader, elsewhere) = (Reader::new(&world, words.tag), world.browser());
        let w = &words.account;
        reader.enter("google", "ada").await;
        let url = elsewhere.start("/users/login/google").await;
        elsewhere.get(&elsewhere.pick(&url, "ada").await).await.expect(303);
        world.grant(&TestClient { id: orders.id, secret: orders.secret }, &reader.browser, &TERMS).await;
        for (path, title) in [
            ("/account", w.title.to_owned()),
            ("/account/everywhere", w.everywhere_ask.to_owned()),
            ("/account/delete", w.delete_ask.to_owned()),
            ("/account/delete?wrong", w.delete_ask.to_owned()),
            ("/account/again", w.again.to_owned()),
            ("/account/link?provider=github&wish=x", with(w.link, "provider", "GitHub")),
        ] {
            check(&reader.get(path).await, 200, words, &title);
        }
        for (done, said) in [
            ("ended", w.done_ended),
            ("removed", w.done_removed),
            ("linked", w.done_linked),
            ("unlinked", w.done_unlinked),
            ("last", w.done_last),
        ] {
            let page = reader.get(&format!("/account?{done}")).await;
            check(&page, 200, words, w.title);
            assert_eq!(status(&page), said);
        }
        let said = &words.errors;
        // Nobody is left to administrate.
        let page = reader.get("/account/delete").await;
        let mark = format!(">{}</button>", w.delete_do);
        let typed = [("name", "ada@example.com")];
        check(&reader.press("/account", &page, &mark, &typed).await, 409, words, said.failed);
        // What is refused on the way to one more provider.
        check(&reader.get("/users/login/github?link=x").await, 400, words, said.failed);
        let page = reader.get("/account").await;
        let mark = format!(">{}</button>", with(w.link, "provider", "GitHub"));
        let page = reader.press("/account", &page, &mark, &[]).await;
        let wish = page.link(&with(w.link_go, "provider", "GitHub"));
        let other = Reader::new(&world, words.tag);
        check(&other.get(&wish).await, 403, words, said.not_allowed);
        other.enter("github", "ada").await;
        let url = reader.browser.start(&wish).await;
        let back = reader.browser.pick(&url, "ada").await;
        check(&reader.get(&back).await, 409, words, said.failed);
        // With somebody else, who then leaves: nobody acts.
        reader.enter("google", "alan").await;
        check(&reader.get("/account").await, 200, words, w.title);
        reader.form("/users/logout", &[("session", &world.session(&reader.browser).await.id)]).await;
        check(&reader.get("/account").await, 200, words, words.common.choose_account);
    }
}

/// Pages of the console: their paths and titles.
fn console(words: &Words, person: &str, app: &str) -> Vec<(String, String)> {
    let w = Console::of(words);
    let person = format!("/admin/people/{person}");
    vec![
        ("/admin".to_owned(), w.frame.people.to_owned()),
        ("/admin?q=nobody".to_owned(), w.frame.people.to_owned()),
        ("/admin/new".to_owned(), w.new.title.to_owned()),
        (person.clone(), "Alan Turing".to_owned()),
        (format!("{person}/delete"), with(w.confirm.ask, "name", "Alan Turing")),
        ("/admin/roles".to_owned(), w.frame.roles.to_owned()),
        ("/admin/roles/edit".to_owned(), w.edit.new_role.to_owned()),
        ("/admin/roles/edit?name=member".to_owned(), with(w.edit.role, "name", "member")),
        ("/admin/rules/edit".to_owned(), w.edit.new_rule.to_owned()),
        ("/admin/defaults".to_owned(), w.roles.defaults.to_owned()),
        ("/admin/apps".to_owned(), w.frame.apps.to_owned()),
        (format!("/admin/apps/{app}"), "Orders".to_owned()),
        ("/admin/register".to_owned(), w.register.title.to_owned()),
        ("/admin/register?kind=spa".to_owned(), w.register.title.to_owned()),
        ("/admin/register?kind=web".to_owned(), w.register.title.to_owned()),
        ("/admin/register?kind=native".to_owned(), w.register.title.to_owned()),
        ("/admin/register?kind=service".to_owned(), w.register.title.to_owned()),
        ("/admin/register?kind=api".to_owned(), w.register.title.to_owned()),
        ("/admin/keys".to_owned(), w.frame.keys.to_owned()),
        ("/admin/trail".to_owned(), w.frame.trail.to_owned()),
        ("/admin/trail?what=person_added".to_owned(), w.frame.trail.to_owned()),
        ("/admin/again".to_owned(), words.account.again.to_owned()),
    ]
}

#[tokio::test]
async fn the_console_speaks_its_readers_language() {
    for words in Words::ALL {
        let world = World::with(&[("PROVIDERS", "google,github")]).await;
        let app = App::of(&world, Kind::Web, CALLBACK, |new| new.name = "Orders".to_owned()).await;
        world.api("https://orders.example.com", &["orders:read"]).await;
        let (reader, alan) = (Reader::new(&world, words.tag), Reader::new(&world, words.tag));
        reader.enter("google", "ada").await;
        alan.enter("google", "alan").await;
        let client = TestClient { id: app.id.clone(), secret: app.secret };
        world.grant(&client, &alan.browser, &TERMS).await;
        let id = world.session(&alan.browser).await.user_id;
        for (path, title) in console(words, &id, &app.id) {
            check(&reader.get(&path).await, 200, words, &title);
        }
        let w = Console::of(words);
        for (done, said) in [
            ("ended", words.account.done_ended),
            ("changed", w.done.changed),
            ("disabled", w.done.shut_out),
            ("enabled", w.done.let_in),
            ("signed-out", w.done.signed_out),
            ("removed", w.done.removed),
            ("deleted", w.done.deleted),
            ("created", w.done.created),
            ("registered", w.done.registered),
            ("invited", w.done.invited),
            ("last", w.done.last_way),
            ("wrong", w.done.wrong_name),
        ] {
            let page = reader.get(&format!("/admin?{done}")).await;
            check(&page, 200, words, w.frame.people);
            assert_eq!(status(&page), said);
        }
        refusals(&reader, &alan, words, &format!("/admin/people/{id}")).await;
    }
}

/// What the console refuses, to somebody who may see it and to somebody who may not.
async fn refusals(reader: &Reader, member: &Reader, words: &Words, person: &str) {
    let (w, said) = (Console::of(words), &words.errors);
    for (path, status, title) in [
        ("/admin/people/x", 404, said.nothing),
        ("/admin/apps/x", 404, said.nothing),
        ("/admin?after=x", 400, said.failed),
    ] {
        check(&reader.get(path).await, status, words, title);
    }
    check(&member.get("/admin").await, 403, words, said.not_allowed);
    check(&reader.form("/admin", &[("request", "x")]).await, 400, words, said.failed);
    let button = |name: &str| format!(">{name}</button>");
    let new = reader.get("/admin/new").await;
    let add = button(w.new.add);
    for (email, status) in [("x", 400), ("alan@example.com", 409)] {
        let typed = [("email", email), ("role", "")];
        check(&reader.press("/admin", &new, &add, &typed).await, status, words, said.failed);
    }
    let typed = [("email", "nobody@example.com")];
    let withdrawn = reader.press("/admin", &new, &button(w.new.withdraw_do), &typed).await;
    check(&withdrawn, 404, words, said.nothing);
    // A change of roles that is tried; one that cannot be is said in the form.
    let page = reader.get("/admin/roles/edit").await;
    let step = format!(">{}</button>", w.edit.try_it);
    for (name, scope, status) in [("cook", "users:read", 200), ("admin", "a", 409), ("", "a", 400)] {
        let typed = [("name", name), ("scope", scope), ("step", "try")];
        check(&reader.press("/admin", &page, &step, &typed).await, status, words, w.edit.new_role);
    }
    let page = reader.get("/admin/register?kind=web").await;
    let typed = [("name", ""), ("redirect_uris", "x")];
    let register = button(w.register.register);
    check(&reader.press("/admin", &page, &register, &typed).await, 400, words, w.register.title);
    // A role that is not there; a page that is older than a change.
    let (old, give) = (reader.get(person).await, button(w.person.give));
    check(&reader.press("/admin", &old, &give, &[("role", "x")]).await, 400, words, said.failed);
    let page = reader.press("/admin", &old, &give, &[("role", "admin")]).await;
    check(&page, 200, words, "Alan Turing");
    check(&reader.press("/admin", &old, &button(w.frame.disable), &[]).await, 412, words, said.failed);
}

#[tokio::test]
async fn why_the_console_refuses_somebody_is_said_in_their_language() {
    // #81: what they lack is named.
    for words in Words::ALL {
        let world = World::with(&[("PROVIDERS", "google,github"), ("ROLES", crate::admin::ROLES)]).await;
        let (_, ada) = crate::admin::somebody(&world, "ada", &["admin"]).await;
        let (helper, w) = (Reader::new(&world, words.tag), Console::of(words));
        helper.enter("google", "alan").await;
        let id = world.session(&helper.browser).await.user_id;
        crate::admin::set_roles(&world, &id, &["helper"]).await;
        let refused = |page: &Answer, status: u16, title: &str, said: &str| {
            check(page, status, words, title);
            let said = said.split('{').next().unwrap();
            assert!(page.body.contains(said), "{} {said}: {}", words.tag, page.body);
            assert!(!page.body.contains("<span lang=\"en\">"), "{}: {}", words.tag, page.body);
        };
        let page = helper.get("/admin/roles").await;
        refused(&page, 403, words.errors.not_allowed, &with(w.wrong.needs, "scope", "roles:read"));
        let page = helper.get(&format!("/admin/people/{ada}")).await;
        let button = |name: &str| format!(">{name}</button>");
        let page = helper.press("/admin", &page, &button(w.frame.disable), &[]).await;
        refused(&page, 403, words.errors.not_allowed, w.wrong.not_yours);
        let page = helper.get(&format!("/admin/people/{id}")).await;
        let typed = [("entitlement", "\u{202e}")];
        let page = helper.press("/admin", &page, &button(w.person.entitle), &typed).await;
        refused(&page, 400, words.errors.failed, words.refusal(oauth::Sentence::EntitlementNotFit));
    }
}
