//! The names of the secret settings that the providers need; not their values.

use fetch::SettingError;
use provider::Method;

use crate::{providers::names, setting::Settings};

/// The settings that must hold a secret before a login can be finished, such as `GOOGLE_CLIENT_SECRET`, provider by
/// provider. Whether it is a client secret or a private key follows from what is set.
pub fn secrets(
    providers: &str,
    setting: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, SettingError> {
    let needed = |name: &str| {
        let settings = Settings::of(name, setting);
        let signs = provider::to_sign_in(name)
            .is_some_and(|(_, sign_in)| sign_in.client_auth == [Method::AppleJwt])
            || settings.get("CLIENT_AUTH").as_deref() == Some(Method::PrivateKeyJwt.word())
            || settings.has("PRIVATE_KEY")
            || settings.has("KEY_ID");
        settings.name(if signs { "PRIVATE_KEY" } else { "CLIENT_SECRET" })
    };
    Ok(names(providers)?.into_iter().map(needed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_needs_a_client_secret_or_a_private_key() {
        let read = |name: &str| match name {
            "ONE_CLIENT_AUTH" => Some("private_key_jwt".to_owned()),
            "TWO_KEY_ID" => Some("k".to_owned()),
            "THREE_CLIENT_AUTH" => Some("post".to_owned()),
            _ => None,
        };
        let needed = secrets("google, apple, one, two, three, my-idp", &read).unwrap();
        assert_eq!(
            needed,
            [
                "GOOGLE_CLIENT_SECRET",
                "APPLE_PRIVATE_KEY",
                "ONE_PRIVATE_KEY",
                "TWO_PRIVATE_KEY",
                "THREE_CLIENT_SECRET",
                "MY_IDP_CLIENT_SECRET"
            ]
        );
        assert!(secrets("Google", &read).is_err());
    }
}
