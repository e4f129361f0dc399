//! By which claims a token is told from an access token.

/// Claims that ID tokens and logout tokens have and access tokens have not (OpenID Connect Core §2, §3.1.3.6, §3.3.2.11,
/// Back-Channel Logout §2.4). `auth_time`, `acr` and `amr` are none: RFC 9068 §2.2.1 has them in access tokens too.
pub const NOT_OF_ACCESS_TOKENS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
