//! The error codes that we send, in one table. What providers send to us is another one, in `authenticate`.

use std::fmt;

/// Where a code may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The authorization endpoint sends it to the application, through the browser (RFC 6749 §4.1.2.1, OpenID Connect Core
    /// §3.1.2.6).
    Authorization,
    /// The token endpoint answers with it (RFC 6749 §5.2).
    Token,
    /// An API says it in `WWW-Authenticate` (RFC 6750 §3.1).
    Resource,
    /// Our own pages and problem documents (RFC 9457) show it, where no standard says which code they use.
    Ours,
}

/// What the table says of a code.
struct Row {
    code: &'static str,
    section: &'static str,
    status: u16,
    senders: &'static [Sender],
}

/// The table: each row is a documented variant, the code as it is sent, the section that defines it, the HTTP status of an answer
/// that has nothing more exact to say, and who may send it.
macro_rules! errors {
    ($($(#[$doc:meta])+ $name:ident: $code:literal, $section:literal, $status:literal, [$($sender:ident),+];)+) => {
        /// A registered error code, with the section that defines it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])+ #[doc = concat!("\n\n`", $code, "`, ", $section, ".")] $name,)+
        }

        impl Code {
            /// The whole table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        code: $code,
                        section: $section,
                        status: $status,
                        senders: &[$(Sender::$sender),+],
                    },)+
                }
            }
        }
    };
}

errors! {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest: "invalid_request", "RFC 6749 §4.1.2.1", 400, [Authorization, Token, Resource, Ours];
    /// The client did not prove who it is.
    InvalidClient: "invalid_client", "RFC 6749 §5.2", 401, [Token];
    /// The authorization grant is invalid, expired, revoked or another client's.
    InvalidGrant: "invalid_grant", "RFC 6749 §5.2", 400, [Token];
    /// The client may not use this grant or response type.
    UnauthorizedClient: "unauthorized_client", "RFC 6749 §4.1.2.1", 400, [Authorization, Token];
    /// There is no such `grant_type` here.
    UnsupportedGrantType: "unsupported_grant_type", "RFC 6749 §5.2", 400, [Token];
    /// There is no such `response_type` here.
    UnsupportedResponseType: "unsupported_response_type", "RFC 6749 §4.1.2.1", 400, [Authorization];
    /// The scope is unknown, malformed or lacks what the request needs.
    InvalidScope: "invalid_scope", "RFC 6749 §4.1.2.1", 400, [Authorization, Token];
    /// The person or the server said no.
    AccessDenied: "access_denied", "RFC 6749 §4.1.2.1", 403, [Authorization, Token, Ours];
    /// The person has not decided yet about what the device asks for.
    AuthorizationPending: "authorization_pending", "RFC 8628 §3.5", 400, [Token];
    /// The same, and the device asks more often than it may.
    SlowDown: "slow_down", "RFC 8628 §3.5", 400, [Token];
    /// The person did not decide in time.
    ExpiredToken: "expired_token", "RFC 8628 §3.5", 400, [Token];
    /// Something that we depend on failed.
    ServerError: "server_error", "RFC 6749 §4.1.2.1", 502, [Authorization, Ours];
    /// Too busy, or out of order for the moment: the same request may work later.
    TemporarilyUnavailable: "temporarily_unavailable", "RFC 6749 §4.1.2.1", 503, [Authorization, Ours];
    /// Nobody is signed in.
    LoginRequired: "login_required", "OpenID Connect Core §3.1.2.6", 401, [Authorization, Ours];
    /// Nothing may be shown (`prompt=none`, or a program asks), and something would have to be.
    InteractionRequired: "interaction_required", "OpenID Connect Core §3.1.2.6", 400, [Authorization, Ours];
    /// The app insists on a way of signing in that cannot be had here.
    UnmetAuthenticationRequirements: "unmet_authentication_requirements", "OpenID Connect Core Error Code unmet_authentication_requirements", 400, [Authorization];
    /// Nothing may be shown (`prompt=none`), and the person has several accounts to choose from.
    AccountSelectionRequired: "account_selection_required", "OpenID Connect Core §3.1.2.6", 400, [Authorization];
    /// Nothing may be shown (`prompt=none`), and the person has not consented.
    ConsentRequired: "consent_required", "OpenID Connect Core §3.1.2.6", 400, [Authorization];
    /// The `request_uri` is unknown, expired, spent or another client's.
    InvalidRequestUri: "invalid_request_uri", "OpenID Connect Core §3.1.2.6", 400, [Authorization];
    /// The `resource` is malformed, unknown, or not one of this client.
    InvalidTarget: "invalid_target", "RFC 8707 §2", 400, [Authorization, Token];
    /// A token of this type cannot be revoked.
    UnsupportedTokenType: "unsupported_token_type", "RFC 7009 §2.2.1", 400, [Token];
    /// The parameter `request` is not taken.
    RequestNotSupported: "request_not_supported", "OpenID Connect Core §3.1.2.6", 400, [Authorization];
    /// The parameter `request_uri` is not taken.
    RequestUriNotSupported: "request_uri_not_supported", "OpenID Connect Core §3.1.2.6", 400, [Authorization];
    /// The access token is missing, malformed, expired or revoked.
    InvalidToken: "invalid_token", "RFC 6750 §3.1", 401, [Resource];
    /// The access token lacks a scope.
    InsufficientScope: "insufficient_scope", "RFC 6750 §3.1", 403, [Resource];
}

impl Code {
    /// The code as it is sent.
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    /// The section that defines it.
    pub const fn section(self) -> &'static str {
        self.row().section
    }

    /// The HTTP status of an answer with this code, where nothing more exact is known. A redirect has none of it.
    pub const fn status(self) -> u16 {
        self.row().status
    }

    /// Who may send it.
    pub const fn senders(self) -> &'static [Sender] {
        self.row().senders
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The codes that a section of a standard defines, in its order.
    const DEFINED: &[(&str, &[&str])] = &[
        (
            "RFC 6749 §4.1.2.1",
            &[
                "invalid_request",
                "unauthorized_client",
                "access_denied",
                "unsupported_response_type",
                "invalid_scope",
                "server_error",
                "temporarily_unavailable",
            ],
        ),
        (
            "RFC 6749 §5.2",
            &[
                "invalid_request",
                "invalid_client",
                "invalid_grant",
                "unauthorized_client",
                "unsupported_grant_type",
                "invalid_scope",
            ],
        ),
        ("RFC 6750 §3.1", &["invalid_request", "invalid_token", "insufficient_scope"]),
        ("RFC 8707 §2", &["invalid_target"]),
        ("RFC 7009 §2.2.1", &["unsupported_token_type"]),
        ("RFC 8628 §3.5", &["authorization_pending", "slow_down", "access_denied", "expired_token"]),
        (
            "OpenID Connect Core §3.1.2.6",
            &[
                "interaction_required",
                "login_required",
                "account_selection_required",
                "consent_required",
                "invalid_request_uri",
                "invalid_request_object",
                "request_not_supported",
                "request_uri_not_supported",
                "registration_not_supported",
            ],
        ),
        (
            "OpenID Connect Core Error Code unmet_authentication_requirements",
            &["unmet_authentication_requirements"],
        ),
    ];

    fn defines(section: &str, code: Code) -> bool {
        DEFINED.iter().any(|(of, codes)| *of == section && codes.contains(&code.as_str()))
    }

    #[test]
    fn each_code_is_in_the_section_that_it_names() {
        for code in Code::ALL {
            assert!(defines(code.section(), *code), "{code} is not defined by {}", code.section());
        }
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len(), "a code is in the table twice");
    }

    #[test]
    fn anyone_who_sends_a_code_is_in_a_section_that_lets_them() {
        for code in Code::ALL {
            let may = |sender| code.senders().contains(&sender);
            let any = |sections: &[&str]| sections.iter().any(|section| defines(section, *code));
            let authorization = any(&[
                "RFC 6749 §4.1.2.1",
                "OpenID Connect Core §3.1.2.6",
                "OpenID Connect Core Error Code unmet_authentication_requirements",
                "RFC 8707 §2",
            ]);
            assert_eq!(may(Sender::Authorization), authorization, "{code}");
            assert_eq!(
                may(Sender::Token),
                any(&["RFC 6749 §5.2", "RFC 8707 §2", "RFC 7009 §2.2.1", "RFC 8628 §3.5"]),
                "{code}"
            );
            assert_eq!(may(Sender::Resource), defines("RFC 6750 §3.1", *code), "{code}");
        }
    }

    #[test]
    fn statuses_are_those_of_the_standards() {
        for code in Code::ALL {
            let may = |sender| code.senders().contains(&sender);
            // RFC 6749 §5.2: 400, but that 401 may be the answer to a client that is not known.
            // What a person denied a device is 400 there too (RFC 8628 §3.5), and 403 on a page.
            if may(Sender::Token) && *code != Code::AccessDenied {
                assert_eq!(code.status(), if *code == Code::InvalidClient { 401 } else { 400 }, "{code}");
            }
            // RFC 6750 §3.1.
            if may(Sender::Resource) {
                let status = match code {
                    Code::InvalidToken => 401,
                    Code::InsufficientScope => 403,
                    _ => 400,
                };
                assert_eq!(code.status(), status, "{code}");
            }
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }
}
