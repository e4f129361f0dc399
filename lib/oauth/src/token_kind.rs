//! By which claims a token is told from an access token.

use serde_json::{Map, Value};

/// Claims that ID tokens and logout tokens have and access tokens have not (OpenID Connect Core §3.1.3.6, §3.3.2.11,
/// Back-Channel Logout §2.4). `auth_time`, `acr` and `amr` are none: RFC 9068 §2.2.1 has them in access tokens too; and nor is
/// `azp`, which some issuers write into both.
pub const NOT_OF_ACCESS_TOKENS: [&str; 4] = ["at_hash", "c_hash", "s_hash", "events"];

/// Whether the claims are those of a token of another kind. `nonce` is of an ID token too (OpenID Connect Core §2), but some
/// issuers write it into all that they issue, so it is outweighed where something else says that this is an access token.
pub fn is_of_another_kind(claims: &Map<String, Value>, outweighs_nonce: bool) -> bool {
    let marked = NOT_OF_ACCESS_TOKENS.iter().any(|name| claims.contains_key(*name));
    marked || (claims.contains_key("nonce") && !outweighs_nonce)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_nonce_can_be_outweighed() {
        // #66
        for (name, outweighed) in
            [("nonce", true), ("at_hash", false), ("c_hash", false), ("s_hash", false), ("events", false)]
        {
            let claims = json!({"sub": "u", "azp": "c", name: null});
            let of_another_kind = |outweighs| is_of_another_kind(claims.as_object().unwrap(), outweighs);
            assert_eq!((of_another_kind(false), of_another_kind(true)), (true, !outweighed), "{name}");
        }
        assert!(!is_of_another_kind(
            json!({"sub": "u", "auth_time": 1, "acr": "0"}).as_object().unwrap(),
            false
        ));
    }
}
