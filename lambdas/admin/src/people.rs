//! The list of people: searched, narrowed, turned page by page.

use maud::{Markup, html};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use user::{
    User,
    search::{People, Search, search},
};
use web::{Response, Result};

use crate::{ROOT, SCRIPT, View, Words, frame};

/// How many are on a page.
const PART: u32 = 25;

/// What is asked for. A browser sends the fields that are empty too.
#[derive(Debug, Default, Deserialize)]
struct Query {
    q: Option<String>,
    by: Option<String>,
    role: Option<String>,
    status: Option<String>,
    after: Option<String>,
}

impl Query {
    fn text(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    fn is_by_name(&self) -> bool {
        self.by.as_deref() == Some("name")
    }

    fn search(&self) -> Search {
        let text = self.text().map(str::to_owned);
        let (email, name) = if self.is_by_name() { (None, text) } else { (text, None) };
        let disabled = match self.status.as_deref() {
            Some("disabled") => Some(true),
            Some("active") => Some(false),
            _ => None,
        };
        Search { email, name, role: self.role.clone().filter(|role| !role.is_empty()), disabled }
    }

    /// Everything by which the list is narrowed, as a query.
    fn narrowed(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in
            [("q", &self.q), ("by", &self.by), ("role", &self.role), ("status", &self.status)]
        {
            query.extend_pairs(value.iter().filter(|value| !value.is_empty()).map(|value| (name, value)));
        }
        query.finish()
    }
}

impl View<'_> {
    pub(crate) async fn people(&self) -> Result<Response> {
        let query: Query = self.request.query()?;
        let narrowed = query.narrowed();
        let after =
            self.open_cursor("people", &narrowed, query.after.as_deref().filter(|it| !it.is_empty()))?;
        let found =
            search(&self.admin.table, &query.search(), PART, after.as_deref(), self.request.now).await?;
        let next = found.next.clone().map(|next| self.seal_cursor("people", &narrowed, next)).transpose()?;
        let content = html! {
            h1 { (self.words.frame.people) }
            (self.search_form(&query))
            div #results { (table(self.words, &found)) (more(self.words, &narrowed, next.as_deref())) }
            @if self.viewer.may("users:write") { p.actions { a.button.quiet href="/admin/new" { (self.words.new.title) } } }
            script src=(SCRIPT) {}
        };
        Ok(self.page(self.words.frame.people, &content))
    }

    fn search_form(&self, query: &Query) -> Markup {
        let (w, f) = (&self.words.people, &self.words.frame);
        let chosen = |value: &Option<String>, this: &str| value.as_deref() == Some(this);
        html! {
            form.search role="search" method="get" action=(ROOT) data-live {
                div {
                    label for="q" { (w.begins_with) }
                    input #q type="search" name="q" value=(query.q.as_deref().unwrap_or_default()) autocomplete="off" spellcheck="false";
                }
                div {
                    label for="by" { (w.search_in) }
                    select #by name="by" {
                        option value="email" { (w.addresses) }
                        option value="name" selected[query.is_by_name()] { (w.names) }
                    }
                }
                div {
                    label for="role" { (f.role) }
                    select #role name="role" {
                        option value="" { (w.any) }
                        @for (role, _) in self.viewer.rights.roles() {
                            option value=(role) selected[chosen(&query.role, role)] { (role) }
                        }
                    }
                }
                div {
                    label for="status" { (f.status) }
                    select #status name="status" {
                        option value="" { (w.any) }
                        @for (status, name) in [("active", f.active), ("disabled", f.disabled)] {
                            option value=(status) selected[chosen(&query.status, status)] { (name) }
                        }
                    }
                }
                button { (w.search) }
            }
        }
    }
}

fn table(words: &Words, found: &People) -> Markup {
    let (w, f, home) = (&words.people, &words.frame, &words.common.home);
    html! {
        @if found.people.is_empty() {
            p { @if found.next.is_none() { (w.nobody) } @else { (w.nobody_so_far) } }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(f.people) {
                table {
                    thead {
                        tr {
                            @for name in [home.name, home.email, f.roles, f.status, words.common.account.latest] { th scope="col" { (name) } }
                        }
                    }
                    tbody { @for person in &found.people { (row(words, person)) } }
                }
            }
        }
    }
}

fn row(words: &Words, person: &User) -> Markup {
    html! {
        tr {
            td { a href={ "/admin/people/" (person.id) } { (frame::name(person)) } }
            td { (person.email.as_deref().unwrap_or("–")) }
            td { (person.roles.join(", ")) }
            td { (frame::status(words, person)) }
            td { @match person.last_login_at { Some(at) => (frame::day(at)), None => (words.frame.never) } }
        }
    }
}

/// The way to the next page.
fn more(words: &Words, narrowed: &str, next: Option<&str>) -> Markup {
    html! {
        @if let Some(next) = next {
            p { a href=(format!("{ROOT}?{narrowed}&after={next}")) { (words.frame.next_page) } }
        }
    }
}
