//! What is wrong with a redirect URI.

/// Why a redirect URI cannot be registered (#24): in English, what follows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFlaw {
    /// It travels in cookies and in requests with much else.
    #[error("is longer than 512 bytes")]
    Long,
    /// RFC 6749 §3.1.2.
    #[error("has a fragment")]
    Fragment,
    /// It is compared as it is written.
    #[error("has a wildcard: register each URI in full")]
    Wildcard,
    /// RFC 3986 §2.
    #[error("has a character that no URI has: percent-encode it")]
    Character,
    /// RFC 3986 §2.1.
    #[error("has a % that encodes nothing")]
    Percent,
    /// It has no scheme.
    #[error("is not absolute: write https://…")]
    Relative,
    /// Its scheme leads to nobody who could be known.
    #[error("must be https, http on localhost, or a private-use scheme with a dot in it")]
    Scheme,
    /// RFC 8252 §7.1.
    #[error("lacks a / behind its scheme")]
    Slash,
    /// Browsers read it in another way than we do.
    #[error("lacks // behind its scheme")]
    Slashes,
    /// With a name before it, a host looks like another one.
    #[error("has a user name in it")]
    User,
    /// Browsers cannot read it.
    #[error("is no URL")]
    NoUrl,
    /// Not one from 1 to 65535.
    #[error("has a port that is no number")]
    Port,
    /// Browsers would change it.
    #[error("has a host that is not written as browsers write it: small letters, nothing encoded")]
    Host,
    /// Anybody on the way could read the response.
    #[error("is http, which is for localhost, 127.0.0.1 and [::1] only: use https")]
    Http,
    /// Beside ours, an app could not tell the two apart.
    #[error("has a parameter that is ours to add: code, state, iss or error")]
    Parameter,
    /// RFC 8252 §7.1.
    #[error("has a scheme of its own, which only native apps may have")]
    OwnScheme,
}
