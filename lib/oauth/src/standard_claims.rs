//! What a provider says of a person beside name, picture and e-mail address: the rest of the standard claims (OpenID Connect Core
//! §5.1), cleaned.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{Time, text};

/// The longest name, in characters.
const NAME: usize = 200;
/// The longest word, such as a language, in characters.
const WORD: usize = 64;
/// The longest address of a page, in bytes.
const URL: usize = 512;
/// The longest postal address, in characters.
const ADDRESS: usize = 512;
/// All of them together, as JSON, in bytes: they are in the row that every request of a person reads.
const ALL: usize = 2048;

/// The form that the value of a claim has.
#[derive(Clone, Copy)]
enum Form {
    /// One line of at most so many characters.
    Text(usize),
    /// A word of ASCII letters, digits and these.
    Word(&'static [u8]),
    /// An https address.
    Url,
    /// `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD` of somebody who does not tell the year.
    Date,
    /// Seconds since 1970.
    Moment,
    /// An object (§5.1.1).
    Address,
}

const CLAIMS: [(&str, Form); 14] = [
    ("given_name", Form::Text(NAME)),
    ("family_name", Form::Text(NAME)),
    ("middle_name", Form::Text(NAME)),
    ("nickname", Form::Text(NAME)),
    ("preferred_username", Form::Text(NAME)),
    ("profile", Form::Url),
    ("website", Form::Url),
    ("gender", Form::Text(WORD)),
    ("birthdate", Form::Date),
    ("zoneinfo", Form::Word(b"/_+-")),
    ("locale", Form::Word(b"_-")),
    (PHONE, Form::Text(WORD)),
    ("address", Form::Address),
    ("updated_at", Form::Moment),
];

const PHONE: &str = "phone_number";
const VERIFIED: &str = "phone_number_verified";

/// The members of an address (§5.1.1).
const PARTS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// Claims by their names. Only [`read`](Self::read) makes any, so each is of the form that the standard gives it, and they are short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StandardClaims(Map<String, Value>);

/// The value of a claim, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    /// One line.
    Text(&'a str),
    /// A phone number.
    Phone {
        /// As the provider writes it.
        number: &'a str,
        /// Whether the provider says that it is theirs.
        is_verified: bool,
    },
    /// A date: `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD`.
    Date(&'a str),
    /// A time.
    Moment(Time),
    /// The lines of a postal address, as they stand on a letter.
    Lines(Vec<&'a str>),
}

impl StandardClaims {
    /// Each of them, for people. Whether a phone number is verified is said with it.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, Said<'_>)> {
        CLAIMS.iter().filter_map(|(name, form)| Some((*name, self.said(name, *form)?)))
    }

    fn said(&self, name: &str, form: Form) -> Option<Said<'_>> {
        let value = self.0.get(name)?;
        Some(match form {
            Form::Text(_) if name == PHONE => {
                let is_verified = self.0.get(VERIFIED) == Some(&Value::Bool(true));
                Said::Phone { number: value.as_str()?, is_verified }
            }
            Form::Text(_) | Form::Word(_) | Form::Url => Said::Text(value.as_str()?),
            Form::Date => Said::Date(value.as_str()?),
            Form::Moment => Said::Moment(Time::from_numeric_date(value)?),
            Form::Address => Said::Lines(letter(value.as_object()?)),
        })
    }

    /// Reads what one document says. A claim of another form, or one that is too long, is left out, and so is the last one that would
    /// make all of them too long. `flag_as_text` is for providers that write `"true"`.
    pub fn read(document: &Map<String, Value>, flag_as_text: bool) -> Self {
        let mut read = Map::new();
        let mut room = ALL;
        for (name, form) in CLAIMS {
            let Some(value) = document.get(name).and_then(|value| form.read(value)) else { continue };
            let size = name.len() + value.to_string().len() + 4;
            let Some(left) = room.checked_sub(size) else { continue };
            room = left;
            read.insert(name.to_owned(), value);
        }
        if read.contains_key(PHONE) {
            let flag = document.get(VERIFIED).is_some_and(|flag| is_true(flag, flag_as_text));
            read.insert(VERIFIED.to_owned(), flag.into());
        }
        Self(read)
    }

    /// What both say, the first being asked first. A number and whether it is verified come from one document (#19).
    #[must_use]
    pub fn or(self, mut other: Self) -> Self {
        if self.0.contains_key(PHONE) {
            other.0.remove(VERIFIED);
        }
        other.0.extend(self.0);
        // Two that fit can be too long together.
        let flag = other.0.get(VERIFIED).cloned();
        let mut both = Self::read(&other.0, false);
        if let (true, Some(flag)) = (both.0.contains_key(PHONE), flag) {
            both.0.insert(VERIFIED.to_owned(), flag);
        }
        both
    }

    /// The claim of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Form {
    fn read(self, value: &Value) -> Option<Value> {
        match self {
            Self::Text(longest) => line(value.as_str()?, longest).map(Value::from),
            Self::Word(also) => {
                let is_word =
                    |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b));
                let fits = |text: &&str| !text.is_empty() && text.len() <= WORD;
                value.as_str().filter(is_word).filter(fits).map(Value::from)
            }
            Self::Url => value.as_str().and_then(page).map(Value::from),
            Self::Date => value.as_str().filter(|text| is_date(text)).map(Value::from),
            Self::Moment => Time::from_numeric_date(value).map(|time| json!(time)),
            Self::Address => address(value.as_object()?),
        }
    }
}

/// JSON `true`; from some providers also the text `"true"`. `1`, `"True"` and the like are not it.
fn is_true(flag: &Value, as_text: bool) -> bool {
    *flag == Value::Bool(true) || (as_text && flag == "true")
}

/// All of it or nothing: half a number is another number.
fn line(given: &str, longest: usize) -> Option<String> {
    let fits = given.chars().count() <= longest && !given.contains(char::is_control);
    fits.then(|| text::shown(given, longest)).flatten()
}

fn page(given: &str) -> Option<String> {
    let url = Url::parse(given).ok().filter(|url| url.scheme() == "https" && url.host().is_some())?;
    let is_plain = url.username().is_empty() && url.password().is_none() && given.len() <= URL;
    Some(String::from(url)).filter(|url| is_plain && url.len() <= URL)
}

fn is_date(text: &str) -> bool {
    let number = |part: &str, length: usize| {
        let digits = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let parts: Vec<_> = text.split('-').collect();
    match parts.as_slice() {
        [year] => number(year, 4).is_some(),
        [year, month, day] => {
            number(year, 4).is_some()
                && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
                && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    }
}

/// The members that are texts; lines of a street are separated by `\n` (§5.1.1).
fn address(given: &Map<String, Value>) -> Option<Value> {
    let part = |name: &&str| Some(((*name).to_owned(), lines(given.get(*name)?.as_str()?)?.into()));
    let parts: Map<String, Value> = PARTS.iter().filter_map(part).collect();
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let fits = !parts.is_empty() && parts.values().map(length).sum::<usize>() <= ADDRESS;
    fits.then_some(Value::Object(parts))
}

/// The lines of a letter: those that the provider has put in order, or else each member on its own.
fn letter(parts: &Map<String, Value>) -> Vec<&str> {
    let part = |name: &str| parts.get(name).and_then(Value::as_str);
    let [formatted, rest @ ..] = PARTS;
    let members = rest.into_iter().filter_map(part).flat_map(str::lines).collect();
    part(formatted).map_or(members, |whole| whole.lines().collect())
}

fn lines(given: &str) -> Option<String> {
    let all: Option<Vec<_>> = given.trim().lines().map(|one| line(one, ADDRESS)).collect();
    all.map(|lines| lines.join("\n")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: Value) -> Value {
        Value::Object(StandardClaims::read(document.as_object().unwrap(), false).0)
    }

    fn everything() -> Value {
        json!({
            "given_name": "Ada", "family_name": "Lovelace", "middle_name": "King", "nickname": "ada", "preferred_username": "ada.l",
            "profile": "https://a.example/ada", "website": "https://ada.example/", "gender": "female", "birthdate": "1815-12-10",
            "zoneinfo": "Europe/London", "locale": "en-GB", "phone_number": "+44 20 7946 0000;ext=1", "phone_number_verified": true,
            "address": {"formatted": "12 St James's Square\nLondon", "locality": "London", "country": "GB"}, "updated_at": 1_700_000_000,
        })
    }

    #[test]
    fn every_standard_claim_is_read_and_nothing_else() {
        assert_eq!(read(everything()), everything());
        let mut more = everything();
        for (name, value) in [
            ("name", json!("Ada")),
            ("email", json!("a@b.example")),
            ("sub", json!("1")),
            ("roles", json!(["admin"])),
        ] {
            more[name] = value;
        }
        assert_eq!(read(more), everything());
        assert_eq!(read(json!({})), json!({}));
    }

    #[test]
    fn people_read_lines_and_times_and_no_json() {
        let claims = |value: Value| StandardClaims::read(value.as_object().unwrap(), false);
        let all = claims(everything());
        let said = |name: &str| all.shown().find(|(claim, _)| *claim == name).map(|(_, said)| said);
        let number = "+44 20 7946 0000;ext=1";
        assert_eq!(said("phone_number"), Some(Said::Phone { number, is_verified: true }));
        assert_eq!(said("address"), Some(Said::Lines(vec!["12 St James's Square", "London"])));
        assert_eq!(said("updated_at"), Some(Said::Moment(Time::from_epoch(1_700_000_000))));
        assert_eq!(said("birthdate"), Some(Said::Date("1815-12-10")));
        assert_eq!(all.shown().count(), CLAIMS.len());
        let parts = json!({"country": "GB", "street_address": "Flat 2\n12 Square", "postal_code": "SW1", "locality": "London"});
        let parts = claims(json!({"address": parts}));
        let lines = Said::Lines(vec!["Flat 2", "12 Square", "London", "SW1", "GB"]);
        assert_eq!(parts.shown().collect::<Vec<_>>(), [("address", lines)]);
    }

    #[test]
    fn a_claim_of_another_form_is_left_out_and_the_others_stay() {
        // #103
        let long = "é".repeat(513);
        for (name, values) in [
            (
                "given_name",
                vec![
                    json!(5),
                    json!(null),
                    json!(["Ada"]),
                    json!(""),
                    json!(" "),
                    json!("A\nB"),
                    json!("A\0"),
                    json!("é".repeat(201)),
                ],
            ),
            ("preferred_username", vec![json!({}), json!(true), json!("\u{3164}")]),
            (
                "profile",
                vec![
                    json!("http://a.example/"),
                    json!("javascript:alert(1)"),
                    json!("ada"),
                    json!(""),
                    json!("https://u:p@a.example/"),
                    json!(format!("https://a.example/{long}")),
                    json!("data:text/html,x"),
                ],
            ),
            (
                "birthdate",
                vec![
                    json!("10.12.1815"),
                    json!("1815-13-01"),
                    json!("1815-1-1"),
                    json!("1815-12"),
                    json!(1815),
                    json!("1815-12-1x"),
                ],
            ),
            ("zoneinfo", vec![json!("Europe/Lon don"), json!("a".repeat(65)), json!("<b>")]),
            ("locale", vec![json!("en GB"), json!({"language": "en"}), json!("")]),
            ("phone_number", vec![json!(4_420_000), json!("1".repeat(65)), json!("+44\r\nX: y")]),
            (
                "address",
                vec![
                    json!("London"),
                    json!([]),
                    json!({}),
                    json!({"planet": "Earth"}),
                    json!({"country": 5}),
                    json!({"formatted": ""}),
                    json!({"formatted": long}),
                    json!({"locality": "Lon\tdon"}),
                    json!({"formatted": "a\u{0}b"}),
                ],
            ),
            ("updated_at", vec![json!("2026-04-01T09:00:00.000Z"), json!(-1), json!(null), json!([1])]),
        ] {
            for value in values {
                let mut document = everything();
                let mut rest = everything();
                document[name] = value.clone();
                let rest = rest.as_object_mut().unwrap();
                rest.remove(name);
                if name == "phone_number" {
                    rest.remove("phone_number_verified");
                }
                assert_eq!(&read(document), &Value::Object(rest.clone()), "{name}: {value}");
            }
        }
    }

    #[test]
    fn a_date_may_lack_its_year_and_a_number_is_verified_if_the_same_document_says_so() {
        for good in ["0000-12-10", "1815"] {
            assert_eq!(read(json!({"birthdate": good})), json!({"birthdate": good}));
        }
        // #19
        let number = json!({"phone_number": "+1 555 0100"});
        let flagged = |flag: Value, as_text: bool| {
            let document = json!({"phone_number": "+1 555 0100", "phone_number_verified": flag});
            StandardClaims::read(document.as_object().unwrap(), as_text).0["phone_number_verified"] == true
        };
        for (flag, plain, listed) in [
            (json!(true), true, true),
            (json!("true"), false, true),
            (json!(1), false, false),
            (json!(null), false, false),
        ] {
            assert_eq!((flagged(flag.clone(), false), flagged(flag, true)), (plain, listed));
        }
        let claims = |value: Value| StandardClaims::read(value.as_object().unwrap(), false);
        let both = claims(number.clone())
            .or(claims(json!({"phone_number": "+1 555 0199", "phone_number_verified": true})));
        assert_eq!(both.get("phone_number_verified"), Some(&json!(false)), "of another number");
        let both = claims(json!({"locale": "en"}))
            .or(claims(json!({"phone_number": "+1 555 0199", "phone_number_verified": true})));
        assert_eq!(
            (both.get("phone_number_verified"), both.get("locale")),
            (Some(&json!(true)), Some(&json!("en")))
        );
        assert!(claims(json!({"phone_number_verified": true})).is_empty());
    }

    #[test]
    fn all_of_them_have_a_bound() {
        let name = "é".repeat(200);
        let page = format!("https://a.example/{}", "x".repeat(480));
        let mut document = everything();
        for (claim, value) in [
            ("given_name", &name),
            ("family_name", &name),
            ("nickname", &name),
            ("profile", &page),
            ("website", &page),
        ] {
            document[claim] = json!(value);
        }
        let kept = read(document);
        assert!(kept.to_string().len() <= ALL + 64, "{}", kept.to_string().len());
        assert!(
            kept.get("profile").is_some() && kept.get("website").is_none() && kept.get("locale").is_some()
        );
    }
}
