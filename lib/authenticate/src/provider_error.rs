//! What a provider answers instead of a code or of tokens, and what that means here: what the person reads, under which
//! status, and how loudly it is logged. What *we* answer others is another table: [`oauth::Code`].
//!
//! Anyone who holds a login's cookie can write any error into the address of the callback. So none of these words is shown or
//! logged but in the spelling of this table, and only an exact text that is listed here chooses another sentence (#10, #103).

use fetch::Fault;
use oauth::Sentence;
use tracing::Level;

use crate::Error;

/// What an error means to the person who reads the page, or to the administrator of this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The person said no.
    Declined,
    /// The provider, or its administrator, refuses this person.
    NotAllowed,
    /// They stayed at the provider for too long.
    TookTooLong,
    /// The provider has to ask them something first.
    Asks,
    /// The code was used, or is too old.
    Spent,
    /// The provider does not like what we ask, or how this site is registered there: for its operator to look at.
    Registration,
    /// The provider is out of order.
    Broken,
    /// The provider is too busy.
    Busy,
    /// Nothing that we know.
    Unknown,
}

impl Meaning {
    fn refusal(self, reason: String) -> Error {
        let shown = |sentence| Error::login(sentence, reason.clone());
        match self {
            Self::Declined => Error::denied(Sentence::Declined, reason),
            Self::NotAllowed => Error::denied(Sentence::NotAllowedThere, reason),
            Self::TookTooLong => shown(Sentence::TookTooLongThere),
            Self::Asks => shown(Sentence::ProviderAsks),
            Self::Spent => shown(Sentence::CodeSpent),
            Self::Registration => shown(Sentence::BadlyRegistered),
            Self::Broken => Error::upstream(Fault::Answer, reason),
            Self::Busy => Error::upstream(Fault::Unreachable, reason),
            Self::Unknown => shown(Sentence::ProviderCannot),
        }
    }

    /// The edge writes the line of a refusal: at the level `INFO`, and an outage at `ERROR`. What the operator has to see is
    /// a warning in addition.
    fn level(self) -> Level {
        match self {
            Self::Broken | Self::Busy => Level::ERROR,
            Self::Registration => Level::WARN,
            _ => Level::INFO,
        }
    }
}

/// An error of a provider's.
#[derive(Debug)]
struct Row {
    error: &'static str,
    /// The `error_description` that it must come with, exactly.
    text: Option<&'static str>,
    meaning: Meaning,
}

const fn row(error: &'static str, meaning: Meaning) -> Row {
    Row { error, text: None, meaning }
}

const fn said(error: &'static str, text: &'static str, meaning: Meaning) -> Row {
    Row { error, text: Some(text), meaning }
}

/// Errors that come through the browser. The first row that fits is taken: those with a text are before the one without.
const AUTHORIZATION: &[Row] = &[
    // Okta to somebody who is no user of the application (tailscale/tailscale#3334), or whom a policy keeps out
    // (oktadev/okta-wordpress-sign-in-widget#35).
    said("access_denied", "User is not assigned to the client application.", Meaning::NotAllowed),
    said("access_denied", "User is not assigned to the client application", Meaning::NotAllowed),
    said(
        "access_denied",
        "Policy evaluation failed for this request, please check the policy configurations.",
        Meaning::NotAllowed,
    ),
    // Auth0 to somebody who is blocked (auth0/docs#4767); which of the two codes depends on the tenant's age.
    said("access_denied", "user is blocked", Meaning::NotAllowed),
    // RFC 6749 §4.1.2.1. Google, Entra (with `error_subcode=cancel`), GitHub, GitLab, Cognito, Okta, Auth0, Keycloak: *Cancel*.
    // Facebook adds `error_reason=user_denied`.
    row("access_denied", Meaning::Declined),
    // Apple, in the form that it posts (Sign in with Apple JS, "Incorporating Sign in with Apple into other platforms").
    row("user_cancelled_authorize", Meaning::Declined),
    // LinkedIn, beside the one above ("Authorization Code Flow (3-legged OAuth)", step 2).
    row("user_cancelled_login", Meaning::Declined),
    row("user_denied", Meaning::Declined),
    // Auth0, by a rule or an action that says no, and to the blocked (atinux/nuxt-auth-utils#456).
    row("unauthorized", Meaning::NotAllowed),
    // Google: an administrator of Workspace, or Advanced Protection, keeps this application out (oauthlib/oauthlib#707).
    row("admin_policy_enforced", Meaning::NotAllowed),
    row("policy_enforced", Meaning::NotAllowed),
    row("org_internal", Meaning::NotAllowed),
    // Salesforce ("OAuth Authorization Errors").
    row("OAUTH_APP_ACCESS_DENIED", Meaning::NotAllowed),
    row("OAUTH_APP_BLOCKED", Meaning::NotAllowed),
    // OpenID Connect Core §3.1.2.6: a consent that only an administrator can give, where Entra says it.
    row("consent_required", Meaning::NotAllowed),
    // OpenID Connect Unmet Authentication Requirements §1.
    row("unmet_authentication_requirements", Meaning::NotAllowed),
    // Keycloak, when its page in this tab has lapsed and the person is signed in by another tab ("Keycloak specific errors" in
    // "Securing applications"; zmartzone/lua-resty-openidc#549). To start again is all there is to do.
    said("temporarily_unavailable", "authentication_expired", Meaning::TookTooLong),
    // OpenID Connect Core §3.1.2.6. Keycloak before 19 says `interaction_required` to *Cancel* as well.
    row("login_required", Meaning::Asks),
    row("interaction_required", Meaning::Asks),
    row("account_selection_required", Meaning::Asks),
    // RFC 6749 §4.1.2.1.
    row("invalid_request", Meaning::Unknown),
    row("server_error", Meaning::Broken),
    row("temporarily_unavailable", Meaning::Busy),
    row("invalid_scope", Meaning::Registration),
    row("unauthorized_client", Meaning::Registration),
    row("unsupported_response_type", Meaning::Registration),
    // RFC 6749 §5.2, which some say here too.
    row("invalid_client", Meaning::Registration),
    // OpenID Connect Core §3.1.2.6.
    row("invalid_request_object", Meaning::Registration),
    row("invalid_request_uri", Meaning::Registration),
    row("registration_not_supported", Meaning::Registration),
    row("request_not_supported", Meaning::Registration),
    row("request_uri_not_supported", Meaning::Registration),
    // RFC 8707 §2; Entra.
    row("invalid_target", Meaning::Registration),
    row("invalid_resource", Meaning::Registration),
    // GitHub ("Troubleshooting authorization request errors").
    row("application_suspended", Meaning::Registration),
    row("redirect_uri_mismatch", Meaning::Registration),
];

/// Errors that the token endpoint answers us. A person can do nothing about most of them.
const TOKEN: &[Row] = &[
    // RFC 6749 §5.2.
    row("invalid_grant", Meaning::Spent),
    row("invalid_request", Meaning::Broken),
    row("invalid_client", Meaning::Broken),
    row("invalid_scope", Meaning::Broken),
    row("unauthorized_client", Meaning::Broken),
    row("unsupported_grant_type", Meaning::Broken),
    row("server_error", Meaning::Broken),
    row("temporarily_unavailable", Meaning::Broken),
    row("access_denied", Meaning::NotAllowed),
    // GitHub, under 200 ("Troubleshooting OAuth app access token request errors"): the first is its `invalid_grant`.
    row("bad_verification_code", Meaning::Spent),
    row("unverified_user_email", Meaning::NotAllowed),
    row("incorrect_client_credentials", Meaning::Broken),
    row("redirect_uri_mismatch", Meaning::Broken),
];

/// What an error means that came through the browser, once the answer has shown whose it is (#6).
pub(crate) fn of_authorization(error: &str, text: Option<&str>) -> Error {
    let (known, meaning) = find(AUTHORIZATION, error, text).unwrap_or((UNLISTED, Meaning::Unknown));
    become_known(meaning, format!("the provider answers {known}"))
}

/// What an error of the token endpoint means, which came under this status.
pub(crate) fn of_token(error: &str, status: u16) -> Error {
    let (known, meaning) = find(TOKEN, error, None).unwrap_or((UNLISTED, Meaning::Broken));
    become_known(meaning, format!("the token endpoint answers {status}, {known}"))
}

const UNLISTED: &str = "an unknown error";

fn become_known(meaning: Meaning, reason: String) -> Error {
    if meaning.level() == Level::WARN {
        tracing::warn!(
            reason,
            "the provider does not accept this site's request: look at its registration there"
        );
    }
    meaning.refusal(reason)
}

fn find(table: &[Row], error: &str, text: Option<&str>) -> Option<(&'static str, Meaning)> {
    let fits = |row: &&Row| row.error == error && (row.text.is_none() || row.text == text);
    table.iter().find(fits).map(|row| (row.error, row.meaning))
}

#[cfg(test)]
mod tests {
    use oauth::Code;

    use super::*;

    fn shown(error: &Error) -> (u16, Code) {
        let refusal = error.refusal().unwrap();
        (refusal.status(), refusal.code())
    }

    #[test]
    fn rows_with_a_text_come_first_and_every_row_is_reachable() {
        for table in [AUTHORIZATION, TOKEN] {
            for (at, row) in table.iter().enumerate() {
                let before = table[..at]
                    .iter()
                    .find(|b| b.error == row.error && (b.text.is_none() || b.text == row.text));
                assert!(before.is_none(), "{row:?} is never reached");
                assert!(row.error.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_'), "{row:?}");
                assert_eq!(find(table, row.error, row.text), Some((row.error, row.meaning)));
            }
        }
    }

    #[test]
    fn only_an_outage_is_logged_as_an_error() {
        for row in AUTHORIZATION {
            let (status, _) = shown(&of_authorization(row.error, row.text));
            assert_eq!(status >= 500, row.meaning.level() == Level::ERROR, "{row:?}");
            assert!([400, 403, 502, 503].contains(&status), "{row:?}");
        }
    }

    #[test]
    fn a_known_error_description_chooses_the_sentence_exactly() {
        // #10
        let busy = (503, Code::TemporarilyUnavailable);
        let of = |text: Option<&str>| shown(&of_authorization("temporarily_unavailable", text));
        assert_eq!(of(Some("authentication_expired")), (400, Code::InvalidRequest));
        for other in [
            "",
            "Authentication_expired",
            " authentication_expired",
            "authentication_expired.",
            "access_denied",
        ] {
            assert_eq!(of(Some(other)), busy, "{other}");
        }
        assert_eq!(of(None), busy);
        // Nor does a text make of one error what belongs to another.
        assert_eq!(shown(&of_authorization("server_error", Some("authentication_expired"))).0, 502);
        assert_eq!(shown(&of_authorization("invalid_scope", Some("user is blocked"))).0, 400);
    }

    #[test]
    fn unknown_errors_are_neither_shown_nor_logged() {
        // #10, #103
        for error in
            ["", "Access_Denied", "<script>canary</script>", "access_denied canary", "access_denied\n"]
        {
            let refused = of_authorization(error, Some("canary"));
            assert_eq!(shown(&refused), (400, Code::InvalidRequest), "{error}");
            assert!(!format!("{refused} {refused:?}").contains("canary"), "{error}");
            assert_eq!(shown(&of_token(error, 400)).0, 502, "{error}");
        }
    }
}
