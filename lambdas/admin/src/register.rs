//! The page on which an app, a service or an API is registered. What it asks is what `latchkey client add` asks most often.

use client::{Api, Kind};
use http::StatusCode;
use maud::{Markup, html};
use oauth::Error;
use web::{Response, Result};

use crate::{
    View,
    act::Act,
    edit_page::{checkbox, text},
    fields::Fields,
};

const PATH: &str = "/admin/register";
const TITLE: &str = "Register an app or an API";
const WHAT: &str = "What is it?";
const SPA: &str = "An app in the browser. It can hold no secret.";
const WEB: &str = "A server that signs people in.";
const NATIVE: &str = "An app on a device, or a command-line tool.";
const SERVICE: &str = "A program that acts for itself.";
const API: &str = "An API that tokens are for.";
const NOT_REGISTERED: &str = "This was not registered:";
const REGISTER: &str = "Register";
const CANCEL: &str = "Cancel";
const NAME: &str = "Name";
const NAME_HINT: &str = "People are shown this name";
const REDIRECTS: &str = "Redirect URIs";
const REDIRECTS_HINT: &str = "Where people come back to, with blanks between them";
const AFTER: &str = "Post-logout redirect URIs";
const AFTER_HINT: &str = "Where people may go after signing out, with blanks between them";
const APIS: &str = "APIs that its tokens may be for";
const NO_APIS: &str = "No API is registered besides our own.";
const SCOPES: &str = "Scopes";
const SCOPES_HINT: &str = "Scopes of these APIs that it may ask for, with blanks between them";
const CONSENT: &str = "Ask each person for consent: for an app that is not your own";
const NO_REFRESH: &str = "It never gets a refresh token";
const DEVICE: &str = "People may also sign in on another device, with a code that it shows";
const ITSELF: &str = "It also gets tokens for itself";
const KEYS: &str = "Address of its public keys";
const KEYS_HINT: &str =
    "Then it proves who it is by a key. Without one, a secret is made, which is shown once";
const AUDIENCE: &str = "Audience";
const AUDIENCE_HINT: &str = "Whom its tokens are for, such as https://api.example.com: aud in them";
const KNOWS: &str = "Scopes that it knows";
const CONSENTS: &str = "Scopes that each person must agree to";
const BLANKS: &str = "With blanks between them";
const INTROSPECTION: &str = "Also make a client with which it may ask about tokens";
const ORIGINS: &str =
    "Pages of another origin may call latchkey only if the setting CORS_ORIGINS has that origin.";
const MORE: &str = "There is more that can be said of an app:";
const COMMAND: &str = "latchkey client add --help";

/// What it may be, in words.
const KINDS: [(Kind, &str); 5] =
    [(Kind::Web, WEB), (Kind::Spa, SPA), (Kind::Native, NATIVE), (Kind::Service, SERVICE), (Kind::Api, API)];

impl View<'_> {
    pub(crate) async fn register(&self) -> Result<Response> {
        let asked = self.request.text("kind");
        match Kind::ALL.into_iter().find(|kind| asked.as_deref() == Some(kind.as_str())) {
            Some(kind) => self.registration(kind, &Fields::default(), None).await,
            None => Ok(self.page(TITLE, &kinds())),
        }
    }

    /// The form, with what was typed and why that cannot be.
    pub(crate) async fn registration(
        &self,
        kind: Kind,
        fields: &Fields,
        refused: Option<&Error>,
    ) -> Result<Response> {
        let typed = match kind {
            Kind::Api => api_fields(fields),
            kind => app_fields(kind, fields, &self.apis().await?),
        };
        let buttons = html! { p.actions { button { (REGISTER) } a href="/admin/apps" { (CANCEL) } } };
        let content = html! {
            h1 { (TITLE) }
            @if let Some(error) = refused { p role="alert" { strong { (NOT_REGISTERED) } " " (error.description()) "." } }
            p { (words(kind)) " " a href=(PATH) { (WHAT) } }
            (self.form(Act::Register(kind), &typed, &buttons)?)
            @if kind != Kind::Api { p.small { (MORE) " " code { (COMMAND) } } }
        };
        let status = refused.and_then(|error| StatusCode::from_u16(error.status()).ok());
        Ok(self.page(TITLE, &content).status(status.unwrap_or(StatusCode::OK)))
    }

    /// All APIs, our own first.
    pub(crate) async fn apis(&self) -> Result<Vec<Api>> {
        let own = Api::own(&self.admin.audience, &self.rights_now().await?.all());
        let others = client::apis(&self.admin.table, self.request.now).await?;
        Ok(std::iter::once(own).chain(others).collect())
    }
}

fn words(kind: Kind) -> &'static str {
    KINDS.iter().find(|(one, _)| *one == kind).map_or("", |(_, words)| words)
}

fn kinds() -> Markup {
    html! {
        h1 { (TITLE) }
        h2 { (WHAT) }
        ul.rows {
            @for (kind, words) in KINDS {
                li { h3 { a href={ (PATH) "?kind=" (kind.as_str()) } { (kind.as_str()) } } p { (words) } }
            }
        }
    }
}

fn app_fields(kind: Kind, fields: &Fields, apis: &[Api]) -> Markup {
    let signs_people_in = kind != Kind::Service;
    let proves_itself = matches!(kind, Kind::Web | Kind::Service);
    let check = |name: &str, label: &str| checkbox(name, label, fields.is_on(name));
    html! {
        (text("name", NAME, NAME_HINT, fields))
        @if signs_people_in {
            (text("redirect_uris", REDIRECTS, REDIRECTS_HINT, fields))
            (text("post_logout_redirect_uris", AFTER, AFTER_HINT, fields))
        }
        @if kind == Kind::Spa { p.small { (ORIGINS) } }
        fieldset {
            legend { (APIS) }
            @if apis.len() == 1 { p.small { (NO_APIS) } }
            @for api in apis {
                (checkbox(&format!("api.{}", api.audience), &label(api), fields.is_on(&format!("api.{}", api.audience))))
            }
        }
        (text("scope", SCOPES, SCOPES_HINT, fields))
        @if proves_itself { (text("jwks_uri", KEYS, KEYS_HINT, fields)) }
        @if signs_people_in { (check("consent", CONSENT)) (check("no_refresh_token", NO_REFRESH)) }
        @if kind == Kind::Native { (check("device", DEVICE)) }
        @if kind == Kind::Web { (check("client_credentials", ITSELF)) }
    }
}

fn label(api: &Api) -> String {
    format!("{} ({}): {}", api.name, api.audience, api.scope())
}

fn api_fields(fields: &Fields) -> Markup {
    html! {
        (text("name", NAME, NAME_HINT, fields))
        (text("audience", AUDIENCE, AUDIENCE_HINT, fields))
        (text("scope", KNOWS, BLANKS, fields))
        (text("consent_scope", CONSENTS, BLANKS, fields))
        (checkbox("introspection", INTROSPECTION, fields.is_on("introspection")))
    }
}
