//! Why something cannot be registered.

use std::fmt;

use oauth::RedirectFlaw;

use crate::{misfit::Misfit, workload::WorkloadFlaw};

/// Why something cannot be registered: in English, a sentence for the operator. What is typed into a form of the console can be wrong in
/// each of these ways but the last two.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A name that people could not read (#88).
    #[error("the name {0:?} is not one line of 1 to 100 visible characters")]
    Name(String),
    /// Nobody could come back from the sign-in.
    #[error("a redirect URI is missing: where should people go with their authorization code?")]
    NoRedirectUri,
    /// An address that cannot be safe (#24).
    #[error("the redirect URI {0:?} {1}")]
    RedirectUri(String, RedirectFlaw),
    /// An address that cannot be told that a session has ended (#90).
    #[error("the back-channel logout URI {0:?} {1}")]
    LogoutUri(String, LogoutFlaw),
    /// An address from which no keys are fetched (#92).
    #[error("the jwks_uri {0:?} is no address of a key set: https://host/path, without user or fragment")]
    JwksUri(String),
    /// A row is read at every request of its client.
    #[error("at most {1} {0} can be registered")]
    TooMany(Listed, usize),
    /// One of these two is a mistake.
    #[error("the same of the {0} is named twice")]
    Twice(Listed),
    /// A scope that is none.
    #[error("{0:?} is no scope: one word of at most 100 characters")]
    Scope(String),
    /// An API's scope with a name that has a meaning already.
    #[error("the scope {0} is OpenID Connect's: give yours another name")]
    OpenIdScope(String),
    /// An API's scope that is there twice.
    #[error("the scope {0:?} is named twice")]
    ScopeTwice(String),
    /// A scope says which API it is about (#57).
    #[error("the scope {0:?} is one of {1}: give it a name of its own")]
    ScopeTaken(String, String),
    /// A scope about people, for a client that signs nobody in.
    #[error("the scope {0} is about a person, and this client signs nobody in")]
    ScopeOfPeople(String),
    /// A scope that none of the client's APIs has (#47).
    #[error("no API of this client knows the scope {0:?}: name the API with --audience")]
    UnknownScope(String),
    /// An audience that is none (RFC 8707 §2).
    #[error(
        "the audience {0:?} must be an absolute URI of at most 255 characters, such as https://api.example.com"
    )]
    Audience(String),
    /// An API that is not registered.
    #[error("there is no API {0:?}: register it first, with latchkey client add api")]
    NoApi(String),
    /// An audience has one API.
    #[error("there is an API {0} already")]
    ApiTaken(String),
    /// An access token that would live too short or too long.
    #[error("an access token is valid for 60 to 3600 seconds")]
    AccessTokenLifetime,
    /// The same of a refresh token.
    #[error("a refresh token lives for 60 seconds to 365 days")]
    RefreshTokenLifetime,
    /// The shorter of the two would never count.
    #[error("a refresh token cannot live longer without use than it can be renewed")]
    IdleBeyondAbsolute,
    /// What should say whose ID tokens are exchanged.
    #[error("{0:?} is not NAME=AUDIENCE, as in google=1234.apps.googleusercontent.com")]
    ProviderAndAudiences(String),
    /// A name that no provider can have.
    #[error("{0:?} is no provider's name, as in the setting PROVIDERS")]
    Provider(String),
    /// Without one, the tokens of every app of this provider would do.
    #[error("the ID tokens of {0} need an audience: the client id that the app has there")]
    NoAudienceOf(String),
    /// An audience that no ID token has.
    #[error("{0:?} is no audience of an ID token")]
    AudienceOfIdTokens(String),
    /// Who exchanges an ID token shows no page.
    #[error("an app that asks people for consent cannot exchange their ID tokens: nobody could ask them")]
    ConsentBesideIdTokens,
    /// Parts that do not fit together.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A workload that cannot be one.
    #[error(transparent)]
    Workload(#[from] WorkloadFlaw),
}

/// Of what a client has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Where authorization responses may go.
    RedirectUris,
    /// Where people may go after signing out.
    PostLogoutRedirectUris,
    /// Scopes, of a client or of an API.
    Scopes,
    /// The APIs that its tokens may be for.
    Apis,
    /// The APIs that it speaks for.
    SpokenApis,
    /// The providers whose ID tokens it exchanges.
    Providers,
    /// The audiences of those ID tokens.
    Audiences,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RedirectUris => "redirect URIs",
            Self::PostLogoutRedirectUris => "post-logout redirect URIs",
            Self::Scopes => "scopes",
            Self::Apis => "APIs",
            Self::SpokenApis => "APIs that it speaks for",
            Self::Providers => "providers of ID tokens",
            Self::Audiences => "audiences of a provider's ID tokens",
        })
    }
}

/// Why a client cannot be told at an address that a session has ended: in English, what follows the name of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutFlaw {
    /// Longer than any address that is called.
    #[error("is longer than 512 bytes")]
    Long,
    /// RFC 3986 §2.
    #[error("has a character that no URL has: percent-encode it")]
    Character,
    /// It has no scheme, or cannot be read.
    #[error("is no absolute URL: write https://…")]
    Relative,
    /// It would not be sent.
    #[error("has a fragment")]
    Fragment,
    /// With a name before it, a host looks like another one.
    #[error("has a user name or a password in it")]
    User,
    /// Anybody on the way could read what is told.
    #[error("must be https; http is for localhost, 127.0.0.1 and [::1] only")]
    Scheme,
    /// Only a latchkey on the same machine reaches it.
    #[error("must be https: this latchkey is on another machine")]
    OtherMachine,
}
