//! Files with people: ours, and what Auth0, Keycloak, Cognito and Firebase export. Each person is read on their own, however long the file is.

pub(super) mod csv;
mod elements;
pub(super) mod firebase;
mod foreign;

use std::io::BufRead;

use clap::ValueEnum;
use user::bulk::Account;

use self::{csv::Csv, elements::Elements, firebase::HashConfig};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON, a person in each line, as `user export` writes it
    Json,
    /// CSV with a head, as `user export --csv` writes it
    Csv,
    /// Auth0's export of users in JSON: a person in each line
    Auth0,
    /// Keycloak's export of a realm with its users
    Keycloak,
    /// What `aws cognito-idp list-users` prints
    Cognito,
    /// What `firebase auth:export` writes as JSON, with --hash-config
    Firebase,
}

/// The longest line or person, in bytes: nobody has so much of one, and a file without ends must not fill the memory.
const LONGEST: usize = 1024 * 1024;

/// One person of a file, or what is wrong with them.
pub(super) type Entry = Result<Account, String>;

/// The people of a file, one after the other.
pub(super) fn people<R: BufRead + 'static>(
    file: R,
    format: Format,
    hash_config: Option<HashConfig>,
) -> Result<Box<dyn Iterator<Item = Entry>>, String> {
    Ok(match format {
        Format::Json => Box::new(lines(file).map(|line| parse::<Account>(&line?))),
        Format::Auth0 => Box::new(lines(file).map(|line| parse::<foreign::Auth0>(&line?)?.account())),
        Format::Csv => Box::new(Csv::open(file)?),
        Format::Keycloak => {
            let users = Elements::of(file, "users")?;
            Box::new(users.map(|user| parse::<foreign::Keycloak>(&user?)?.account()))
        }
        Format::Cognito => {
            let users = Elements::of(file, "Users")?;
            Box::new(users.map(|user| parse::<foreign::Cognito>(&user?)?.account()))
        }
        Format::Firebase => {
            let config = hash_config.ok_or("--format firebase needs --hash-config FILE")?;
            let users = Elements::of(file, "users")?;
            Box::new(users.map(move |user| parse::<firebase::Firebase>(&user?)?.account(&config)))
        }
    })
}

/// What the parser says is cut before the values that it quotes (#103).
fn parse<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            format!("a member is missing, unknown or of another kind (column {})", error.column())
        }
        _ => format!("this is no JSON (column {})", error.column()),
    })
}

/// The lines that are not empty.
fn lines<R: BufRead>(mut file: R) -> impl Iterator<Item = Result<Vec<u8>, String>> {
    std::iter::from_fn(move || {
        loop {
            let mut line = Vec::new();
            let mut bounded = std::io::Read::take(&mut file, LONGEST as u64 + 1);
            match bounded.read_until(b'\n', &mut line) {
                Err(error) => return Some(Err(error.to_string())),
                Ok(0) => return None,
                Ok(n) if n > LONGEST => return Some(Err("a line is longer than 1 MB".to_owned())),
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(Ok(line)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::json;

    use super::*;

    fn read(text: impl Into<String>, format: Format) -> Vec<Entry> {
        people(Cursor::new(text.into()), format, None).unwrap().collect()
    }

    fn one(text: impl Into<String>, format: Format) -> Account {
        let mut all = read(text, format);
        assert_eq!(all.len(), 1);
        all.remove(0).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let text = r#"{"id":"x","name":"Ann","email":"ann@example.com","email_verified":true,"roles":["editor"],"disabled":false,"identities":[{"provider":"google","issuer":"https://accounts.google.com","subject":"1"}]}"#;
        let ann = one(text, Format::Json);
        assert_eq!(serde_json::to_string(&ann).unwrap(), text);
        let mut head = format!("{}\n", csv::HEAD);
        head.push_str(&csv::line(&ann));
        assert_eq!(one(head, Format::Csv), Account { id: None, ..ann });
    }

    #[test]
    fn csv_is_that_of_rfc_4180() {
        let text = "email,name,roles,disabled,password_hash\r\n\
            \"ann@example.com\",\"Lee, \"\"Ann\"\"\",editor member,true,$2b$10$x\r\n\
            bob@example.com,\"Bob\nLee\",,,\n\
            eve@example.com,Eve\n\
            dan@example.com,\"Dan,,,\n";
        let all = read(text, Format::Csv);
        let ann = all[0].as_ref().unwrap();
        assert_eq!(
            (ann.name.as_deref(), &ann.roles[..], ann.disabled),
            (Some("Lee, \"Ann\""), &["editor".to_owned(), "member".to_owned()][..], true)
        );
        assert_eq!(ann.password_hash.as_ref().unwrap().0, "$2b$10$x");
        assert_eq!(all[1].as_ref().unwrap().name.as_deref(), Some("Bob\nLee"));
        assert!(all[2].as_ref().unwrap_err().contains("2 fields"), "{:?}", all[2]);
        assert!(all[3].as_ref().unwrap_err().contains("quote"), "{:?}", all[3]);
        assert_eq!(all.len(), 4);
        for head in ["", "email,shoe_size\n", "name\n", "email,email\n"] {
            assert!(people(Cursor::new(head.to_owned()), Format::Csv, None).is_err(), "{head:?}");
        }
    }

    #[test]
    fn an_export_of_auth0_is_read() {
        // https://auth0.com/docs/manage-users/user-migration/bulk-user-exports and …/user-accounts/user-profiles/user-profile-structure
        let google = json!({
            "user_id": "google-oauth2|103547991597142817347", "email": "ann@example.com", "email_verified": true, "name": "Ann Lee",
            "nickname": "ann", "picture": "https://idp.example/ann.png", "created_at": "2019-01-01T00:00:00.000Z",
            "identities": [{"provider": "google-oauth2", "user_id": "103547991597142817347", "connection": "google-oauth2", "isSocial": true}],
        });
        let database = json!({
            "user_id": "auth0|5c1a", "email": "bob@example.com", "email_verified": false, "name": "bob@example.com", "blocked": true,
            "identities": [{"provider": "auth0", "user_id": "5c1a", "connection": "Username-Password-Authentication", "isSocial": false},
                           {"provider": "github", "user_id": 583231, "connection": "github", "isSocial": true}],
        });
        let all = read(format!("{google}\n{database}\n\n{{\n[]\n"), Format::Auth0);
        let ann = all[0].as_ref().unwrap();
        assert_eq!(
            (ann.identities[0].issuer.as_str(), ann.identities[0].subject.as_str()),
            ("https://accounts.google.com", "103547991597142817347")
        );
        assert!(ann.email_verified && !ann.disabled);
        let bob = all[1].as_ref().unwrap();
        assert_eq!(
            (bob.identities.len(), bob.identities[0].issuer.as_str(), bob.identities[0].subject.as_str()),
            (1, "https://github.com", "583231")
        );
        assert_eq!((bob.name.as_deref(), bob.disabled), (None, true), "an address is no name");
        assert!(all[2].is_err() && all[3].is_err() && all.len() == 4);
    }

    #[test]
    fn an_export_of_keycloak_is_read() {
        // UserRepresentation of Keycloak's Admin REST API, in the realm's file of `kc.sh export`.
        let realm = json!({
            "id": "r", "realm": "shop", "roles": {"realm": [{"name": "editor", "users": "none"}]}, "note": "\"users\": [{}]",
            "users": [{
                "id": "2f0c", "username": "ann", "email": "ann@example.com", "emailVerified": true, "enabled": true,
                "createdTimestamp": 1_600_000_000_000_i64, "firstName": "Ann", "lastName": "Lee } \" {", "totp": false,
                "credentials": [{"id": "c", "type": "password", "secretData": "{\"value\":\"aGFzaA==\",\"salt\":\"c2FsdA==\"}",
                                 "credentialData": "{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}"}],
                "federatedIdentities": [{"identityProvider": "google", "userId": "1035", "userName": "ann"}],
                "realmRoles": ["editor", "offline_access"], "groups": [],
            }, {"username": "bob", "enabled": false, "email": "bob@example.com"}],
            "clients": [{"clientId": "users"}],
        });
        let all = read(serde_json::to_string_pretty(&realm).unwrap(), Format::Keycloak);
        let ann = all[0].as_ref().unwrap();
        assert_eq!(
            (ann.name.as_deref(), ann.identities[0].subject.as_str()),
            (Some("Ann Lee } \" {"), "1035")
        );
        assert!(ann.roles.is_empty(), "its roles are not ours");
        let kept: serde_json::Value = serde_json::from_str(&ann.password_hash.as_ref().unwrap().0).unwrap();
        assert_eq!(kept["credentialData"], "{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}");
        assert!(!format!("{ann:?}").contains("aGFzaA"), "never printed");
        assert!(all[1].as_ref().unwrap().disabled && all.len() == 2);
    }

    #[test]
    fn an_export_of_cognito_is_read() {
        // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
        let linked = r#"[{"userId":"1035","providerName":"Google","providerType":"Google","issuer":null,"primary":"true","dateCreated":"1600000000000"}]"#;
        let pool = json!({"Users": [
            {"Username": "google_1035", "UserCreateDate": "2020-09-13T12:26:40+00:00", "Enabled": true, "UserStatus": "EXTERNAL_PROVIDER",
             "Attributes": [{"Name": "sub", "Value": "a"}, {"Name": "identities", "Value": linked}, {"Name": "email_verified", "Value": "false"},
                            {"Name": "name", "Value": "Ann Lee"}, {"Name": "email", "Value": "ann@example.com"}]},
            {"Username": "bob", "Enabled": false, "UserStatus": "CONFIRMED",
             "Attributes": [{"Name": "email", "Value": "bob@example.com"}, {"Name": "email_verified", "Value": "true"}]},
        ]});
        let all = read(pool.to_string(), Format::Cognito);
        let ann = all[0].as_ref().unwrap();
        assert_eq!(
            (ann.identities[0].issuer.as_str(), ann.identities[0].subject.as_str()),
            ("https://accounts.google.com", "1035")
        );
        let bob = all[1].as_ref().unwrap();
        assert_eq!((bob.email_verified, bob.disabled, bob.identities.len()), (true, true, 0));
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for (text, format) in [
            ("{}", Format::Keycloak),
            ("[]", Format::Cognito),
            ("", Format::Keycloak),
            ("{\"Users\":{}}", Format::Cognito),
            ("{\"users\":[]}", Format::Firebase),
        ] {
            assert!(people(Cursor::new(text.to_owned()), format, None).is_err(), "{text}");
        }
        let cut = read("{\"users\":[{\"username\":\"a\"},{\"user", Format::Keycloak);
        assert!(cut[0].is_ok() && cut[1].is_err() && cut.len() == 2);
        let hidden = read("{\"email\":\"secret@example.com\",\"shoe\":1}", Format::Json);
        assert!(!hidden[0].as_ref().unwrap_err().contains("secret"), "values are not repeated");
    }
}
