//! The answers to a gateway, in the format of each.

use oauth::{Caller, limits};
use serde_json::{Value, json};
use web::Failure;

use crate::event::{Gateway, Question};

/// The text that a REST or WebSocket API makes a 401 of (#77).
const UNAUTHORIZED: Failure = Failure("Unauthorized");

/// How an HTTP API of payload 2.0 wants its answer, which its event does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `isAuthorized`.
    Simple,
    /// An IAM policy.
    Policy,
}

impl Form {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "simple" => Some(Self::Simple),
            "policy" => Some(Self::Policy),
            _ => None,
        }
    }
}

/// Yes: this token may call this API, and here is what it says. Which route needs which scope is the function's to compare:
/// the gateway keeps this answer for every route (#75). What is only nice to know is left out where the answer would be longer
/// than the gateway takes, the longest first; without the rest there is no yes. Either is in the log.
pub(crate) fn yes(question: &Question<'_>, mut caller: Caller, form: Form) -> Result<Value, Failure> {
    let mut left_out = Vec::new();
    loop {
        let Some(answer) = allowed(question, &caller, form) else { return no(Some(question), form) };
        let bytes = answer.to_string().len();
        if bytes <= limits::AUTHORIZER_ANSWER {
            if !left_out.is_empty() {
                let left_out = left_out.join(", ");
                tracing::warn!(left_out, "the answer would be longer than a gateway accepts");
            }
            return Ok(answer);
        }
        let Some(name) = leave_out_the_longest(&mut caller) else {
            tracing::warn!(
                reason = "the required claims are longer than a gateway accepts",
                bytes,
                "refused"
            );
            return no(Some(question), form);
        };
        left_out.push(name);
    }
}

/// The yes in the words of who asks; nothing if it names no API of a gateway's.
fn allowed(question: &Question<'_>, caller: &Caller, form: Form) -> Option<Value> {
    let (api, context) = (question.api.as_deref()?, Value::Object(caller.context()));
    if (question.gateway, form) == (Gateway::Http2, Form::Simple) {
        return Some(json!({"isAuthorized": true, "context": context}));
    }
    let mut policy = policy(&caller.subject, "Allow", api);
    policy["context"] = context;
    Some(policy)
}

/// Says which it was; nothing if there is none left.
fn leave_out_the_longest(caller: &mut Caller) -> Option<&'static str> {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let roles = caller.roles.iter().map(|role| role.len() + 1).sum();
    let all = [("roles", roles), ("name", length(&caller.name)), ("email", length(&caller.email))];
    let (name, _) = all.into_iter().filter(|(_, length)| *length > 0).max_by_key(|(_, length)| *length)?;
    match name {
        "roles" => caller.roles.clear(),
        "name" => caller.name = None,
        _ => caller.email = None,
    }
    Some(name)
}

/// No. A REST or WebSocket API says 401 and caches nothing; an HTTP API can only say 403.
pub(crate) fn no(question: Option<&Question<'_>>, form: Form) -> Result<Value, Failure> {
    let Some(question) = question else { return Err(UNAUTHORIZED) };
    match (question.gateway, form, &question.api) {
        (Gateway::Http2, Form::Simple, _) => Ok(json!({"isAuthorized": false})),
        (Gateway::Http1 | Gateway::Http2, _, Some(api)) => Ok(policy("nobody", "Deny", api)),
        _ => Err(UNAUTHORIZED),
    }
}

fn policy(principal: &str, effect: &str, api: &str) -> Value {
    json!({
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": api}],
        },
    })
}

#[cfg(test)]
mod tests {
    use oauth::Time;
    use serde_json::json;

    use super::*;

    fn caller(scope: &str, roles: usize) -> Caller {
        Caller {
            issuer: "https://id.example.com".to_owned(),
            subject: "user".to_owned(),
            client_id: "app".to_owned(),
            expires_at: Time::from_epoch(601),
            scope: scope.parse().unwrap(),
            roles: vec!["r".repeat(20); roles],
            session: None,
            grant: None,
            name: Some("N\r\nSet-Cookie: x".to_owned()),
            email: None,
        }
    }

    fn question(event: &Value) -> Question<'_> {
        Question::read(event).unwrap()
    }

    const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/";

    #[test]
    fn the_context_is_flat_text_without_control_characters() {
        // #77, #103
        let event = json!({"type": "TOKEN", "methodArn": ARN, "authorizationToken": "Bearer x"});
        let answer = yes(&question(&event), caller("a:b", 1), Form::Simple).unwrap();
        let context = answer["context"].as_object().unwrap();
        let names: Vec<_> = context.keys().map(String::as_str).collect();
        let expected =
            ["client_id", "email", "exp", "grant_id", "iss", "name", "roles", "scope", "sid", "sub"];
        assert_eq!(names, expected);
        assert!(context.values().all(|value| value.as_str().is_some_and(|t| !t.contains(char::is_control))));
        assert_eq!(context["exp"], "601");
    }

    #[test]
    fn too_long_answers_drop_the_longest_optional_value_or_are_refused() {
        // #77
        let event = json!({"type": "TOKEN", "methodArn": ARN, "authorizationToken": "Bearer x"});
        let said = |caller: Caller| yes(&question(&event), caller, Form::Simple);
        let of = |answer: &Value, name: &str| answer["context"][name].as_str().unwrap().len();
        let many_roles = said(caller("a", 1000)).unwrap();
        assert_eq!(["roles", "name", "scope"].map(|name| of(&many_roles, name)), [0, 14, 1]);
        let long_name = said(Caller { name: Some("n".repeat(8000)), ..caller("a", 10) }).unwrap();
        assert_eq!(["roles", "name", "scope"].map(|name| of(&long_name, name)), [209, 0, 1]);
        let all = Caller { name: Some("n".repeat(8000)), email: Some("e".repeat(8001)), ..caller("a", 1000) };
        let all = said(all).unwrap();
        assert_eq!(["roles", "name", "email"].map(|name| of(&all, name)), [0, 0, 0]);
        let wide: String = (0..2000).map(|n| format!("{n}:x ")).collect();
        assert_eq!(said(caller(&wide, 0)), Err(UNAUTHORIZED));
        // In another's words, and with a subject that is escaped wherever it stands.
        let quotes = Caller { subject: "\"".repeat(255), ..caller("a", 340) };
        assert!(said(quotes).unwrap().to_string().len() <= limits::AUTHORIZER_ANSWER);
    }
}
