//! How a provider differs from the standards: data, and nothing that runs.

use serde_json::{Map, Value};
use setting::Setting;

use super::behaviours::BEHAVIOURS;

/// How one provider behaves in what it really sends. `..PLAIN` is the stand-in as it is without `STAND_IN_LIKE`.
#[derive(Debug)]
pub(crate) struct Behaviour {
    /// The names of the provider that behaves so, as in `PROVIDERS`.
    pub(crate) names: &'static [&'static str],
    /// What people call it, where no preset knows.
    pub(crate) label: Option<&'static str>,
    /// The end of its issuer.
    pub(crate) issuer: &'static str,
    /// Where its metadata is.
    pub(crate) metadata: &'static str,
    /// Whether its endpoints are found there, and not in the settings; and what it says there otherwise than the plain stand-in,
    /// as JSON, in which `null` takes a member away.
    pub(crate) discovered: Option<&'static str>,
    /// What else the provider's settings say.
    pub(crate) settings: &'static [(&'static Setting, &'static str)],
    /// Its answers of the authorization endpoint.
    pub(crate) answer: Answer,
    /// The ways in which somebody may not sign in. The first is a person's no.
    pub(crate) refusals: &'static [Refusal],
    /// Its answers of the token endpoint.
    pub(crate) token: Token,
    /// Its ID tokens.
    pub(crate) id_token: IdToken,
    /// What it says at userinfo.
    pub(crate) user: User,
}

/// Answers of the authorization endpoint.
#[derive(Debug)]
pub(crate) struct Answer {
    /// `iss` (RFC 9207).
    pub(crate) iss: Iss,
    /// Further parameters beside the code, encoded as the provider encodes them, well or not.
    pub(crate) beside: &'static str,
    /// Whether it adds `user` when somebody comes for the first time, as Apple does.
    pub(crate) introduces: bool,
}

/// `iss` of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Iss {
    /// None.
    Absent,
    /// The issuer.
    Issuer,
    /// The issuer, to a client of OpenID Connect.
    IssuerToOpenId,
    /// Another name of its own.
    Named(&'static str),
}

/// One way in which somebody may not sign in.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The value of `refuse` in the form.
    pub(crate) key: &'static str,
    /// The button.
    pub(crate) button: &'static str,
    /// What is said beside it.
    pub(crate) note: &'static str,
    /// The answer, encoded as the provider encodes it.
    pub(crate) answer: &'static str,
}

/// Answers of the token endpoint.
#[derive(Debug)]
pub(crate) struct Token {
    /// Whether an answer is a form unless the client asks for JSON, and an error comes with 200: GitHub.
    pub(crate) form_unless_asked: bool,
    /// Its media type, and that of the key set.
    pub(crate) media_type: &'static str,
    /// Further members, as JSON.
    pub(crate) members: &'static str,
}

/// ID tokens.
#[derive(Debug)]
pub(crate) struct IdToken {
    /// Audiences in addition to the client.
    pub(crate) also_for: &'static [&'static str],
    /// Whether it names the client in `azp`.
    pub(crate) azp: bool,
    /// What is to be asked for at userinfo, and is not in the ID token.
    pub(crate) without: &'static [&'static str],
    /// How it writes `email_verified`.
    pub(crate) verified: Verified,
    /// How many groups somebody is in.
    pub(crate) groups: usize,
    /// Whether its times have a fraction (RFC 7519 §2, NumericDate).
    pub(crate) fractions: bool,
    /// Further claims, as JSON; `null` takes one away.
    pub(crate) claims: &'static str,
}

/// What a provider says at userinfo.
#[derive(Debug)]
pub(crate) struct User {
    /// The whole document, as JSON, where it is not made of claims.
    pub(crate) document: Option<&'static str>,
    /// Addresses in addition to the person's own, in a list at `/emails`, as JSON.
    pub(crate) further_addresses: &'static str,
    /// How it writes `email_verified`.
    pub(crate) verified: Verified,
    /// Whether it signs the answer (OpenID Connect Core §5.3.2, `application/jwt`).
    pub(crate) signed: bool,
    /// The endpoint that somebody at the page can let fail.
    pub(crate) may_fail: Option<Endpoint>,
}

/// An endpoint without which a sign-in can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Userinfo, where the ID token says who it is.
    Userinfo,
    /// The list of addresses.
    Emails,
    /// The groups, where they are asked for.
    Groups,
}

/// How `email_verified` is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verified {
    /// As JSON says it.
    Boolean,
    /// As text.
    Text,
    /// Not at all.
    Unsaid,
}

impl Verified {
    /// Rewrites the claim in its way.
    pub(super) fn write(self, claims: &mut Map<String, Value>) {
        let Some(flag) = claims.remove("email_verified") else { return };
        let written = match self {
            Self::Boolean => flag,
            Self::Text => flag.to_string().into(),
            Self::Unsaid => return,
        };
        claims.insert("email_verified".to_owned(), written);
    }
}

const REFUSE: Refusal = Refusal {
    key: "yes",
    button: "Refuse",
    note: "goes back without signing in.",
    answer: "error=access_denied&error_description=the+person+refused",
};

/// The stand-in as the standards say, without `STAND_IN_LIKE`.
pub(crate) const PLAIN: Behaviour = Behaviour {
    names: &[],
    label: None,
    issuer: "",
    metadata: "/.well-known/openid-configuration",
    discovered: None,
    settings: &[],
    answer: Answer { iss: Iss::IssuerToOpenId, beside: "", introduces: false },
    refusals: &[REFUSE],
    token: Token { form_unless_asked: false, media_type: "application/json", members: "{}" },
    id_token: IdToken {
        also_for: &[],
        azp: true,
        without: &[],
        verified: Verified::Boolean,
        groups: 0,
        fractions: false,
        claims: "{}",
    },
    user: User {
        document: None,
        further_addresses: "[]",
        verified: Verified::Boolean,
        signed: false,
        may_fail: None,
    },
};

/// The same, to borrow.
pub(crate) static STANDARD: Behaviour = PLAIN;

/// The behaviour of the provider with that name.
pub(crate) fn find(name: &str) -> Option<&'static Behaviour> {
    BEHAVIOURS.iter().find(|behaviour| behaviour.names.contains(&name))
}

/// All names there are.
pub(crate) fn names() -> Vec<&'static str> {
    BEHAVIOURS.iter().flat_map(|behaviour| behaviour.names).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_is_usable() {
        for behaviour in BEHAVIOURS {
            let is_list = |text: &str| serde_json::from_str::<Vec<Value>>(text).is_ok();
            let is_object = |text: &str| serde_json::from_str::<Map<String, Value>>(text).is_ok();
            assert!(
                is_object(behaviour.discovered.unwrap_or("{}"))
                    && is_object(behaviour.token.members)
                    && is_object(behaviour.id_token.claims),
                "{:?}",
                behaviour.names
            );
            assert!(is_list(behaviour.user.further_addresses), "{:?}", behaviour.names);
            assert!(behaviour.user.document.is_none_or(is_object), "{:?}", behaviour.names);
            assert_eq!(behaviour.refusals[0].key, "yes", "{:?}", behaviour.names);
            for refusal in behaviour.refusals {
                assert!(refusal.answer.contains("error="), "{}", refusal.answer);
            }
        }
        let names = names();
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
    }
}
