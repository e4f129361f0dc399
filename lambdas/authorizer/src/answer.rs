//! What a gateway is told, in the words of each.

use serde_json::{Map, Value, json};
use token::Claims;
use web::Failure;

use crate::event::{Gateway, Question};

/// The most bytes of an answer: API Gateway takes 8 KB (#77). A little is left for the words around it.
const LARGEST: usize = 7 * 1024;

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
/// the gateway keeps this answer for every route (#75).
pub(crate) fn yes(question: &Question<'_>, claims: &Claims, form: Form) -> Result<Value, Failure> {
    let Some(context) = context(claims) else {
        tracing::info!(reason = "more is said in it than a gateway can pass on", "refused");
        return no(Some(question), form);
    };
    match (question.gateway, form, &question.api) {
        (Gateway::Http2, Form::Simple, _) => Ok(json!({"isAuthorized": true, "context": context})),
        (_, _, Some(api)) => {
            let mut policy = policy(&claims.subject, "Allow", api);
            policy["context"] = Value::Object(context);
            Ok(policy)
        }
        (_, _, None) => no(Some(question), form),
    }
}

/// No. A REST or WebSocket API says 401 and remembers nothing; an HTTP API can only say 403.
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

/// What the functions behind the gateway learn: flat strings within the gateway's limits, and no token. What is only nice to
/// know goes first; without the rest there is no yes.
fn context(claims: &Claims) -> Option<Map<String, Value>> {
    let mut claims = claims.clone();
    let fits =
        |context: &Map<String, Value>| serde_json::to_string(context).is_ok_and(|text| text.len() <= LARGEST);
    let whole = claims.context();
    if fits(&whole) {
        return Some(whole);
    }
    (claims.name, claims.email, claims.roles) = (None, None, Vec::new());
    Some(claims.context()).filter(fits)
}

#[cfg(test)]
mod tests {
    use oauth::Time;
    use serde_json::json;

    use super::*;

    fn claims(scope: &str, roles: usize) -> Claims {
        Claims {
            issuer: "https://id.example.com".to_owned(),
            subject: "user".to_owned(),
            client_id: "app".to_owned(),
            id: "id".to_owned(),
            issued_at: Time::from_epoch(1),
            expires_at: Time::from_epoch(601),
            scope: scope.parse().unwrap(),
            roles: vec!["r".repeat(20); roles],
            session: None,
            name: Some("N\r\nSet-Cookie: x".to_owned()),
            email: None,
        }
    }

    fn question(event: &Value) -> Question<'_> {
        Question::read(event).unwrap()
    }

    #[test]
    fn the_context_is_flat_text_without_control_characters() {
        // #77, #103
        let context = context(&claims("a:b", 1)).unwrap();
        let names: Vec<_> = context.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "email", "exp", "iss", "name", "roles", "scope", "sid", "sub"]);
        assert!(context.values().all(|value| value.as_str().is_some_and(|t| !t.contains(char::is_control))));
        assert_eq!(context["exp"], "601");
    }

    #[test]
    fn what_is_too_much_is_left_out_or_refused() {
        // #77
        let arn = "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/";
        let event = json!({"type": "TOKEN", "methodArn": arn, "authorizationToken": "Bearer x"});
        let many_roles = yes(&question(&event), &claims("a", 1000), Form::Simple).unwrap();
        assert_eq!(
            (&many_roles["context"]["roles"], &many_roles["context"]["scope"]),
            (&json!(""), &json!("a"))
        );
        let wide: String = (0..2000).map(|n| format!("{n}:x ")).collect();
        assert_eq!(yes(&question(&event), &claims(&wide, 0), Form::Simple), Err(UNAUTHORIZED));
    }
}
