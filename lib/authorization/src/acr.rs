//! How surely an app wants the person to have signed in: `acr_values`, and `acr` in the parameter `claims` (OpenID Connect Core §3.1.2.1,
//! §5.5.1.1).

use oauth::server::{self, ACR, ACR_FACTORS, ACRS};
use serde_json::Value;

/// What an app says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Acr {
    /// What it takes, the best first. Nothing: anything.
    values: Vec<String>,
    /// Whether it takes nothing else: the sign-in fails where none of these can be had.
    is_essential: bool,
}

impl Acr {
    /// What the request says. What stands in `claims` counts more than `acr_values`, since it can insist.
    pub(crate) fn read(acr_values: Option<&str>, claims: Option<&str>) -> Self {
        let claims = claims.and_then(|claims| serde_json::from_str::<Value>(claims).ok()).unwrap_or_default();
        let claim = &claims["id_token"]["acr"];
        let texts = |all: &Value| {
            let all = all.as_array().map(Vec::as_slice).unwrap_or_default();
            all.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let one = claim["value"].as_str().map(str::to_owned);
        let values: Vec<_> = one.into_iter().chain(texts(&claim["values"])).collect();
        if !values.is_empty() {
            return Self { values, is_essential: claim["essential"] == true };
        }
        let words = acr_values.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
        Self { values: words.map(str::to_owned).collect(), is_essential: false }
    }

    /// Whether the app insists on what there is nowhere here.
    pub(crate) fn is_unknown(&self) -> bool {
        self.is_essential && !ACRS.iter().any(|known| self.takes(known))
    }

    /// Whether the app would rather have a second factor than none: of what it takes and is known here, that is the best.
    pub(crate) fn wants_factors(&self) -> bool {
        self.values
            .iter()
            .find(|value| ACRS.contains(&value.as_str()))
            .is_some_and(|best| best == ACR_FACTORS)
    }

    /// Whether the app takes nothing but a second factor.
    pub(crate) fn insists_on_factors(&self) -> bool {
        self.is_essential && !self.takes(ACR)
    }

    /// What is said of a sign-in that was made in these ways, where that is not what follows from them: who has shown more than an app insists
    /// on has shown that too, and it hears of nothing else.
    pub(crate) fn said(&self, amr: &[String]) -> Option<String> {
        let is_less = self.is_essential && server::has_factors(amr) && !self.takes(ACR_FACTORS);
        is_less.then(|| ACR.to_owned())
    }

    fn takes(&self, acr: &str) -> bool {
        self.values.iter().any(|value| value == acr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_wants_is_read_from_either_place_and_what_makes_no_sense_is_nothing() {
        for (acr_values, claims, wants, insists, unknown) in [
            ("", "", false, false, false),
            ("1", "", false, false, false),
            ("2", "", true, false, false),
            ("2 1", "", true, false, false),
            ("1 2", "", false, false, false),
            ("gold 2", "", true, false, false),
            ("gold", "", false, false, false),
            ("", r#"{"id_token":{"acr":null}}"#, false, false, false),
            ("", r#"{"id_token":{"acr":{"essential":true}}}"#, false, false, false),
            ("", r#"{"id_token":{"acr":{"value":"2"}}}"#, true, false, false),
            ("", r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#, true, true, false),
            ("", r#"{"id_token":{"acr":{"essential":true,"values":["2","1"]}}}"#, true, false, false),
            ("", r#"{"id_token":{"acr":{"essential":true,"values":["gold"]}}}"#, false, true, true),
            ("", r#"{"id_token":{"acr":{"essential":false,"values":["gold"]}}}"#, false, false, false),
            ("", r#"{"id_token":{"acr":{"essential":"true","values":["2"]}}}"#, true, false, false),
            ("2", r#"{"id_token":{"acr":{"value":"1"}}}"#, false, false, false),
            ("2", r#"{"id_token":{"acr":{"values":[2,{}]}}}"#, true, false, false),
            ("2", r#"{"userinfo":{"acr":{"value":"1"}}}"#, true, false, false),
            ("", r#"{"id_token":[]}"#, false, false, false),
        ] {
            let acr = Acr::read(Some(acr_values), Some(claims).filter(|claims| !claims.is_empty()));
            let read = (acr.wants_factors(), acr.insists_on_factors(), acr.is_unknown());
            assert_eq!(read, (wants, insists, unknown), "{acr_values} {claims}");
        }
    }

    #[test]
    fn an_app_that_insists_on_less_hears_of_what_it_insists_on() {
        let claims =
            |values: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":{values}}}}}}}"#);
        let said = |values: &str, amr: &[&str]| {
            let amr: Vec<_> = amr.iter().map(|&how| how.to_owned()).collect();
            Acr::read(None, Some(&claims(values))).said(&amr)
        };
        assert_eq!(said(r#"["1"]"#, &["pwd", "otp", "mfa"]).as_deref(), Some("1"));
        assert_eq!(said(r#"["1","2"]"#, &["pwd", "otp", "mfa"]), None);
        assert_eq!(said(r#"["1"]"#, &["pwd"]), None);
    }
}
