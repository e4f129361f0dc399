//! The words of our authorization server: its endpoints, and the values that its parameters may have. Handlers read them and
//! discovery is printed from them, so that neither knows a value that the other does not.

use serde::{Deserialize, Serialize};

use crate::Scope;

/// The authorization endpoint (RFC 6749 §3.1).
pub const AUTHORIZE: &str = "/oauth/authorize";
/// The `client_id` of tokens that no client asked for: those of our own sign-in.
pub const FIRST_PARTY: &str = "latchkey";
/// The token endpoint (RFC 6749 §3.2).
pub const TOKEN: &str = "/oauth/token";
/// The userinfo endpoint (OpenID Connect Core §5.3).
pub const USERINFO: &str = "/oauth/userinfo";
/// The revocation endpoint (RFC 7009).
pub const REVOKE: &str = "/oauth/revoke";
/// The introspection endpoint (RFC 7662).
pub const INTROSPECT: &str = "/oauth/introspect";
/// The pushed authorization request endpoint (RFC 9126).
pub const PAR: &str = "/oauth/par";
/// The device authorization endpoint (RFC 8628 §3.1).
pub const DEVICE: &str = "/oauth/device";
/// Where a person enters the code that a device shows: `verification_uri` (RFC 8628 §3.2).
pub const VERIFY_DEVICE: &str = "/device";
/// The end-session endpoint (OpenID Connect RP-Initiated Logout).
pub const LOGOUT: &str = "/oauth/logout";

/// The scope that makes a request one of OpenID Connect (Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// The scope of the person's name, picture and the like (OpenID Connect Core §5.4).
pub const PROFILE: &str = "profile";
/// The scope of the person's address (OpenID Connect Core §5.4).
pub const EMAIL: &str = "email";
/// The scope of the person's postal address (OpenID Connect Core §5.4).
pub const ADDRESS: &str = "address";
/// The scope of the person's telephone number (OpenID Connect Core §5.4).
pub const PHONE: &str = "phone";
/// The scope that asks for a refresh token (OpenID Connect Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes of OpenID Connect: no API has one of these names, and no role is needed for them.
pub const OPENID_SCOPES: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

/// Those that a client gets that names none, unless it is registered otherwise.
pub const USUAL_SCOPES: [&str; 3] = [OPENID, PROFILE, EMAIL];

/// `acr` of a sign-in of which nothing more exact is known (OpenID Connect Core §2): a provider vouched for the person.
pub const ACR: &str = "1";

/// `acr` of a sign-in with more than one factor.
pub const ACR_FACTORS: &str = "2";

/// Each `acr` that is said here, the weakest first.
pub const ACRS: [&str; 2] = [ACR, ACR_FACTORS];

/// What `amr` says where more than one factor was shown (RFC 8176 §2).
pub const MFA: &str = "mfa";

/// Whether more than one factor was shown, as `amr` says.
pub fn has_factors<T: AsRef<str>>(amr: &[T]) -> bool {
    amr.iter().any(|how| how.as_ref() == MFA)
}

/// `acr` of a sign-in that was made in these ways.
pub fn acr<T: AsRef<str>>(amr: &[T]) -> &'static str {
    if has_factors(amr) { ACR_FACTORS } else { ACR }
}

/// Each claim of a person that a client may learn, and the scope that gives it (OpenID Connect Core §5.4).
pub const PERSON_CLAIMS: [(&str, &str); 19] = [
    ("name", PROFILE),
    ("given_name", PROFILE),
    ("family_name", PROFILE),
    ("middle_name", PROFILE),
    ("nickname", PROFILE),
    ("preferred_username", PROFILE),
    ("profile", PROFILE),
    ("picture", PROFILE),
    ("website", PROFILE),
    ("gender", PROFILE),
    ("birthdate", PROFILE),
    ("zoneinfo", PROFILE),
    ("locale", PROFILE),
    ("updated_at", PROFILE),
    ("email", EMAIL),
    ("email_verified", EMAIL),
    ("address", ADDRESS),
    ("phone_number", PHONE),
    ("phone_number_verified", PHONE),
];

/// [`OPENID_SCOPES`] as a set.
pub fn openid_scopes() -> Scope {
    OPENID_SCOPES.into_iter().collect()
}

/// A value that a standard names: the enum, every value, and the text of each.
macro_rules! words {
    ($(#[$doc:meta])+ $type:ident { $($(#[$of:meta])+ $name:ident = $text:literal,)+ }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $type {
            $($(#[$of])+ #[doc = concat!("\n\n`", $text, "`")] #[serde(rename = $text)] $name,)+
        }

        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The value as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The value of this text, which is compared exactly.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// `grant_type` of a token request.
    GrantType {
        /// A code of the authorization endpoint (RFC 6749 §4.1.3).
        AuthorizationCode = "authorization_code",
        /// A refresh token (RFC 6749 §6).
        RefreshToken = "refresh_token",
        /// The client for itself, without a person (RFC 6749 §4.4).
        ClientCredentials = "client_credentials",
        /// A device whose person agrees on another one (RFC 8628 §3.4).
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
        /// Another token, for one of ours (RFC 8693 §2.1).
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
    }
}

words! {
    /// `subject_token_type` and its like: what kind of token is shown or asked for (RFC 8693 §3).
    TokenType {
        /// An access token of ours.
        AccessToken = "urn:ietf:params:oauth:token-type:access_token",
        /// An ID token (OpenID Connect Core §2).
        IdToken = "urn:ietf:params:oauth:token-type:id_token",
        /// A JWT of any kind, which here is an ID token.
        Jwt = "urn:ietf:params:oauth:token-type:jwt",
    }
}

words! {
    /// `response_mode`: how an authorization response reaches the application.
    ResponseMode {
        /// In the query of the redirect URI (OAuth 2.0 Multiple Response Types §2.1).
        Query = "query",
        /// Posted as a form (OAuth 2.0 Form Post Response Mode).
        FormPost = "form_post",
    }
}

words! {
    /// `prompt`: what the person must or must not be asked (OpenID Connect Core §3.1.2.1).
    Prompt {
        /// Nothing may be shown.
        None = "none",
        /// The person signs in afresh.
        Login = "login",
        /// The person is asked for consent.
        Consent = "consent",
        /// The person chooses an account.
        SelectAccount = "select_account",
    }
}

words! {
    /// How a client proves who it is (OpenID Connect Core §9, RFC 7591 §2).
    ClientAuth {
        /// Not at all: a public client.
        None = "none",
        /// By its secret in `Authorization: Basic`.
        Basic = "client_secret_basic",
        /// By its secret in the form.
        Post = "client_secret_post",
        /// By a JWT that it signed.
        PrivateKeyJwt = "private_key_jwt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_its_text_and_nothing_similar_is() {
        for &grant in GrantType::ALL {
            assert_eq!(GrantType::parse(grant.as_str()), Some(grant));
            assert_eq!(serde_json::to_value(grant).unwrap(), grant.as_str());
            assert_eq!(serde_json::from_value::<GrantType>(grant.as_str().into()).unwrap(), grant);
        }
        for other in ["", "password", "implicit", "Authorization_code", "authorization_code "] {
            assert_eq!(GrantType::parse(other), None, "{other:?}");
            assert!(serde_json::from_value::<GrantType>(other.into()).is_err(), "{other:?}");
        }
    }

    #[test]
    fn the_scopes_of_openid_connect_are_six() {
        assert_eq!(openid_scopes().to_string(), "address email offline_access openid phone profile");
        assert!(PERSON_CLAIMS.iter().all(|(_, scope)| OPENID_SCOPES.contains(scope)));
    }
}
