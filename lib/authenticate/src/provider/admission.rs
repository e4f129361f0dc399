//! Who may come in, and as whom, once a provider has said who it is.

use oauth::{Identity, Sentence};
use serde_json::{Map, Value};

use super::Provider;
use crate::{Error, claims::Person, domain, id_token::Accepted};

impl Provider {
    /// The domain rule.
    pub(super) fn admit(&self, id_token: &Map<String, Value>, person: &Person) -> Result<(), Error> {
        let signs = self.config.preset.sign_in.signs_domain;
        domain::check(&self.config.hosted_domains, signs, id_token, person)
            .map_err(|why| Error::denied(Sentence::NotAdmitted, why.to_string()))
    }

    pub(super) fn identity(&self, who: Accepted, person: &Person) -> Identity {
        let (email, email_verified) = person.address();
        Identity {
            provider: self.config.name.clone(),
            issuer: who.issuer,
            subject: who.subject,
            name: person.name.clone(),
            unsigned_name: None,
            email,
            email_verified,
            picture: person.picture.clone(),
            claims: person.claims.clone(),
        }
    }
}
