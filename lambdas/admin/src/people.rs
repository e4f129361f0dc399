//! The list of people: searched, narrowed, turned page by page.

use maud::{Markup, html};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use user::{
    User,
    search::{People, Search, search},
};
use web::{Response, Result};

use crate::{ROOT, SCRIPT, View, frame};

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
            h1 { "People" }
            (self.search_form(&query))
            div #results { (table(&found)) (more(&narrowed, next.as_deref())) }
            @if self.viewer.may("users:write") { p.actions { a.button.quiet href="/admin/new" { "Add or invite somebody" } } }
            script src=(SCRIPT) {}
        };
        Ok(self.page("People", &content))
    }

    fn search_form(&self, query: &Query) -> Markup {
        let chosen = |value: &Option<String>, this: &str| value.as_deref() == Some(this);
        html! {
            form.search role="search" method="get" action=(ROOT) data-live {
                div {
                    label for="q" { "Begins with" }
                    input #q type="search" name="q" value=(query.q.as_deref().unwrap_or_default()) autocomplete="off" spellcheck="false";
                }
                div {
                    label for="by" { "Search in" }
                    select #by name="by" {
                        option value="email" { "E-mail addresses" }
                        option value="name" selected[query.is_by_name()] { "Names" }
                    }
                }
                div {
                    label for="role" { "Role" }
                    select #role name="role" {
                        option value="" { "Any" }
                        @for (role, _) in self.viewer.rights.roles() {
                            option value=(role) selected[chosen(&query.role, role)] { (role) }
                        }
                    }
                }
                div {
                    label for="status" { "Status" }
                    select #status name="status" {
                        option value="" { "Any" }
                        @for status in ["active", "disabled"] { option value=(status) selected[chosen(&query.status, status)] { (status) } }
                    }
                }
                button { "Search" }
            }
        }
    }
}

fn table(found: &People) -> Markup {
    html! {
        @if found.people.is_empty() {
            p { @if found.next.is_none() { "Nobody is found." } @else { "Nobody is found so far: look at the next page." } }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="People" {
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Roles" } th scope="col" { "Status" } th scope="col" { "Latest sign-in" } } }
                    tbody { @for person in &found.people { (row(person)) } }
                }
            }
        }
    }
}

fn row(person: &User) -> Markup {
    html! {
        tr {
            td { a href={ "/admin/people/" (person.id) } { (frame::name(person)) } }
            td { (person.email.as_deref().unwrap_or("–")) }
            td { (person.roles.join(", ")) }
            td { (frame::status(person)) }
            td { @match person.last_login_at { Some(at) => (frame::day(at)), None => "never" } }
        }
    }
}

/// The way to the next page.
fn more(narrowed: &str, next: Option<&str>) -> Markup {
    html! {
        @if let Some(next) = next {
            p { a href=(format!("{ROOT}?{narrowed}&after={next}")) { "Next page" } }
        }
    }
}
