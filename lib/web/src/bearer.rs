//! The access token of a request.

/// The token of `Bearer …` (RFC 6750 §2.1): one, of the characters that a token has. Headers that a gateway has joined have
/// a comma, and are none (#79).
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    let one = !token.is_empty() && token.bytes().all(fits);
    (one && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_one_token() {
        // #79
        for (header, token) in [("Bearer a.b-c_d~e+f/g=", Some("a.b-c_d~e+f/g=")), ("bEARER x", Some("x"))] {
            assert_eq!(bearer(header), token);
        }
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  x",
            "Bearer x ",
            "Bearer x y",
            "Bearer x,y",
            "Bearer x, Bearer x",
            "Bearer\tx",
            "Basic x",
            "x",
            "Bearer é",
            " Bearer x",
            "Bearer x\n",
        ] {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }
}
