//! Who an upstream provider says somebody is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, StandardClaims};

/// A person as a provider vouches for them. The key is (issuer, subject); the e-mail is an attribute (#21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The name of the provider in our settings, such as `google`.
    pub provider: String,
    /// `iss`: who says so.
    pub issuer: String,
    /// `sub`: who it is, within that issuer; 1 to 255 characters.
    pub subject: String,
    /// Full name, if given.
    pub name: Option<String>,
    /// What the browser brought as the name, where the provider tells one only once and does not sign it: good enough for
    /// somebody new who has no `name`, and for nothing else.
    pub unsigned_name: Option<String>,
    /// E-mail address, if given.
    pub email: Option<String>,
    /// Whether the issuer itself vouches for the address, in the document that named it (#19).
    pub email_verified: bool,
    /// Whether the issuer is the authority over the address, and not only says that it was verified once: by the domains that the
    /// settings name for it, or by a domain that it signs (#93). Nothing waits for an address that is less than this.
    #[serde(default)]
    pub email_authoritative: bool,
    /// The domain of the organization that the account belongs to, if the issuer signs one (Google's `hd`).
    #[serde(default)]
    pub hd: Option<String>,
    /// What else the ID token said in words, by claim: a text is one value, a list of texts are several.
    #[serde(default)]
    pub upstream: BTreeMap<String, Vec<String>>,
    /// Whether the groups were to be known and are not: the provider could not be asked, or did not answer as it should. That is
    /// something else than to be in none.
    #[serde(default)]
    pub groups_unknown: bool,
    /// Address of a picture, https (or loopback) only.
    pub picture: Option<String>,
    /// The other standard claims. Nothing if the provider could not be asked for what it may say: then what it said before counts.
    pub claims: Option<StandardClaims>,
}

impl Identity {
    /// One of which no more is known than who it is: the provider's name in our settings, `iss` and `sub`.
    pub fn bare(provider: &str, issuer: &str, subject: &str) -> Self {
        Self {
            provider: provider.to_owned(),
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name: None,
            unsigned_name: None,
            email: None,
            email_verified: false,
            email_authoritative: false,
            hd: None,
            upstream: BTreeMap::new(),
            groups_unknown: false,
            picture: None,
            claims: None,
        }
    }

    /// The key under which this identity is stored.
    pub fn key(&self) -> Digest {
        Digest::of_parts(&[&self.issuer, &self.subject])
    }
}
