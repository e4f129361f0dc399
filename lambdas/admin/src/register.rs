//! The page on which an app, a service or an API is registered. What it asks is what `latchkey client add` asks most often.

use client::{Api, Kind};
use http::StatusCode;
use maud::{Markup, html};
use web::{Response, Result, words::fill};

use crate::{
    View, Words,
    act::Act,
    edit_page::{checkbox, text},
    fields::Fields,
    invalid,
    registering::Refusal,
    words,
};

const PATH: &str = "/admin/register";

/// What it may be, in words.
fn kinds_of(w: &words::Register) -> [(Kind, &'static str); 5] {
    [
        (Kind::Web, w.web),
        (Kind::Spa, w.spa),
        (Kind::Native, w.native),
        (Kind::Service, w.service),
        (Kind::Api, w.api),
    ]
}

impl View<'_> {
    pub(crate) async fn register(&self) -> Result<Response> {
        let asked = self.request.text("kind");
        match Kind::ALL.into_iter().find(|kind| asked.as_deref() == Some(kind.as_str())) {
            Some(kind) => self.registration(kind, &Fields::default(), None).await,
            None => Ok(self.page(self.words.register.title, &kinds(&self.words.register))),
        }
    }

    /// The form, with what was typed and why that cannot be.
    pub(crate) async fn registration(
        &self,
        kind: Kind,
        fields: &Fields,
        refused: Option<&Refusal>,
    ) -> Result<Response> {
        let w = &self.words.register;
        let typed = match kind {
            Kind::Api => api_fields(self.words, fields),
            kind => app_fields(self.words, kind, fields, &self.apis().await?),
        };
        let cancel = self.words.common.common.cancel;
        let buttons = html! { p.actions { button { (w.register) } a href="/admin/apps" { (cancel) } } };
        let command = html! { code { "latchkey client add --help" } };
        let content = html! {
            h1 { (w.title) }
            @if let Some(why) = refused {
                p role="alert" { strong { (w.not_registered) } " " (invalid::why(self.words, why)) }
            }
            p { (about(w, kind)) " " a href=(PATH) { (w.what) } }
            (self.form(Act::Register(kind), &typed, &buttons)?)
            @if kind != Kind::Api { p.small { (fill(w.more, &[("command", command)])) } }
        };
        let status = refused.and_then(|why| StatusCode::from_u16(why.status()).ok());
        Ok(self.page(w.title, &content).status(status.unwrap_or(StatusCode::OK)))
    }

    /// All APIs, our own first.
    pub(crate) async fn apis(&self) -> Result<Vec<Api>> {
        let own = Api::own(&self.admin.audience, &self.rights_now().await?.all());
        let others = client::apis(&self.admin.table, self.request.now).await?;
        Ok(std::iter::once(own).chain(others).collect())
    }
}

fn about(w: &words::Register, kind: Kind) -> &'static str {
    kinds_of(w).iter().find(|(one, _)| *one == kind).map_or("", |(_, words)| words)
}

fn kinds(w: &words::Register) -> Markup {
    html! {
        h1 { (w.title) }
        h2 { (w.what) }
        ul.rows {
            @for (kind, words) in kinds_of(w) {
                li { h3 { a href={ (PATH) "?kind=" (kind.as_str()) } { (kind.as_str()) } } p { (words) } }
            }
        }
    }
}

fn app_fields(words: &Words, kind: Kind, fields: &Fields, apis: &[Api]) -> Markup {
    let (w, home) = (&words.register, &words.common.home);
    let signs_people_in = kind != Kind::Service;
    let proves_itself = matches!(kind, Kind::Web | Kind::Service);
    let check = |name: &str, label: &str| checkbox(name, label, fields.is_on(name));
    html! {
        (text("name", home.name, w.name_hint, fields))
        @if signs_people_in {
            (text("redirect_uris", words.apps.redirects, w.redirects_hint, fields))
            (text("post_logout_redirect_uris", w.after, w.after_hint, fields))
        }
        @if kind == Kind::Spa { p.small { (w.origins) } }
        fieldset {
            legend { (w.apis) }
            @if apis.len() == 1 { p.small { (w.no_apis) } }
            @for api in apis {
                (checkbox(&format!("api.{}", api.audience), &label(api), fields.is_on(&format!("api.{}", api.audience))))
            }
        }
        (text("scope", home.scopes, w.scopes_hint, fields))
        (lifetimes(w, signs_people_in, fields))
        @if proves_itself { (text("jwks_uri", w.keys, w.keys_hint, fields)) }
        @if signs_people_in { (check("consent", w.consent)) (check("no_refresh_token", w.no_refresh)) }
        @if kind == Kind::Native { (check("device", w.device)) }
        @if kind == Kind::Web {
            (check("client_credentials", w.itself))
            (text("backchannel_logout_uri", w.backchannel, w.backchannel_hint, fields))
            (check("backchannel_logout_session_required", w.backchannel_session))
        }
        (exchange(w, kind, fields, apis))
        @if kind == Kind::Service { p.small { (w.workloads) } }
    }
}

/// How long its tokens live.
fn lifetimes(w: &words::Register, signs_people_in: bool, fields: &Fields) -> Markup {
    html! {
        (text("access_token_lifetime", w.access_lifetime, w.access_lifetime_hint, fields))
        @if signs_people_in {
            (text("refresh_idle", w.idle, w.refresh_hint, fields))
            (text("refresh_absolute", w.absolute, w.refresh_hint, fields))
        }
    }
}

/// Which tokens it may exchange for ours.
fn exchange(w: &words::Register, kind: Kind, fields: &Fields, apis: &[Api]) -> Markup {
    let speaks = |api: &Api| format!("speaks.{}", api.audience);
    html! {
        @if matches!(kind, Kind::Web | Kind::Service) {
            (checkbox("exchange", w.exchanges, fields.is_on("exchange")))
            fieldset {
                legend { (w.speaks) }
                @for api in apis { (checkbox(&speaks(api), &label(api), fields.is_on(&speaks(api)))) }
            }
        }
        @if matches!(kind, Kind::Web | Kind::Native) {
            (text("exchange_id_tokens", w.id_tokens, w.id_tokens_hint, fields))
        }
    }
}

fn label(api: &Api) -> String {
    format!("{} ({}): {}", api.name, api.audience, api.scope())
}

fn api_fields(words: &Words, fields: &Fields) -> Markup {
    let (w, home) = (&words.register, &words.common.home);
    html! {
        (text("name", home.name, w.name_hint, fields))
        (text("audience", w.audience, w.audience_hint, fields))
        (text("scope", w.knows, w.blanks, fields))
        (text("consent_scope", w.consents, w.blanks, fields))
        (checkbox("introspection", w.introspection, fields.is_on("introspection")))
    }
}
