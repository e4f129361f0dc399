//! The apps and APIs that are registered.

use client::{Api, Client};
use maud::{Markup, html};
use oauth::{Secret, Sentence, server::ClientAuth};
use web::{
    Response, Result,
    words::{fill, text},
};

use crate::{View, Words, act::Act, missing};

/// For how long a new secret can be read in the page after it was made.
const SHOWN_FOR: std::time::Duration = std::time::Duration::from_secs(60);

impl View<'_> {
    pub(crate) async fn clients(&self) -> Result<Response> {
        let (table, now) = (&self.admin.table, self.request.now);
        let (clients, unreadable) = client::list(table, now).await?;
        let apis = client::apis(table, now).await?;
        let edits = self.viewer.may("roles:write");
        let mut rows = Vec::new();
        for api in &apis {
            rows.push((api, edits.then(|| self.api_act(api)).transpose()?));
        }
        let (w, f) = (&self.words.apps, &self.words.frame);
        let content = html! {
            h1 { (f.apps) }
            @if edits { p.actions { a.button.quiet href="/admin/register" { (self.words.register.title) } } }
            @if clients.is_empty() { p { (w.none) } }
            @if !unreadable.is_empty() { p { (text(w.unreadable, &[("rows", &unreadable.join(", "))])) } }
            ul.rows {
                @for client in &clients {
                    li {
                        h2 { a href={ "/admin/apps/" (client.id) } { (client.name) } }
                        p.small { (self.line(client)) }
                    }
                }
            }
            h2 { (w.apis) }
            @if apis.is_empty() { p { (w.no_api) } }
            ul.rows {
                @for (api, form) in &rows {
                    li {
                        h3 { (api.name) }
                        p.small { code { (api.audience) } ", " (if api.is_disabled() { f.disabled } else { f.active }) }
                        ul.tags aria-label=(text(self.words.roles.scopes_of, &[("name", &api.name)])) { @for scope in &api.scopes { li { (scope.name) } } }
                        @if let Some(form) = form { (form) }
                    }
                }
            }
        };
        Ok(self.page(f.apps, &content))
    }

    /// What a client is, in the list.
    fn line(&self, client: &Client) -> Markup {
        let (kind, status) = (html! { (client.kind.as_str()) }, html! { (status(self.words, client)) });
        let day = self.words.common.day(client.created_at);
        fill(self.words.apps.line, &[("kind", kind), ("status", status), ("day", day)])
    }

    pub(crate) async fn client(&self) -> Result<Response> {
        let id = self.request.segment("id").unwrap_or_default();
        let client = client::get(&self.admin.table, id, self.request.now).await?;
        let client = client.ok_or_else(|| missing(Sentence::NoSuchApp))?;
        let content = html! {
            h1 { (client.name) }
            @if let Some(secret) = self.new_secret(&client.id) {
                @let shown = fill(self.words.apps.new_secret, &[("secret", html! { code { (secret.expose()) } })]);
                p role="status" { (shown) @if client.secrets.len() > 1 { " " (self.words.apps.secret_before) } }
            }
            (facts(self.words, &client))
            @if self.viewer.may("roles:write") { (self.client_acts(&client)?) }
        };
        Ok(self.page(&client.name, &content))
    }

    /// The form that shuts an API out, or lets it in again.
    fn api_act(&self, api: &Api) -> Result<Markup> {
        let (w, f) = (&self.words.apps, &self.words.frame);
        let (act, words, of) = match api.is_disabled() {
            true => (Act::EnableApi(api.audience.clone()), w.enable, w.enable_of),
            false => (Act::DisableApi(api.audience.clone()), f.disable, w.disable_of),
        };
        let button = html! { button.quiet aria-label=(text(of, &[("name", &api.name)])) { (words) } };
        self.form(act, &html! {}, &button)
    }

    fn client_acts(&self, client: &Client) -> Result<Markup> {
        let (w, f) = (&self.words.apps, &self.words.frame);
        let (act, words) = if client.is_disabled() {
            (Act::EnableClient(client.id.clone()), w.enable)
        } else {
            (Act::DisableClient(client.id.clone()), f.disable)
        };
        let has_secret = client.auth.contains(&ClientAuth::Basic) || client.auth.contains(&ClientAuth::Post);
        let rotate = self.form(
            Act::RotateSecret(client.id.clone()),
            &html! {},
            &html! { button.quiet { (w.make_secret) } },
        )?;
        Ok(html! {
            h2 { (f.access) }
            p { (w.access_text) }
            div.actions {
                (self.form(act, &html! {}, &html! { button.quiet { (words) } })?)
                @if has_secret { (rotate) }
            }
        })
    }

    /// Where the page of a client is that shows its new secret for a minute: sealed in the address, for the session in which it was made.
    pub(crate) fn with_secret(&self, id: &str, secret: &Secret) -> String {
        let until = self.request.now.after(SHOWN_FOR).epoch();
        let sealed = self.admin.sealer.seal(
            &["admin-secret", id, &self.viewer.session.id],
            format!("{until} {}", secret.expose()).as_bytes(),
        );
        format!("/admin/apps/{id}?secret={sealed}")
    }

    fn new_secret(&self, id: &str) -> Option<Secret> {
        let sealed = self.request.text("secret")?;
        let content = self.admin.sealer.open(&["admin-secret", id, &self.viewer.session.id], &sealed)?;
        let content = String::from_utf8(content).ok()?;
        let (until, secret) = content.split_once(' ')?;
        let is_new = until.parse::<i64>().is_ok_and(|until| self.request.now.epoch() <= until);
        is_new.then(|| Secret::new(secret))
    }
}

fn status(words: &Words, client: &Client) -> &'static str {
    if client.is_disabled() { words.frame.disabled } else { words.frame.active }
}

fn facts(words: &Words, client: &Client) -> Markup {
    let (w, f, common) = (&words.apps, &words.frame, words.common);
    let since = |time| fill(w.secret_since, &[("day", common.day(time))]);
    html! {
        dl {
            dt { "client_id" } dd { code { (client.id) } }
            dt { (w.kind) } dd { (client.kind.as_str()) }
            dt { (f.status) } dd { (status(words, client)) }
            dt { (common.home.since) } dd { (common.day(client.created_at)) }
            dt { (w.grants) } dd { (client.grants.iter().map(|grant| grant.as_str()).collect::<Vec<_>>().join(", ")) }
            dt { (common.home.scopes) } dd { (client.scope) }
            dt { (w.apis) } dd { (if client.audiences.is_empty() { "–".to_owned() } else { client.audiences.join(", ") }) }
            dt { (w.redirects) } dd { @for uri in &client.redirect_uris { p { code { (uri.as_str()) } } } }
            dt { (w.secrets) } dd { @for secret in &client.secrets { p { (since(secret.created_at)) } } @if client.secrets.is_empty() { "–" } }
            dt { (w.consent) } dd { (if client.consent { f.yes } else { f.no }) }
        }
    }
}
