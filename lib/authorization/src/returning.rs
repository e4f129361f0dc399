//! The way back to the client.

use oauth::{AuthorizationResponse, RedirectTarget, Secret, server::ResponseMode};

/// How one authorization request is answered: where, in which form, and with which `state`. It is there only once the redirect
/// URI was found to be the client's (#23).
#[derive(Debug, Clone)]
pub struct Return {
    pub(crate) target: RedirectTarget,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<String>,
    pub(crate) issuer: String,
}

impl Return {
    /// Where the answer goes.
    pub fn target(&self) -> &RedirectTarget {
        &self.target
    }

    /// The answer with a code (RFC 6749 §4.1.2).
    pub fn code(&self, code: &Secret) -> AuthorizationResponse {
        self.answer(vec![("code", code.expose().to_owned())])
    }

    /// The answer with an error (RFC 6749 §4.1.2.1).
    pub fn error(&self, error: &oauth::Error) -> AuthorizationResponse {
        self.answer(vec![
            ("error", error.code().as_str().to_owned()),
            ("error_description", plain(error.description())),
        ])
    }

    /// Each answer carries `state` as it came, and says who answers (RFC 9207 §2).
    fn answer(&self, mut parameters: Vec<(&'static str, String)>) -> AuthorizationResponse {
        parameters.extend(self.state.iter().map(|state| ("state", state.clone())));
        parameters.push(("iss", self.issuer.clone()));
        self.target.answer(self.mode, parameters)
    }
}

/// The characters that `error_description` may have (RFC 6749 §4.1.2.1): ASCII without quotation marks and backslashes.
fn plain(text: &str) -> String {
    let fits = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    text.chars().map(|c| if fits(c) { c } else { '\'' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_plain_ascii() {
        assert_eq!(plain("a \"b\" \\ \u{e9}\n~!"), "a 'b' ' ''~!");
    }
}
