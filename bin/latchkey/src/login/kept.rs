//! What sign-ins from this folder have: refresh tokens, and access tokens that are still good. In one file, which only its owner can
//! read, and which one process at a time changes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use setting::SettingError;

use crate::home::{Home, LOGINS, LOGINS_LOCK};

/// A token that ends so soon is not given out any more.
const SOON: Duration = Duration::from_secs(30);

/// The most access tokens of one sign-in.
const MOST_TOKENS: usize = 20;

/// All sign-ins, while this process may change them.
#[derive(Debug)]
pub(super) struct Logins {
    home: Home,
    all: BTreeMap<String, Kept>,
    /// Closing it unlocks.
    _lock: File,
}

/// What one sign-in has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    token_endpoint: String,
    /// The APIs for which it was granted.
    audiences: Vec<String>,
    refresh_token: Option<Secret>,
    tokens: Vec<Access>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    scope: Option<String>,
    audience: Option<String>,
    token: Secret,
    expires_at: Time,
}

impl Logins {
    /// Whether anybody ever signed in from this folder.
    pub(super) fn are_at(home: &Path) -> bool {
        home.join(LOGINS).exists()
    }

    /// Opens the file, and waits until no other process has it open.
    pub(super) fn open(home: &Path) -> Result<Self, SettingError> {
        let home = Home::open(home)?;
        let cannot = |what: &str, why: &dyn std::fmt::Display| {
            SettingError::new(format!("{} cannot be {what}: {why}", home.file(LOGINS).display()))
        };
        let mut options = File::options();
        let lock = options.create(true).truncate(false).write(true).mode(0o600).open(home.file(LOGINS_LOCK));
        let lock = lock.map_err(|error| cannot("locked", &error))?;
        lock.lock().map_err(|error| cannot("locked", &error))?;
        let all = match fs::read(home.file(LOGINS)) {
            // What a parser says quotes what it read, and here that are tokens (#103).
            Ok(text) => serde_json::from_slice(&text).map_err(|_| {
                cannot("read", &"it is not as this version writes it; remove it, and sign in again")
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(cannot("read", &error)),
        };
        Ok(Self { home, all, _lock: lock })
    }

    pub(super) fn find(&self, issuer: &str, client_id: &str) -> Option<Kept> {
        self.all.get(&key(issuer, client_id)).cloned()
    }

    pub(super) fn put(&mut self, issuer: &str, client_id: &str, kept: Kept) -> Result<(), SettingError> {
        self.all.insert(key(issuer, client_id), kept);
        self.write()
    }

    /// Forgets a sign-in; with the last one, the file goes.
    pub(super) fn remove(&mut self, issuer: &str, client_id: &str) -> Result<(), SettingError> {
        self.all.remove(&key(issuer, client_id));
        if !self.all.is_empty() {
            return self.write();
        }
        let file = self.home.file(LOGINS);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(SettingError::new(format!("{} cannot be removed: {error}", file.display())))
            }
            _ => Ok(()),
        }
    }

    fn write(&self) -> Result<(), SettingError> {
        let text = serde_json::to_string(&self.all).map_err(|error| SettingError::new(error.to_string()))?;
        self.home.keep(LOGINS, &Secret::new(text))
    }
}

/// A client has no blank in its name.
fn key(issuer: &str, client_id: &str) -> String {
    format!("{client_id} {issuer}")
}

impl Kept {
    pub(super) fn new(token_endpoint: &str, audiences: &[String]) -> Self {
        Self {
            token_endpoint: token_endpoint.to_owned(),
            audiences: audiences.to_vec(),
            refresh_token: None,
            tokens: Vec::new(),
        }
    }

    pub(super) fn token_endpoint(&self) -> &str {
        &self.token_endpoint
    }

    pub(super) fn refresh_token(&self) -> Option<Secret> {
        self.refresh_token.clone()
    }

    /// What ends its grant where it is revoked: the refresh token, or else an access token that is still good.
    pub(super) fn to_revoke(&self, now: Time) -> Option<Secret> {
        let access = self.tokens.iter().find(|it| now < it.expires_at).map(|it| it.token.clone());
        self.refresh_token().or(access)
    }

    /// The API that is meant where none is named.
    pub(super) fn only_audience(&self) -> Option<&str> {
        match &*self.audiences {
            [only] => Some(only),
            _ => None,
        }
    }

    /// An access token that is good for a while.
    pub(super) fn token(&self, scope: Option<&str>, audience: Option<&str>, now: Time) -> Option<Secret> {
        let fits = |it: &&Access| (it.scope.as_deref(), it.audience.as_deref()) == (scope, audience);
        let found = self.tokens.iter().find(|it| fits(it) && now.after(SOON) < it.expires_at);
        found.map(|it| it.token.clone())
    }

    /// Takes what the token endpoint answered (RFC 6749 §5.1): the access token.
    pub(super) fn take(
        &mut self,
        answer: &Value,
        scope: Option<&str>,
        audience: Option<&str>,
        now: Time,
    ) -> Result<Secret, SettingError> {
        let text = |name: &str| answer[name].as_str().map(Secret::new);
        let token =
            text("access_token").ok_or_else(|| SettingError::new("the answer has no access_token"))?;
        let lives = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or_default());
        self.refresh_token = text("refresh_token").or(self.refresh_token.take());
        let [scope, audience] = [scope, audience].map(|text| text.map(str::to_owned));
        self.tokens.retain(|it| now < it.expires_at && (&it.scope, &it.audience) != (&scope, &audience));
        self.tokens.truncate(MOST_TOKENS - 1);
        self.tokens.insert(0, Access { scope, audience, token: token.clone(), expires_at: now.after(lives) });
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Time = Time::from_epoch(1_800_000_000);

    fn at(seconds: i64) -> Time {
        Time::from_epoch(NOW.epoch() + seconds)
    }

    #[test]
    fn a_token_is_given_out_for_what_it_was_asked_for_until_shortly_before_it_ends() {
        let mut kept =
            Kept::new("https://id.example.com/oauth/token", &["https://api.example.com".to_owned()]);
        let answer = json!({"access_token": "one", "expires_in": 600, "refresh_token": "r1"});
        kept.take(&answer, Some("a"), None, NOW).unwrap();
        let token = |scope, audience, now| kept.token(scope, audience, now).map(|it| it.expose().to_owned());
        assert_eq!(token(Some("a"), None, at(569)).as_deref(), Some("one"));
        assert_eq!(token(Some("a"), None, at(570)), None);
        assert_eq!((token(None, None, NOW), token(Some("a"), Some("x"), NOW)), (None, None));
        assert_eq!(kept.only_audience(), Some("https://api.example.com"));
        // An answer without a refresh token leaves the one before.
        kept.take(&json!({"access_token": "two", "expires_in": 600}), Some("a"), None, at(10)).unwrap();
        assert_eq!(kept.refresh_token().unwrap().expose(), "r1");
        assert_eq!(kept.token(Some("a"), None, at(10)).unwrap().expose(), "two");
        for number in 0..50 {
            let scope = number.to_string();
            kept.take(&json!({"access_token": "x", "expires_in": 600}), Some(&scope), None, at(20)).unwrap();
        }
        assert_eq!(kept.tokens.len(), MOST_TOKENS);
        assert!(kept.take(&json!({}), None, None, NOW).is_err());
        assert_eq!(kept.to_revoke(at(20)).unwrap().expose(), "r1");
        kept.refresh_token = None;
        assert_eq!(kept.to_revoke(at(20)).unwrap().expose(), "x");
        assert!(kept.to_revoke(at(700)).is_none());
        // #103
        assert!(!format!("{kept:?}").contains("r1"));
    }
}
