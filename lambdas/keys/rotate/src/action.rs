//! What is asked of the function, and what it answers.

use jose::Algorithm;
use oauth::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use token::{KeyInfo, Keys};

use crate::Error;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Lets another key follow those that are old enough.
    Look,
    /// Says which keys there are.
    List,
    /// Lets another key follow, however old the present one is: for one algorithm, or each.
    Rotate(Option<Algorithm>),
    /// Ends a previous key before its time.
    Retire(String),
    /// Takes a key away at once, everywhere.
    Revoke(String),
    /// Changes no key: brings all functions to what the secret says.
    Publish,
}

/// How it is written as an event.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    /// Who asks, as their command says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
}

/// Whoever calls the function and does not say who they are. AWS CloudTrail has their name.
const UNNAMED: &str = "aws";

/// The longest ARN, in bytes (IAM allows 64 characters of a role's name, 64 of a session's, and 512 of a path).
const LONGEST: usize = 1024;

impl Action {
    /// Reads an event: a schedule's, an empty one, which means the same, or one with an `action`. Anything else changes nothing: a
    /// deploy asks every function something that it cannot read, to see whether it starts.
    pub fn read(event: &Value) -> Result<Self, Error> {
        let is_empty = event.as_object().is_some_and(serde_json::Map::is_empty);
        if is_empty || event.get("source").is_some_and(|source| source == "aws.events") {
            return Ok(Self::Look);
        }
        let wrong = || Error::Unreadable;
        let written: Written = serde_json::from_value(event.clone()).map_err(|_| wrong())?;
        match (written.action.as_str(), written.kid, written.alg) {
            ("list", None, None) => Ok(Self::List),
            ("publish", None, None) => Ok(Self::Publish),
            ("rotate", None, None) => Ok(Self::Rotate(None)),
            ("rotate", None, Some(alg)) => {
                let known = Algorithm::parse(&alg).filter(|alg| Keys::ALGORITHMS.contains(alg));
                known.map(|alg| Self::Rotate(Some(alg))).ok_or_else(wrong)
            }
            ("retire", Some(kid), None) => Ok(Self::Retire(kid)),
            ("revoke", Some(kid), None) => Ok(Self::Revoke(kid)),
            _ => Err(wrong()),
        }
    }

    /// Who asks in an event: an ARN of IAM or STS. Whoever may call the function may name anybody here, so it is for reading a trail, and what
    /// proves it is CloudTrail.
    pub(crate) fn operator(event: &Value) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/-_+=,.@".contains(c);
        let is_arn = |name: &&str| {
            let is_whose = ["iam", "sts"].iter().any(|service| name.split(':').nth(2) == Some(service));
            name.starts_with("arn:") && is_whose && name.len() <= LONGEST && name.chars().all(is_plain)
        };
        event.get("operator").and_then(Value::as_str).filter(is_arn).unwrap_or(UNNAMED).to_owned()
    }

    /// The event by which an operator asks for it.
    pub fn event_by(&self, operator: &str) -> Value {
        let mut event = self.event();
        event["operator"] = operator.into();
        event
    }

    /// The event that asks for it.
    pub fn event(&self) -> Value {
        let (action, kid, alg) = match self {
            Self::Look => return Value::Object(serde_json::Map::new()),
            Self::List => ("list", None, None),
            Self::Publish => ("publish", None, None),
            Self::Rotate(alg) => ("rotate", None, alg.map(|alg| alg.as_str().to_owned())),
            Self::Retire(kid) => ("retire", Some(kid.clone()), None),
            Self::Revoke(kid) => ("revoke", Some(kid.clone()), None),
        };
        let written = Written { action: action.to_owned(), kid, alg, operator: None };
        serde_json::to_value(written).unwrap_or_default()
    }
}

/// What it answers: the keys as they are then, or why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Every key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyInfo>,
    /// Whether a key changed.
    #[serde(default)]
    pub changed: bool,
    /// Why nothing was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Answer {
    pub(crate) fn of(keys: &Keys, now: Time, changed: bool) -> Self {
        Self { keys: keys.list(now), changed, error: None }
    }

    pub(crate) fn refused(error: &Error) -> Self {
        Self { keys: Vec::new(), changed: false, error: Some(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_asks_is_an_arn_or_nobody_by_name() {
        // #103: nothing else that a caller writes gets into the trail.
        for arn in [
            "arn:aws:iam::123456789012:user/olga",
            "arn:aws-cn:sts::123456789012:assumed-role/Admin/olga@example.com",
        ] {
            let event = Action::Revoke("a".to_owned()).event_by(arn);
            assert_eq!(Action::operator(&event), arn);
            assert_eq!(Action::read(&event).unwrap(), Action::Revoke("a".to_owned()), "it asks for the same");
        }
        let long = format!("arn:aws:iam::123456789012:user/{}", "x".repeat(1024));
        for other in [
            json!(null),
            json!(5),
            json!(""),
            json!("olga"),
            json!("arn:aws:s3:::bucket"),
            json!("arn:aws:iam::1:user/a b"),
            json!("arn:aws:iam::1:user/a\nrevoked"),
            json!("arn:aws:iam::1:user/<b>"),
            json!(long),
        ] {
            assert_eq!(Action::operator(&json!({"action": "list", "operator": other})), UNNAMED, "{other}");
        }
        assert_eq!(Action::operator(&Action::List.event()), UNNAMED);
    }
}
