//! Asking the person, and what they say. The form ends the session that it was made for, whichever acts by then (#29).

use client::Client;
use http::header;
use maud::html;
use oauth::{Code, Error, RedirectTarget, Sentence};
use serde::{Deserialize, Serialize};
use session::Session;
use web::{Request, Response, Result, words};

use crate::{DECISION, Logout, asked::Back};

/// What the form is sealed for.
const PURPOSE: &str = "logout decision";

/// What is in the form, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sid: String,
    back: Option<SealedBack>,
}

/// Where to go then; it is looked up again.
#[derive(Serialize, Deserialize)]
struct SealedBack {
    client_id: String,
    uri: String,
    state: Option<String>,
}

/// The form.
#[derive(Deserialize)]
struct Form {
    request: String,
    /// To sign out of all accounts in this browser.
    all: Option<String>,
}

impl Logout {
    /// The page that asks, in a browser that has these sessions. It is about the first.
    pub(crate) async fn confirm(
        &self,
        request: &Request,
        sessions: &[Session],
        client: Option<&Client>,
        back: Option<&Back>,
    ) -> Result<Response> {
        let (session, count) = (&sessions[0], sessions.len());
        let user = user::find(&self.table, &session.user_id, request.now).await?;
        let name = user.and_then(|user| user.name.or(user.email));
        let sealed_back = client.zip(back).map(|(client, back)| SealedBack {
            client_id: client.id.clone(),
            uri: back.target.as_str().to_owned(),
            state: back.state.clone(),
        });
        let sealed = Sealed { sid: session.id.clone(), back: sealed_back };
        let sealed = self.sealer.seal(&[PURPOSE], &serde_json::to_vec(&sealed)?);
        let look = request.look();
        let (common, said) = (&look.words.common, &look.words.sign_out);
        let bold = |text: &str| html! { b { (text) } };
        let who = bold(name.as_deref().unwrap_or(common.this_account));
        let content = html! {
            h1 { (said.title) }
            @if let Some(client) = client { p { (words::fill(said.app_asks, &[("app", bold(&client.name))])) } }
            p { (words::fill(common.signed_in_as, &[("who", who)])) " " (said.ends) }
            @if count > 1 { p { (words::fill(said.others, &[("count", html! { (count) })])) } }
            form.actions method="post" action=(DECISION) {
                input type="hidden" name="request" value=(sealed);
                @if count > 1 {
                    button name="all" value="all" { (common.sign_out_all) }
                    button.quiet { (said.only_this) }
                } @else {
                    button { (common.sign_out) }
                }
                a href="/" { (said.stay) }
            }
        };
        let page = match back {
            Some(back) => look.page_towards(&back.target, said.title, &content),
            None => look.page(said.title, &content),
        };
        // With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
        Ok(page.header(header::REFERRER_POLICY, "same-origin"))
    }

    /// The person wants to sign out.
    pub(crate) async fn decide(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let foreign = || Error::said(Code::InvalidRequest, Sentence::PageOfAnotherLogout);
        let content = self.sealer.open(&[PURPOSE], &form.request).ok_or_else(foreign)?;
        let sealed: Sealed = serde_json::from_slice(&content)?;
        let cookies = match (form.all, request.session_of(&sealed.sid)) {
            (None, Some(own)) => vec![own],
            (Some(_), Some(_)) => request.sessions(),
            // Nobody is left to sign out; the rest of the way is the same.
            (_, None) if request.sessions().is_empty() => Vec::new(),
            (_, None) => return Err(foreign().into()),
        };
        let back = match sealed.back {
            Some(back) => self.still_registered(back, request).await?,
            None => None,
        };
        self.end(&cookies, back.as_ref(), request).await
    }

    async fn still_registered(&self, back: SealedBack, request: &Request) -> Result<Option<Back>> {
        let client = client::find(&self.table, &back.client_id, request.now).await?;
        let target =
            client.and_then(|client| RedirectTarget::listed(&client.post_logout_redirect_uris, &back.uri));
        Ok(target.map(|target| Back { target, state: back.state }))
    }
}
