//! The people of the stand-in.

use axum::http::StatusCode;
use maud::{Markup, html};
use oauth::{Digest, Scope};
use serde_json::{Map, Value, json};

use super::{
    Refused,
    behaviour::{Behaviour, Refusal},
    facts::Facts,
    params::Params,
};

/// What the scopes give of somebody beside name, picture and e-mail address (OpenID Connect Core §5.1, §5.4): the scope, whether only
/// ready people have it, and the claims, filled with what is true of them.
const MORE: [(&str, bool, &str); 4] = [
    (
        "profile",
        false,
        r#"{"given_name":"{given}","family_name":"{family}","preferred_username":"{handle}"}"#,
    ),
    (
        "profile",
        true,
        r#"{"middle_name":"M.","nickname":"{given}","profile":"https://people.example/profile","website":"https://people.example/",
            "gender":"not told","birthdate":"0000-12-10","zoneinfo":"Europe/London","locale":"en-GB","updated_at":1700000000}"#,
    ),
    (
        "address",
        true,
        r#"{"address":{"formatted":"12 Example Square\nLondon\nUnited Kingdom","street_address":"12 Example Square",
            "locality":"London","region":"London","postal_code":"SW1Y 4JH","country":"United Kingdom"}}"#,
    ),
    ("phone", true, r#"{"phone_number":"+44 20 7946 0000","phone_number_verified":true}"#),
];

/// Somebody who is always there to be picked.
#[derive(Debug)]
pub(super) struct Ready {
    /// The value of `person` in the form.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) email: Option<&'static str>,
    pub(super) email_verified: bool,
    /// The colour of the picture, dark enough for white letters; without one there is no picture.
    colour: Option<&'static str>,
    /// What makes them worth trying.
    pub(super) note: Option<&'static str>,
}

/// One administrator, two plain people, and two that an application easily gets wrong.
pub(super) const READY: [Ready; 5] = [
    Ready {
        key: "ada",
        name: "Ada Lovelace",
        email: Some("ada@example.com"),
        email_verified: true,
        colour: Some("#6d28d9"),
        note: Some("administrator by default"),
    },
    Ready {
        key: "alan",
        name: "Alan Turing",
        email: Some("alan@example.com"),
        email_verified: true,
        colour: Some("#1d4ed8"),
        note: None,
    },
    Ready {
        key: "grace",
        name: "Grace Hopper",
        email: Some("grace@example.org"),
        email_verified: true,
        colour: Some("#047857"),
        note: Some("from another domain"),
    },
    Ready {
        key: "katherine",
        name: "Katherine Johnson",
        email: Some("katherine@example.com"),
        email_verified: false,
        colour: Some("#b45309"),
        note: Some("address not verified"),
    },
    Ready {
        key: "hedy",
        name: "Hedy Lamarr",
        email: None,
        email_verified: false,
        colour: None,
        note: Some("no e-mail address, no picture"),
    },
];

impl Ready {
    /// The path of the picture below the stand-in's address.
    pub(super) fn picture(&self) -> Option<String> {
        self.colour.map(|_| format!("/pictures/{}.svg", self.key))
    }

    fn initials(&self) -> String {
        self.name.split(' ').filter_map(|word| word.chars().next()).collect()
    }
}

/// The picture of a ready person: their initials on their colour.
pub(super) fn picture(key: &str) -> Option<Markup> {
    let ready = READY.iter().find(|ready| ready.key == key)?;
    let colour = ready.colour?;
    Some(html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96" {
            rect width="96" height="96" fill=(colour) {}
            text x="48" y="49" fill="#fff" font-family="sans-serif" font-size="38" text-anchor="middle"
                dominant-baseline="central" { (ready.initials()) }
        }
    })
}

/// What the person at the page decided.
#[derive(Debug)]
pub(super) enum Choice {
    /// To sign in as somebody.
    SignIn {
        /// As whom.
        person: Person,
        /// What the endpoint answers that is to fail.
        failing: Option<StatusCode>,
    },
    /// Not to sign in, in one of the provider's ways.
    Refuse(&'static Refusal),
}

/// What an endpoint may answer that is to fail.
pub(super) const FAILURES: [u16; 6] = [401, 403, 404, 429, 500, 503];

impl Choice {
    /// Reads the form: exactly one of `person`, `name` and `refuse`.
    pub(super) fn read(form: &Params, behaviour: &Behaviour) -> Result<Self, Refused> {
        let odd = || Refused::invalid("the form must hold one of person=…, name=… and refuse=yes");
        let person = match (form.get("person"), form.get("name"), form.get("refuse")) {
            (Some(key), None, None) => Person::ready(key)?,
            (None, Some(name), None) => Person::typed(name, form)?,
            (None, None, Some(key)) => {
                return behaviour
                    .refusals
                    .iter()
                    .find(|refusal| refusal.key == key)
                    .map(Self::Refuse)
                    .ok_or_else(odd);
            }
            _ => return Err(odd()),
        };
        Ok(Self::SignIn { person, failing: failing(form, behaviour)? })
    }
}

fn failing(form: &Params, behaviour: &Behaviour) -> Result<Option<StatusCode>, Refused> {
    let Some(text) = form.get("fail") else { return Ok(None) };
    let status =
        text.parse().ok().filter(|status| FAILURES.contains(status) && behaviour.user.may_fail.is_some());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    status.map(Some).ok_or_else(|| Refused::invalid("fail is not a status that an endpoint here can answer"))
}

/// Somebody who signs in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    name: String,
    email: Option<String>,
    email_verified: bool,
    picture: Option<String>,
}

impl Person {
    fn ready(key: &str) -> Result<Self, Refused> {
        let ready = READY.iter().find(|ready| ready.key == key);
        let ready = ready.ok_or_else(|| Refused::invalid("nobody here is called that"))?;
        Ok(Self {
            name: ready.name.to_owned(),
            email: ready.email.map(str::to_owned),
            email_verified: ready.email_verified,
            picture: ready.picture(),
        })
    }

    fn typed(name: &str, form: &Params) -> Result<Self, Refused> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Refused::invalid("a name has 1 to 100 characters"));
        }
        let email = form.get("email").map(str::trim).filter(|email| !email.is_empty());
        if email.is_some_and(|email| !is_address(email)) {
            return Err(Refused::invalid("the e-mail address must look like name@example.com"));
        }
        let email_verified = match form.get("email_verified") {
            None => false,
            Some("yes") => email.is_some(),
            Some(_) => return Err(Refused::invalid("email_verified must be yes or left out")),
        };
        Ok(Self { name: name.to_owned(), email: email.map(str::to_owned), email_verified, picture: None })
    }

    /// `sub`: the same for the same address, or for the same name where there is no address.
    pub(super) fn subject(&self) -> String {
        let digest = match &self.email {
            Some(email) => Digest::of_parts(&["email", &email.to_lowercase()]),
            None => Digest::of_parts(&["name", &self.name]),
        };
        digest.as_str().to_owned()
    }

    /// The address, and whether it is verified.
    pub(super) fn address(&self) -> Option<(&str, bool)> {
        Some((self.email.as_deref()?, self.email_verified))
    }

    /// Who it is, as Apple says it once.
    pub(super) fn introduction(&self) -> Value {
        let (given, family) = self.names();
        json!({"name": {"firstName": given, "lastName": family}, "email": self.email})
    }

    /// What can stand in a document about them, with pictures below `address`.
    pub(super) fn facts(&self, address: &str) -> Vec<(&'static str, Value)> {
        let (given, family) = self.names();
        let subject = self.subject();
        let number = subject.bytes().take(4).fold(0, |number: u32, byte| (number << 8) | u32::from(byte));
        let handle: String = self
            .name
            .chars()
            .map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        vec![
            ("sub", subject.into()),
            ("number", number.into()),
            ("name", self.name.as_str().into()),
            ("given", given.into()),
            ("family", family.into()),
            ("handle", handle.into()),
            ("email", self.email.clone().into()),
            ("picture", self.picture.as_ref().map(|path| format!("{address}{path}")).into()),
        ]
    }

    fn names(&self) -> (&str, &str) {
        self.name.rsplit_once(' ').unwrap_or((&self.name, ""))
    }

    /// The claims that the scope asks for (OpenID Connect Core §5.4), with pictures below `address`.
    pub(super) fn claims(&self, scope: &Scope, address: &str) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), self.subject().into());
        if let Some(email) = self.email.as_deref().filter(|_| scope.contains("email")) {
            claims.insert("email".to_owned(), email.into());
            claims.insert("email_verified".to_owned(), self.email_verified.into());
            claims.extend(self.hosted_domain().map(|domain| ("hd".to_owned(), domain.into())));
        }
        if scope.contains("profile") {
            claims.insert("name".to_owned(), self.name.as_str().into());
            let picture = self.picture.as_ref().map(|path| format!("{address}{path}"));
            claims.extend(picture.map(|url| ("picture".to_owned(), url.into())));
        }
        claims
    }

    /// The other standard claims that the scope asks for.
    pub(super) fn further_claims(&self, scope: &Scope) -> Result<Map<String, Value>, serde_json::Error> {
        let facts = Facts(self.facts(""));
        let is_ready = self.picture.is_some();
        let given = MORE.iter().filter(|(of, ready, _)| scope.contains(of) && (is_ready || !ready));
        given.map(|(_, _, claims)| facts.object(claims)).try_fold(Map::new(), |mut all, claims| {
            all.extend(claims?);
            Ok(all)
        })
    }

    /// The groups: everybody of an organisation is in one, and ready people in one more.
    pub(super) fn groups(&self) -> Vec<String> {
        let Some(domain) = self.hosted_domain() else { return Vec::new() };
        let is_ready = self.picture.is_some();
        let names = ["everyone"].into_iter().chain(is_ready.then_some("staff"));
        names.map(|name| format!("{name}@{domain}")).collect()
    }

    /// `hd`, as Google gives it: the organisation of a verified address; gmail.com is none.
    fn hosted_domain(&self) -> Option<String> {
        let (_, domain) = self.email.as_deref().filter(|_| self.email_verified)?.split_once('@')?;
        Some(domain.to_lowercase()).filter(|domain| domain != "gmail.com")
    }
}

/// Whether it has the shape of an address: one `@` with something on both sides, and nothing that needs quoting.
fn is_address(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>[\\]".contains(c));
    let halves =
        text.split_once('@').is_some_and(|(l, d)| !l.is_empty() && !d.is_empty() && !d.contains('@'));
    plain && halves && text.len() <= 254
}
