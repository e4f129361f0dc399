//! What `firebase auth:export` writes, and the parameters of a project without which none of its hashes can be checked
//! (<https://firebase.google.com/docs/cli/auth>).

use std::{fmt, fs, path::Path};

use serde::Deserialize;
use user::bulk::{Account, Hash};

use super::{Entry, foreign::known};

/// What all hashes of a project have in common, as the console of Firebase shows it. `Debug` shows none of it (#103).
#[derive(Clone)]
pub(in crate::users) struct HashConfig {
    signer_key: String,
    salt_separator: String,
    rounds: u32,
    mem_cost: u32,
}

impl fmt::Debug for HashConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashConfig(..)")
    }
}

impl HashConfig {
    /// Reads the file that has it.
    pub(in crate::users) fn open(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&text).map_err(|why| format!("{}: {why}", file.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let of = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
            lines.next().map(|value| value.trim().trim_end_matches(',').trim().to_owned())
        };
        let missing =
            |name: &str| format!("there is no line {name}: copy the hash_config of the console of Firebase");
        let text = |name: &str| of(name).ok_or_else(|| missing(name));
        let number = |name: &str| text(name)?.parse().map_err(|_| format!("{name} is no number"));
        match text("algorithm")?.as_str() {
            "SCRYPT" => Ok(Self {
                signer_key: text("base64_signer_key")?,
                salt_separator: text("base64_salt_separator")?,
                rounds: number("rounds")?,
                mem_cost: number("mem_cost")?,
            }),
            _ => Err("its algorithm is not SCRYPT".to_owned()),
        }
    }

    /// A hash with everything that it takes to check it.
    fn whole(&self, salt: &str, hash: &str) -> Hash {
        let Self { signer_key, salt_separator, rounds, mem_cost } = self;
        let text =
            format!("$firescrypt$ln={mem_cost},r={rounds},p=1${salt}${hash}${salt_separator}${signer_key}");
        // The API writes what the command turns into usual base64.
        Hash(text.replace('-', "+").replace('_', "/"))
    }
}

/// A user of Firebase, as far as they are taken over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Firebase {
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    display_name: Option<String>,
    photo_url: Option<String>,
    #[serde(default)]
    disabled: bool,
    password_hash: Option<String>,
    salt: Option<String>,
    #[serde(default)]
    provider_user_info: Vec<Provider>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    provider_id: String,
    #[serde(default)]
    raw_id: String,
}

impl Firebase {
    pub(super) fn account(self, config: &HashConfig) -> Entry {
        let hash = self.password_hash.filter(|hash| !hash.is_empty());
        let salt = self.salt.unwrap_or_default();
        let of = |it: &Provider| known(it.provider_id.strip_suffix(".com")?, &it.raw_id);
        Ok(Account {
            name: self.display_name,
            email: self.email,
            email_verified: self.email_verified,
            picture: self.photo_url,
            disabled: self.disabled,
            identities: self.provider_user_info.iter().filter_map(of).collect(),
            password_hash: hash.map(|hash| config.whole(&salt, &hash)),
            ..Account::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That of https://github.com/firebase/scrypt.
    const CONFIG: &str = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";

    #[test]
    fn a_hash_has_what_the_project_has() {
        let config = HashConfig::parse(CONFIG).unwrap();
        let text = r#"{"localId": "kYi4", "email": "user1@test.com", "emailVerified": true, "displayName": "Test", "disabled": true,
            "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==",
            "salt": "42xEC-ixf3L2lw==", "createdAt": "1508893925000",
            "providerUserInfo": [{"providerId": "google.com", "rawId": "1035"}, {"providerId": "twitter.com", "rawId": "7"}]}"#;
        let account = serde_json::from_str::<Firebase>(text).unwrap().account(&config).unwrap();
        let hash = "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
        assert_eq!(account.password_hash, Some(Hash(hash.to_owned())));
        let of: Vec<_> = account.identities.iter().map(|it| (&*it.provider, &*it.subject)).collect();
        assert_eq!((of, account.email_verified, account.disabled), (vec![("google", "1035")], true, true));
        let none =
            serde_json::from_str::<Firebase>(r#"{"email": "b@test.com", "passwordHash": ""}"#).unwrap();
        assert_eq!(none.account(&config).unwrap().password_hash, None);
    }

    #[test]
    fn a_file_that_is_no_hash_config_is_refused_without_what_is_in_it() {
        for line in ["algorithm", "base64_signer_key", "base64_salt_separator", "rounds", "mem_cost"] {
            let cut: String =
                CONFIG.lines().filter(|it| !it.contains(line)).map(|it| format!("{it}\n")).collect();
            let why = HashConfig::parse(&cut).unwrap_err();
            assert!(why.contains(line) && !why.contains("jxspr8"), "{why}");
        }
        for (from, to) in
            [("SCRYPT", "BCRYPT"), ("rounds: 8", "rounds: many"), ("mem_cost: 14", "mem_cost: -1")]
        {
            assert!(HashConfig::parse(&CONFIG.replace(from, to)).is_err(), "{to}");
        }
        assert!(!format!("{:?}", HashConfig::parse(CONFIG).unwrap()).contains("jxspr8"), "#103");
    }
}
