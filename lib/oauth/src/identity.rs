//! Who an upstream provider says somebody is.

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
    /// Address of a picture, https (or loopback) only.
    pub picture: Option<String>,
    /// The other standard claims. Nothing if the provider could not be asked for what it may say: then what it said before counts.
    pub claims: Option<StandardClaims>,
}

impl Identity {
    /// The key under which this identity is stored.
    pub fn key(&self) -> Digest {
        Digest::of_parts(&[&self.issuer, &self.subject])
    }
}
