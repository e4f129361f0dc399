//! What documents say about a person: the ID token, userinfo, a user endpoint.

use fetch::is_endpoint;
use jose::json::parse_strict;
use oauth::{StandardClaims, server::PERSON_CLAIMS, text};
use serde_json::{Map, Value};
use url::Url;

/// The longest name that is stored, in characters.
const MAX_NAME: usize = 256;
/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const MAX_EMAIL: usize = 254;
const MAX_PICTURE: usize = 2048;

/// What **one** document says about a person. The address and whether it is verified always come from the same one
/// (#19).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<Email>,
    pub(crate) picture: Option<String>,
    /// The other claims; nothing if it is not known what they are.
    pub(crate) claims: Option<StandardClaims>,
}

/// An address as a document gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// The address; nothing if what was given is none (two `@`, white space, no domain).
    pub(crate) address: Option<String>,
    /// Whether the document says that it is verified.
    pub(crate) verified: bool,
}

impl Person {
    /// Reads the standard claims (OpenID Connect Core §5.1). `verified_as_text` is for providers that write `"true"`.
    pub(crate) fn of(claims: &Map<String, Value>, verified_as_text: bool) -> Self {
        let verified = claims.get("email_verified").is_some_and(|flag| is_true(flag, verified_as_text));
        let address = |text: &str| Email { address: address(text), verified };
        Self {
            name: name(claims),
            email: claims
                .get("email")
                .filter(|value| says_something(value))
                .and_then(Value::as_str)
                .map(address),
            picture: claims.get("picture").and_then(Value::as_str).and_then(picture),
            claims: Some(StandardClaims::read(claims, verified_as_text)),
        }
    }

    /// The same after a document that was to be asked could not be.
    pub(crate) fn incomplete(self) -> Self {
        Self { claims: None, ..self }
    }

    /// What both say, the first being asked first. Of the address, the document is taken that vouches for it.
    pub(crate) fn or(self, other: Self) -> Self {
        let vouches = |email: &Email| email.verified && email.address.is_some();
        let email = match (self.email, other.email) {
            (Some(first), Some(second)) if vouches(&second) && !vouches(&first) => Some(second),
            (first, second) => first.or(second),
        };
        let claims = self.claims.zip(other.claims).map(|(first, second)| first.or(second));
        Self { name: self.name.or(other.name), email, picture: self.picture.or(other.picture), claims }
    }

    /// The address and whether it is verified, as an identity holds them.
    pub(crate) fn address(&self) -> (Option<String>, bool) {
        match &self.email {
            Some(Email { address: Some(address), verified }) => (Some(address.clone()), *verified),
            _ => (None, false),
        }
    }
}

/// JSON `true`; from some providers also the text `"true"` (#19). `1`, `"True"` and the like are not it.
fn is_true(flag: &Value, as_text: bool) -> bool {
    *flag == Value::Bool(true) || (as_text && flag == "true")
}

fn name(claims: &Map<String, Value>) -> Option<String> {
    named(claims, "name").or_else(|| full_name(named(claims, "given_name"), named(claims, "family_name")))
}

/// The name in Apple's `user`: `{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"…"}`.
pub(crate) fn unsigned_name(user: &str) -> Option<String> {
    let user = parse_strict(user.as_bytes()).ok()?;
    let name = user.get("name")?.as_object()?;
    full_name(named(name, "firstName"), named(name, "lastName"))
}

fn named(object: &Map<String, Value>, member: &str) -> Option<String> {
    object.get(member).and_then(Value::as_str).and_then(clean)
}

fn full_name(given: Option<String>, family: Option<String>) -> Option<String> {
    match (given, family) {
        (Some(given), Some(family)) => clean(&format!("{given} {family}")),
        (given, family) => given.or(family),
    }
}

fn clean(name: &str) -> Option<String> {
    text::shown(name, MAX_NAME)
}

/// The address, if it is one. There is exactly one `@`, and nothing that a later normalisation would make one (#20):
/// anyone who has two could claim either domain. Nor is there anything that nobody sees.
pub(crate) fn address(given: &str) -> Option<String> {
    let (local, domain) = given.split_once('@')?;
    let odd =
        |c: char| text::is_invisible(c) || c.is_whitespace() || matches!(c, '@' | '\u{ff20}' | '\u{fe6b}');
    let fits = !local.is_empty() && !domain.is_empty() && given.len() <= MAX_EMAIL;
    (fits && !local.contains(odd) && !domain.contains(odd)).then(|| given.to_owned())
}

fn picture(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(is_endpoint)?;
    (text.len() <= MAX_PICTURE).then(|| url.into())
}

/// RFC-less subjects: what a `sub` must be like to be a key (#21). OpenID Connect Core §2: at most 255 characters.
pub(crate) fn subject(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let fits = (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then_some(text)
}

/// Which members of a user endpoint's answer mean what: `sub=id name=name|login picture=avatar.url`. A dot leads into
/// an object; of several names separated by `|` the first is taken that holds something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mapping(Vec<(&'static str, Vec<String>)>);

impl Mapping {
    /// Reads the setting. It must at least say what the subject is.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pairs: Vec<(&'static str, Vec<String>)> = Vec::new();
        for part in crate::setting::parts(text) {
            let (claim, paths) = part.split_once('=')?;
            let person = PERSON_CLAIMS.into_iter().map(|(name, _)| name);
            let claim = person.chain(["sub"]).find(|known| *known == claim)?;
            let paths: Vec<_> = paths.split('|').map(str::to_owned).collect();
            if paths.iter().any(|path| path.split('.').any(str::is_empty))
                || pairs.iter().any(|(known, _)| *known == claim)
            {
                return None;
            }
            pairs.push((claim, paths));
        }
        pairs.iter().any(|(claim, _)| *claim == "sub").then_some(Self(pairs))
    }

    /// The answer under the names of OpenID Connect. A number as the subject becomes text, as it is written.
    pub(crate) fn apply(&self, answer: &Map<String, Value>) -> Map<String, Value> {
        let mut claims = Map::new();
        for (claim, paths) in &self.0 {
            let found = paths.iter().find_map(|path| at(answer, path).filter(|value| says_something(value)));
            let Some(value) = found else { continue };
            let value = match value {
                Value::Number(number) if *claim == "sub" && number.is_u64() => number.to_string().into(),
                other => other.clone(),
            };
            claims.insert((*claim).to_owned(), value);
        }
        claims
    }
}

/// Whether there is anything: `null` and an empty text are what some write for nothing.
fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
}

fn at<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => object.get(path),
        Some((first, rest)) => at(object.get(first)?.as_object()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unsigned_name_is_a_name_or_nothing() {
        // #103
        for (user, name) in [
            (
                r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"a@b.example"}"#,
                Some("Ada Lovelace"),
            ),
            (r#"{"name":{"firstName":"Ada","middleName":"King"}}"#, Some("Ada")),
            (r#"{"name":{"lastName":"Love\u0000lace\n"}}"#, Some("Lovelace")),
            (r#"{"name":{"firstName":" ","lastName":5}}"#, None),
            (r#"{"name":"Ada"}"#, None),
            (r#"{"name":{"firstName":"Ada"},"name":{"firstName":"Eve"}}"#, None),
            (r#"{"email":"a@b.example"}"#, None),
            ("[]", None),
            ("Ada", None),
            ("", None),
        ] {
            assert_eq!(unsigned_name(user).as_deref(), name, "{user}");
        }
        let long = format!(r#"{{"name":{{"firstName":"{}"}}}}"#, "é".repeat(3000));
        assert_eq!(unsigned_name(&long).unwrap().chars().count(), MAX_NAME);
    }

    fn person(claims: Value) -> Person {
        Person::of(claims.as_object().unwrap(), false)
    }

    #[test]
    fn verified_is_true_and_nothing_else() {
        // #19
        for (flag, plain, listed) in [
            (json!(true), true, true),
            (json!("true"), false, true),
            (json!(false), false, false),
            (json!("false"), false, false),
            (json!("True"), false, false),
            (json!("1"), false, false),
            (json!(1), false, false),
            (json!(null), false, false),
            (json!([true]), false, false),
            (json!({}), false, false),
        ] {
            let claims = json!({ "email": "a@b.example", "email_verified": flag });
            let verified = |text| Person::of(claims.as_object().unwrap(), text).address().1;
            assert_eq!((verified(false), verified(true)), (plain, listed), "{flag}");
        }
        assert_eq!(
            person(json!({ "email": "a@b.example" })).address(),
            (Some("a@b.example".to_owned()), false)
        );
        assert_eq!(person(json!({ "email_verified": true })).address(), (None, false));
        for nothing in [json!(null), json!(""), json!(" ")] {
            assert_eq!(
                person(json!({ "email": nothing, "email_verified": true })).email,
                None,
                "{nothing:?}"
            );
        }
    }

    #[test]
    fn address_and_flag_come_from_one_document() {
        // #19
        let cases = [
            (json!({"email": "a@x.example"}), json!({"email_verified": true}), ("a@x.example", false)),
            (json!({"email_verified": true}), json!({"email": "a@x.example"}), ("a@x.example", false)),
            (
                json!({"email": "a@x.example"}),
                json!({"email": "b@x.example", "email_verified": true}),
                ("b@x.example", true),
            ),
            (
                json!({"email": "a@x.example", "email_verified": true}),
                json!({"email": "b@x.example", "email_verified": true}),
                ("a@x.example", true),
            ),
            (
                json!({"email": "a@x.example", "email_verified": true}),
                json!({"email": "b@x.example", "email_verified": false}),
                ("a@x.example", true),
            ),
        ];
        for (first, second, (address, verified)) in cases {
            let both = person(first).or(person(second));
            assert_eq!(both.address(), (Some(address.to_owned()), verified));
        }
    }

    #[test]
    fn an_address_has_one_at_sign() {
        // #20
        for good in ["a@b.example", "a+b@c.example", "ä@b.example", "\"a\"@b.example"] {
            assert!(address(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@",
            "a@",
            "@b.example",
            "a@evil@company.com",
            "\"a@evil\"@company.com",
            "a@b\u{ff20}c.example",
            "a\u{ff20}b@c.example",
            "a b@c.example",
            "a@b.example\n",
            "a@b\0.example",
            "\u{202e}a@b.example",
            "a\u{200d}b@c.example",
            "a\u{ad}@b.example",
            "a@b\u{2060}.example",
            "a\u{e0061}@b.example",
            "a\u{1160}@b.example",
            "a\u{fe0f}@b.example",
        ] {
            assert_eq!(address(bad), None, "{bad:?}");
        }
        assert_eq!(address(&format!("{}@b.example", "a".repeat(250))), None);
    }

    #[test]
    fn names_and_pictures_are_cleaned() {
        let read = person(json!({ "name": " A\u{0}da\r\n ", "picture": "https://a.example/x.png" }));
        assert_eq!(read.name.as_deref(), Some("Ada"));
        assert_eq!(read.picture.as_deref(), Some("https://a.example/x.png"));
        assert_eq!(person(json!({ "name": "x".repeat(999) })).name.unwrap().len(), 256);
        assert_eq!(
            person(json!({ "given_name": "Ada", "family_name": "L." })).name.as_deref(),
            Some("Ada L.")
        );
        assert_eq!(person(json!({ "name": "", "family_name": "L." })).name.as_deref(), Some("L."));
        for picture in
            ["javascript:alert(1)", "http://a.example/x.png", "data:image/png;base64,AA==", "x", ""]
        {
            assert_eq!(person(json!({ "picture": picture })).picture, None, "{picture}");
        }
        assert_eq!(person(json!({ "name": 5, "email": ["a@b.example"], "picture": {} })), person(json!({})));
    }

    #[test]
    fn subjects_are_1_to_255_characters() {
        // #21
        assert_eq!(subject(&json!("x")), Some("x"));
        assert!(subject(&json!("é".repeat(255))).is_some());
        for bad in [
            json!(""),
            json!("x".repeat(256)),
            json!(5),
            json!(null),
            json!(["x"]),
            json!("a\nb"),
            json!("a\0"),
        ] {
            assert_eq!(subject(&bad), None, "{bad}");
        }
    }

    #[test]
    fn a_mapping_names_members() {
        let mapping = Mapping::parse("sub=id, name=name|login picture=avatar.url").unwrap();
        let answer = json!({ "id": 583231, "name": null, "login": "octocat", "avatar": { "url": "https://a.example/" } });
        let claims = mapping.apply(answer.as_object().unwrap());
        assert_eq!(
            Value::Object(claims),
            json!({ "sub": "583231", "name": "octocat", "picture": "https://a.example/" })
        );
        // What is empty is absent, and the next one is taken.
        for nothing in [json!(null), json!(""), json!(" "), json!("\t\n")] {
            let answer =
                json!({ "id": nothing, "name": nothing, "login": "octocat", "avatar": { "url": nothing } });
            let claims = mapping.apply(answer.as_object().unwrap());
            assert_eq!(Value::Object(claims), json!({ "name": "octocat" }), "{nothing:?}");
        }
        // But not what says something else than was expected.
        for odd in [json!(0), json!(false), json!([]), json!({}), json!("0")] {
            let claims = mapping.apply(json!({ "id": "1", "name": odd, "login": "x" }).as_object().unwrap());
            assert_eq!(claims["name"], odd, "{odd}");
        }
        let claims = mapping.apply(json!({ "id": -1.5, "avatar": "x" }).as_object().unwrap());
        assert_eq!(Value::Object(claims), json!({ "sub": -1.5 }));
        for bad in ["", "name=x", "sub", "sub=", "sub=a.", "sub=a sub=b", "sub=a phone=b", "sub=a|"] {
            assert_eq!(Mapping::parse(bad), None, "{bad}");
        }
    }
}
