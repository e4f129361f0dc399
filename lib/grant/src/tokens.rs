//! Issuing tokens, and the answer that holds them.

use oauth::{Scope, Secret, Time};
use serde::Serialize;
use setting::{Env, Group, SettingError};
use token::{Claims, Error, Signer};
use user::Rights;

use crate::Authorization;

/// What issues tokens: the keys that sign them, and what each role allows.
#[derive(Debug, Clone)]
pub struct Tokens {
    signer: Signer,
    rights: Rights,
}

/// The answer with an access token (RFC 6749 §5.1). Its scope is always said, because nobody asked for one (§3.3).
#[derive(Debug, Clone, Serialize)]
pub struct TokenResponse {
    /// The token.
    pub access_token: Secret,
    /// Seconds until the token expires.
    pub expires_in: u64,
    /// What it allows.
    pub scope: Scope,
    /// How the token is used (§7.1): `Bearer` (RFC 6750).
    pub token_type: &'static str,
}

impl Tokens {
    /// What is read to sign them; what they allow is the rights' own.
    pub const SETTINGS: Group = Signer::SETTINGS;

    /// Tokens by this signer, for people with these rights.
    pub fn new(signer: Signer, rights: Rights) -> Self {
        Self { signer, rights }
    }

    /// The same, signed as the settings say: `BASE_URL`, `AUDIENCE` and `SIGNING_KEYS`.
    pub fn from_env(env: &Env, rights: Rights) -> Result<Self, SettingError> {
        Ok(Self::new(Signer::from_env(env)?, rights))
    }

    /// What each role allows.
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Issues an access token. What it allows follows from the person's roles at this moment; their address is in it only if
    /// it is proven to be theirs (#19).
    pub fn issue(&self, authorized: &Authorization<'_>, now: Time) -> Result<TokenResponse, Error> {
        let user = authorized.user;
        let scope = self.rights.scope(user);
        let claims = Claims {
            roles: &user.roles,
            session: authorized.session.map(|session| session.id.as_str()),
            name: user.name.as_deref(),
            email: user.verified_email(),
            ..Claims::of(&user.id, authorized.client_id, &scope)
        };
        let token = self.signer.access_token(&claims, now)?;
        Ok(TokenResponse {
            access_token: token.jwt,
            expires_in: token.expires_in,
            scope,
            token_type: "Bearer",
        })
    }
}

#[cfg(test)]
mod tests {
    use jose::Algorithm;
    use oauth::Caller;
    use serde_json::{Value, json};
    use session::{Session, SignIn};
    use token::{Keys, Verifier};
    use user::{Status, User};

    use super::*;

    const ISSUER: &str = "https://id.example.com";
    const API: &str = "https://api.example.com";
    const NOW: Time = Time::from_epoch(1_800_000_000);

    fn tokens() -> (Tokens, Verifier) {
        let keys = Keys::generate_for(Algorithm::Es256).unwrap();
        let rights = Rights::parse("admin=users:read get:profile; member=get:profile", "", "").unwrap();
        let verifier = Verifier::new(ISSUER, API, keys.public().clone());
        (Tokens::new(Signer::new(ISSUER, API, keys), rights), verifier)
    }

    fn user() -> User {
        User {
            id: "u".to_owned(),
            name: Some("Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            email_verified: true,
            picture: None,
            roles: vec!["admin".to_owned(), "gone".to_owned()],
            status: Status::Active,
            epoch: 0,
            created_at: NOW,
            last_login_at: NOW,
            identities: Vec::new(),
        }
    }

    fn session() -> Session {
        let secret = Secret::random();
        Session::new(&SignIn { sid: "s", secret: &secret, user_id: "u", epoch: 0, amr: &[] }, NOW)
    }

    #[test]
    fn a_token_says_who_it_is_for_and_what_their_roles_allow() {
        // #57
        let (tokens, verifier) = tokens();
        let issued = tokens.issue(&Authorization::of(&user()).within(&session()), NOW).unwrap();
        let caller = Caller {
            issuer: ISSUER.to_owned(),
            subject: "u".to_owned(),
            client_id: token::FIRST_PARTY.to_owned(),
            scope: "get:profile users:read".parse().unwrap(),
            roles: user().roles,
            session: Some("s".to_owned()),
            grant: None,
            name: Some("Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            expires_at: Time::from_epoch(NOW.epoch() + 600),
        };
        assert_eq!(verifier.verify(issued.access_token.expose(), NOW), Ok(caller));
    }

    #[test]
    fn without_a_session_none_is_named_and_an_address_that_is_not_proven_is_left_out() {
        // #19
        let (tokens, verifier) = tokens();
        let user = User { email_verified: false, ..user() };
        let issued = tokens.issue(&Authorization::of(&user), NOW).unwrap();
        let caller = verifier.verify(issued.access_token.expose(), NOW).unwrap();
        assert_eq!((caller.session, caller.email), (None, None));
    }

    #[test]
    fn the_answer_has_the_members_of_the_standard_and_shows_no_token_in_a_log() {
        // #103: RFC 6749 §5.1
        let issued = tokens().0.issue(&Authorization::of(&user()), NOW).unwrap();
        assert!(!format!("{issued:?}").contains(issued.access_token.expose()));
        let mut answer = serde_json::to_value(&issued).unwrap();
        let token = answer.as_object_mut().unwrap().remove("access_token");
        assert_eq!(token, Some(Value::from(issued.access_token.expose())));
        let rest = json!({"token_type": "Bearer", "expires_in": 600, "scope": "get:profile users:read"});
        assert_eq!(answer, rest);
    }
}
