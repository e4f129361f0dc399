//! What the app asks for (RP-Initiated Logout §2), and where its person goes afterwards (§3).

use client::Client;
use oauth::{AuthorizationResponse, Error, RedirectTarget, Sentence, server, server::ResponseMode};
use serde::Deserialize;
use token::{Hint, Verifier};
use url::form_urlencoded::Serializer;
use web::{Request, Response, Result};

use crate::{LONGEST_QUERY, Logout};

/// The parameters that are read.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
    /// The languages that the person reads.
    ui_locales: Option<String>,
}

/// Where the person goes afterwards: one of the addresses that the client has registered.
pub(crate) struct Back {
    pub(crate) target: RedirectTarget,
    pub(crate) state: Option<String>,
}

impl Back {
    /// The answer to the client.
    pub(crate) fn answer(&self) -> AuthorizationResponse {
        let state = self.state.iter().map(|state| ("state", state.clone())).collect();
        self.target.answer(ResponseMode::Query, state)
    }
}

/// The same request by GET.
pub(crate) fn by_get(request: &Request) -> Result<Response> {
    let asked = Asked::of(request.form()?);
    let query = asked.encode();
    if query.len() > LONGEST_QUERY {
        return Err(Error::invalid_request("the request is too long").with_status(413).into());
    }
    Ok(Response::see_own(&format!("{}?{query}", server::LOGOUT)))
}

impl Asked {
    /// A parameter without a value is one that is absent (RFC 6749 §3.1).
    pub(crate) fn of(read: Self) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            id_token_hint: given(read.id_token_hint),
            client_id: given(read.client_id),
            post_logout_redirect_uri: given(read.post_logout_redirect_uri),
            state: given(read.state),
            ui_locales: given(read.ui_locales),
        }
    }

    fn encode(&self) -> String {
        let all = [
            ("id_token_hint", &self.id_token_hint),
            ("client_id", &self.client_id),
            ("post_logout_redirect_uri", &self.post_logout_redirect_uri),
            ("state", &self.state),
            ("ui_locales", &self.ui_locales),
        ];
        let given = all.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        Serializer::new(String::new()).extend_pairs(given).finish()
    }

    /// Whom the client wants to sign out. An ID token of ours that has expired still says it (§4).
    pub(crate) fn hint(&self, verifier: &Verifier) -> Result<Option<Hint>, Error> {
        let Some(hint) = &self.id_token_hint else { return Ok(None) };
        let wrong = || app_mistake("the app sent a wrong id_token_hint, so nobody was signed out");
        verifier.verify_hint(hint).map(Some).map_err(|_| wrong())
    }

    /// Whose request it is: the client of the ID token, or the one that is named.
    pub(crate) fn client_id<'a>(&'a self, hint: Option<&'a Hint>) -> Result<Option<&'a str>, Error> {
        match (self.client_id.as_deref(), hint.map(|hint| hint.audience.as_str())) {
            (Some(named), Some(hinted)) if named != hinted => {
                Err(app_mistake("client_id is not the client of id_token_hint"))
            }
            (named, hinted) => Ok(hinted.or(named)),
        }
    }

    /// Where the person goes afterwards, if that is registered, exactly (#28).
    pub(crate) fn back(&self, client: Option<&Client>) -> Result<Option<Back>, Error> {
        let Some(requested) = &self.post_logout_redirect_uri else { return Ok(None) };
        if self.id_token_hint.is_none() && self.client_id.is_none() {
            return Err(app_mistake("post_logout_redirect_uri needs id_token_hint or client_id beside it"));
        }
        let target =
            client.and_then(|client| RedirectTarget::listed(&client.post_logout_redirect_uris, requested));
        let target = target.ok_or_else(|| {
            app_mistake("the address to return to after signing out is not registered for this app")
        })?;
        Ok(Some(Back { target, state: self.state.clone() }))
    }
}

/// What the person can only tell those who run the app.
fn app_mistake(text: &'static str) -> Error {
    Error::invalid_request(text).for_people(Sentence::AppMistake)
}

impl Logout {
    pub(crate) async fn client(
        &self,
        asked: &Asked,
        hint: Option<&Hint>,
        request: &Request,
    ) -> Result<Option<Client>> {
        let Some(id) = asked.client_id(hint)? else { return Ok(None) };
        Ok(client::find(&self.table, id, request.now).await?)
    }
}
