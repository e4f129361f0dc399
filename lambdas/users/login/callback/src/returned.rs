//! What the provider sent along with the browser.

use authenticate::{Answer, Provider};
use http::Method;
use oauth::Error;
use serde::{Deserialize, de::DeserializeOwned};
use web::Request;

/// By what the login is found.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Returned {
    state: String,
}

/// The state, by which the login is found; empty if there is none.
pub(crate) fn state(request: &Request, provider: &Provider) -> Result<String, Error> {
    let Returned { state } = read(request, provider)?;
    Ok(state)
}

/// What Apple adds when somebody agrees for the first time.
#[derive(Default, Deserialize)]
struct UserField {
    user: Option<String>,
}

/// What came back. Only what is read is checked: `user` where a provider posts it; and the text of an error, which may choose a
/// sentence of ours, is taken as it is (#4).
pub(crate) fn answer(request: &Request, provider: &Provider) -> Result<Answer, Error> {
    let UserField { user } =
        if provider.answers_by_post() { read(request, provider)? } else { UserField::default() };
    Ok(Answer { user, error_description: request.text("error_description"), ..read(request, provider)? })
}

/// Only a provider that answers by a form it posts may post.
fn read<T: DeserializeOwned>(request: &Request, provider: &Provider) -> Result<T, Error> {
    if request.method() != Method::POST {
        return request.query();
    }
    if provider.answers_by_post() {
        request.form()
    } else {
        Err(Error::invalid_request("this provider answers by GET").with_status(405))
    }
}
