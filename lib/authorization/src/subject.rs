//! For whom an app asks by the parameter `claims`: `sub` of its ID token, with a value (OpenID Connect Core §3.1.2.2, §5.5.1).

use serde_json::Value;

/// The id of that person, if the parameter names one. The app must get nothing of anybody else.
pub(crate) fn named(claims: Option<&str>) -> Option<String> {
    let claims: Value = serde_json::from_str(claims?).ok()?;
    claims["id_token"]["sub"]["value"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_named_by_one_value_and_what_makes_no_sense_names_nobody() {
        for (claims, who) in [
            (r#"{"id_token":{"sub":{"value":"ada"}}}"#, Some("ada")),
            (r#"{"id_token":{"sub":{"value":"ada","essential":true},"name":null}}"#, Some("ada")),
            (r#"{"id_token":{"sub":{"value":5}}}"#, None),
            (r#"{"id_token":{"sub":{"essential":true}}}"#, None),
            (r#"{"id_token":{"sub":null}}"#, None),
            (r#"{"id_token":null}"#, None),
            (r#"{"userinfo":{"sub":{"value":"ada"}}}"#, None),
            ("[]", None),
            ("{", None),
        ] {
            assert_eq!(named(Some(claims)).as_deref(), who, "{claims}");
        }
        assert_eq!(named(None), None);
    }
}
