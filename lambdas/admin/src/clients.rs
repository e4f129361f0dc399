//! The apps and APIs that are registered.

use client::{Api, Client};
use maud::{Markup, html};
use oauth::{Secret, server::ClientAuth};
use web::{Response, Result};

use crate::{View, act::Act, frame, missing};

const REGISTER: &str = "Register an app or an API";
const DISABLE: &str = "Disable";
const ENABLE: &str = "Enable";

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
        let content = html! {
            h1 { "Apps" }
            @if edits { p.actions { a.button.quiet href="/admin/register" { (REGISTER) } } }
            @if clients.is_empty() { p { "None is registered." } }
            @if !unreadable.is_empty() { p { "These rows cannot be read: " (unreadable.join(", ")) } }
            ul.rows {
                @for client in &clients {
                    li { h2 { a href={ "/admin/apps/" (client.id) } { (client.name) } } p.small { (client.kind.as_str()) ", " (status(client)) ", since " (frame::day(client.created_at)) } }
                }
            }
            h2 { "APIs" }
            @if apis.is_empty() { p { "None is registered besides our own." } }
            ul.rows {
                @for (api, form) in &rows {
                    li {
                        h3 { (api.name) }
                        p.small { code { (api.audience) } ", " (if api.is_disabled() { "disabled" } else { "active" }) }
                        ul.tags aria-label={ "Scopes of " (api.name) } { @for scope in &api.scopes { li { (scope.name) } } }
                        @if let Some(form) = form { (form) }
                    }
                }
            }
        };
        Ok(self.page("Apps", &content))
    }

    pub(crate) async fn client(&self) -> Result<Response> {
        let id = self.request.segment("id").unwrap_or_default();
        let client = client::get(&self.admin.table, id, self.request.now).await?;
        let client = client.ok_or_else(|| missing("app"))?;
        let content = html! {
            h1 { (client.name) }
            @if let Some(secret) = self.new_secret(&client.id) {
                p role="status" { "The new secret, which is shown only now: " code { (secret.expose()) } "." @if client.secrets.len() > 1 { " The one before it works until the next one is made." } }
            }
            (facts(&client))
            @if self.viewer.may("roles:write") { (self.client_acts(&client)?) }
        };
        Ok(self.page(&client.name, &content))
    }

    /// The form that shuts an API out, or lets it in again.
    fn api_act(&self, api: &Api) -> Result<Markup> {
        let (act, words) = match api.is_disabled() {
            true => (Act::EnableApi(api.audience.clone()), ENABLE),
            false => (Act::DisableApi(api.audience.clone()), DISABLE),
        };
        let button = html! { button.quiet aria-label={ (words) " " (api.name) } { (words) } };
        self.form(act, &html! {}, &button)
    }

    fn client_acts(&self, client: &Client) -> Result<Markup> {
        let (act, words) = if client.is_disabled() {
            (Act::EnableClient(client.id.clone()), "Enable")
        } else {
            (Act::DisableClient(client.id.clone()), "Disable")
        };
        let has_secret = client.auth.contains(&ClientAuth::Basic) || client.auth.contains(&ClientAuth::Post);
        let rotate = self.form(
            Act::RotateSecret(client.id.clone()),
            &html! {},
            &html! { button.quiet { "Make a new secret" } },
        )?;
        Ok(html! {
            h2 { "Access" }
            p { "Whoever is disabled gets nothing more, and what it has ends at once." }
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

fn status(client: &Client) -> &'static str {
    if client.is_disabled() { "disabled" } else { "active" }
}

fn facts(client: &Client) -> Markup {
    html! {
        dl {
            dt { "client_id" } dd { code { (client.id) } }
            dt { "Kind" } dd { (client.kind.as_str()) }
            dt { "Status" } dd { (status(client)) }
            dt { "Since" } dd { (frame::day(client.created_at)) }
            dt { "Grants" } dd { (client.grants.iter().map(|grant| grant.as_str()).collect::<Vec<_>>().join(", ")) }
            dt { "Scopes" } dd { (client.scope) }
            dt { "APIs" } dd { (if client.audiences.is_empty() { "–".to_owned() } else { client.audiences.join(", ") }) }
            dt { "Redirect URIs" } dd { @for uri in &client.redirect_uris { p { code { (uri.as_str()) } } } }
            dt { "Secrets" } dd { @for secret in &client.secrets { p { "since " (frame::day(secret.created_at)) } } @if client.secrets.is_empty() { "–" } }
            dt { "Asks for consent" } dd { (if client.consent { "yes" } else { "no" }) }
        }
    }
}
