//! The settings: what they may say, and the one sentence about what they may not.

use authenticate::{Providers, SettingError};
use rcgen::{KeyPair, RsaKeySize};

use crate::support::{NOW, Settings, no_table, options, params};

const TENANT: &str = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const STRONG: &str = "GOCSPX-0123456789abcdef";

fn settings(pairs: &[(&str, &str)]) -> Settings {
    pairs.iter().fold(Settings::default(), |settings, (name, value)| settings.set(name, *value))
}

async fn load(names: &str, pairs: &[(&str, &str)]) -> Result<Providers, SettingError> {
    settings(pairs).load(names, None, &no_table().await)
}

/// Where a login of the only provider goes.
async fn goes_to(names: &str, pairs: &[(&str, &str)]) -> String {
    let providers = load(names, pairs).await.unwrap();
    providers.only().unwrap().start(options(), NOW).await.unwrap().url
}

/// The sentence about these settings.
async fn sentence(names: &str, pairs: &[(&str, &str)]) -> String {
    load(names, pairs).await.unwrap_err().to_string()
}

#[tokio::test]
async fn presets_need_an_id_a_secret_and_their_host() {
    for (name, more, address) in [
        ("google", vec![], "https://accounts.google.com/o/oauth2/v2/auth?"),
        (
            "microsoft",
            vec![("MICROSOFT_TENANT", TENANT)],
            "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/oauth2/v2.0/authorize?",
        ),
        (
            "entra",
            vec![("ENTRA_TENANTS", TENANT)],
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?",
        ),
        ("auth0", vec![("AUTH0_DOMAIN", "us.eu.auth0.com")], "https://us.eu.auth0.com/authorize?"),
        ("okta", vec![("OKTA_DOMAIN", "us.okta.com")], "https://us.okta.com/oauth2/v1/authorize?"),
        (
            "okta",
            vec![("OKTA_DOMAIN", "us.okta.com/oauth2/default")],
            "https://us.okta.com/oauth2/default/v1/authorize?",
        ),
        (
            "cognito",
            vec![
                ("COGNITO_DOMAIN", "us.auth.eu-central-1.amazoncognito.com"),
                ("COGNITO_ISSUER", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc"),
            ],
            "https://us.auth.eu-central-1.amazoncognito.com/oauth2/authorize?",
        ),
        ("gitlab", vec![], "https://gitlab.com/oauth/authorize?"),
        ("gitlab", vec![("GITLAB_DOMAIN", "git.example.com")], "https://git.example.com/oauth/authorize?"),
        (
            "keycloak",
            vec![("KEYCLOAK_DOMAIN", "id.example.com/realms/us")],
            "https://id.example.com/realms/us/protocol/openid-connect/auth?",
        ),
        ("github", vec![], "https://github.com/login/oauth/authorize?"),
    ] {
        let prefix = name.to_uppercase();
        let (id, secret) = (format!("{prefix}_CLIENT_ID"), format!("{prefix}_CLIENT_SECRET"));
        let pairs: Vec<_> =
            more.into_iter().chain([(id.as_str(), "client"), (secret.as_str(), STRONG)]).collect();
        let url = goes_to(name, &pairs).await;
        assert!(url.starts_with(address), "{url}");
        assert_eq!(
            params(&url)["redirect_uri"],
            format!("https://id.example.com/users/login/{name}/callback")
        );
    }
}

#[tokio::test]
async fn configured_endpoints_replace_those_of_the_preset() {
    let stand_in = [
        ("GOOGLE_CLIENT_ID", "client"),
        ("GOOGLE_CLIENT_SECRET", "short"),
        ("GOOGLE_ISSUER", "http://localhost/stand-in"),
        ("GOOGLE_AUTHORIZATION_ENDPOINT", "http://localhost:3000/stand-in/authorize"),
        ("GOOGLE_TOKEN_ENDPOINT", "http://localhost:3000/stand-in/token"),
        ("GOOGLE_USERINFO_ENDPOINT", "http://localhost:3000/stand-in/userinfo"),
        ("GOOGLE_JWKS_URI", "http://localhost:3000/stand-in/keys"),
        ("GOOGLE_LABEL", "Stand-in"),
    ];
    assert!(goes_to("google", &stand_in).await.starts_with("http://localhost:3000/stand-in/authorize?"));
    assert_eq!(load("google", &stand_in).await.unwrap().only().unwrap().label(), "Stand-in");
}

#[tokio::test]
async fn labels_are_the_providers_usual_names() {
    let pairs = [
        ("GOOGLE_CLIENT_ID", "client"),
        ("GOOGLE_CLIENT_SECRET", STRONG),
        ("MY_IDP_CLIENT_ID", "client"),
        ("MY_IDP_CLIENT_SECRET", STRONG),
        ("MY_IDP_ISSUER", "https://id.example.org"),
    ];
    let providers = load("google, my-idp", &pairs).await.unwrap();
    let labels: Vec<_> = providers.iter().map(|provider| (provider.name(), provider.label())).collect();
    assert_eq!(labels, [("google", "Google"), ("my-idp", "My-idp")]);
    assert!(providers.get("nobody").is_none());
    assert_eq!(format!("{providers:?}"), r#"Providers([Provider("google"), Provider("my-idp")])"#);
}

#[tokio::test]
async fn a_button_needs_only_a_name() {
    // #107: anyone who only shows the buttons reads neither addresses nor secrets.
    let read = |name: &str| {
        let shown = ["_LABEL", "_CLAIMS", "_FRESH_SIGN_IN"];
        assert!(shown.iter().any(|end| name.ends_with(end)), "{name} is read");
        (name == "MY_IDP_LABEL").then(|| "Our house".to_owned())
    };
    let buttons = authenticate::buttons("google, my-idp, acme", &read).unwrap();
    let buttons: Vec<_> =
        buttons.iter().map(|button| (button.name.as_str(), button.label.as_str())).collect();
    assert_eq!(buttons, [("google", "Google"), ("my-idp", "Our house"), ("acme", "Acme")]);
    assert!(authenticate::buttons("../x", &read).is_err());
}

#[tokio::test]
async fn provider_names_are_checked() {
    // #4: they become parts of addresses.
    for bad in [
        "",
        " , ",
        "Google",
        "../x",
        "a/b",
        "1a",
        "-a",
        "google,google",
        "göögle",
        &"x".repeat(33),
        "a?b",
        "password",
    ] {
        assert!(sentence(bad, &[]).await.starts_with("PROVIDERS "), "{bad}");
    }
}

#[tokio::test]
async fn a_missing_setting_is_named() {
    for (names, pairs, beginning) in [
        ("google", vec![], "GOOGLE_CLIENT_ID is not set"),
        ("google", vec![("GOOGLE_CLIENT_ID", "  ")], "GOOGLE_CLIENT_ID is not set"),
        ("google", vec![("GOOGLE_CLIENT_ID", "client")], "GOOGLE_CLIENT_SECRET is not set"),
        ("microsoft", vec![], "MICROSOFT_TENANT is not set"),
        ("okta", vec![], "OKTA_DOMAIN is not set"),
        ("cognito", vec![], "PROVIDERS names cognito: set COGNITO_ISSUER"),
        ("acme", vec![], "PROVIDERS names acme: set ACME_ISSUER"),
        ("apple", vec![("APPLE_CLIENT_ID", "client")], "APPLE_TEAM_ID is not set"),
        ("acme", vec![("ACME_CLAIMS", "sub=id")], "ACME_CLAIMS is a claim mapping of plain OAuth 2.0"),
        (
            "acme",
            vec![("ACME_TOKEN_ENDPOINT", "https://a.example/")],
            "ACME_AUTHORIZATION_ENDPOINT and ACME_JWKS_URI must be set",
        ),
        (
            "google",
            vec![("GOOGLE_USERINFO_ENDPOINT", "https://a.example/")],
            "GOOGLE_AUTHORIZATION_ENDPOINT and ",
        ),
    ] {
        let sentence = sentence(names, &pairs).await;
        assert!(sentence.starts_with(beginning), "{sentence}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_its_value_is_not_shown() {
    // #71, #102, #103, #106
    for (option, values) in [
        (
            "ISSUER",
            vec![
                "http://canary.example",
                "canary",
                "https://u:canary@a.example",
                "https://a.example/#canary",
                "https://a.example/?canary",
            ],
        ),
        ("TOKEN_ENDPOINT", vec!["http://canary.example/token", "ftp://canary.example"]),
        ("SCOPES", vec!["openid \"canary\"", "canär y"]),
        ("USERINFO", vec!["canary"]),
        ("CLIENT_AUTH", vec!["canary", "apple", "none"]),
        (
            "HOSTED_DOMAIN",
            vec!["*.canary.com", "@canary.com", "Canary.com", "canary", "a@canary.com", ".canary.com"],
        ),
        ("TIMEOUT", vec!["0", "9", "-1", "canary", "1.5"]),
        (
            "CLIENT_SECRET",
            vec![
                "canary",
                "canary-15-chars",
                "canary-placeholder-secret",
                "your-canary-client-secret",
                "xxxxxxxxxxxxxxxxxxxx",
                "<canary-client-id-00>",
                "changeme-canary-changeme",
            ],
        ),
        ("TENANT", vec![TENANT]),
        ("TENANTS", vec![TENANT]),
        ("TEAM_ID", vec!["canary"]),
        ("KEY_ID", vec!["canary"]),
        ("PRIVATE_KEY", vec!["canary"]),
        ("CLAIMS", vec!["sub=canary"]),
        ("DOMAIN", vec!["canary.example"]),
    ] {
        for value in values {
            let base = [
                ("ACME_CLIENT_ID", "client"),
                ("ACME_CLIENT_SECRET", STRONG),
                ("ACME_ISSUER", "https://id.example.org"),
            ];
            let name = format!("ACME_{option}");
            let mut settings = settings(&base).set(&name, value);
            if option == "PRIVATE_KEY" {
                settings = settings.without("ACME_CLIENT_SECRET");
            }
            let sentence = settings.load("acme", None, &no_table().await).unwrap_err().to_string();
            assert!(
                sentence.contains("ACME_") && !sentence.contains("canary"),
                "{option} {value}: {sentence}"
            );
        }
    }
}

#[tokio::test]
async fn an_option_of_another_provider_is_refused() {
    let google = [("GOOGLE_CLIENT_ID", "client"), ("GOOGLE_CLIENT_SECRET", STRONG)];
    for option in ["TENANT", "TENANTS", "DOMAIN", "HOSTS", "TEAM_ID", "KEY_ID", "PRIVATE_KEY", "CLAIMS"] {
        let name = format!("GOOGLE_{option}");
        let sentence = settings(&google)
            .set(&name, "x")
            .load("google", None, &no_table().await)
            .unwrap_err()
            .to_string();
        assert!(sentence.starts_with(&name), "{sentence}");
    }
    let google_by_key = settings(&google).set("GOOGLE_CLIENT_AUTH", "private_key_jwt").load(
        "google",
        None,
        &no_table().await,
    );
    assert!(
        google_by_key
            .unwrap_err()
            .to_string()
            .starts_with("GOOGLE_CLIENT_AUTH is not something this provider takes: write one of basic, post")
    );
    let github = [("GITHUB_CLIENT_ID", "client"), ("GITHUB_CLIENT_SECRET", STRONG)];
    for option in ["USERINFO", "JWKS_URI", "ISSUER"] {
        let settings = settings(&github).set(&format!("GITHUB_{option}"), "https://a.example");
        assert!(settings.load("github", None, &no_table().await).is_err(), "{option}");
    }
}

#[tokio::test]
async fn contradicting_settings_are_refused() {
    let pem = KeyPair::generate().unwrap().serialize_pem();
    for (names, pairs, named) in [
        ("entra", vec![("ENTRA_TENANT", TENANT), ("ENTRA_TENANTS", TENANT)], "ENTRA_TENANT"),
        ("entra", vec![("ENTRA_TENANT", "company.com")], "ENTRA_TENANT"),
        ("entra", vec![("ENTRA_TENANTS", "common")], "ENTRA_TENANTS"),
        (
            "entra",
            vec![("ENTRA_TENANT", TENANT), ("ENTRA_ISSUER", "https://login.microsoftonline.com/x/v2.0")],
            "ENTRA_TENANT",
        ),
        ("okta", vec![("OKTA_DOMAIN", "us.okta.com"), ("OKTA_ISSUER", "https://us.okta.com")], "OKTA_DOMAIN"),
        ("okta", vec![("OKTA_DOMAIN", "https://us.okta.com")], "OKTA_DOMAIN"),
        (
            "okta",
            vec![("OKTA_DOMAIN", "us.okta.com"), ("OKTA_METADATA_URL", "https://us.okta.com/x")],
            "OKTA_METADATA_URL is set without OKTA_ISSUER",
        ),
        (
            "acme",
            vec![("ACME_ISSUER", "https://a.example"), ("ACME_METADATA_URL", "a.example")],
            "ACME_METADATA_URL",
        ),
        ("okta", vec![("OKTA_DOMAIN", "us.okta.com?x")], "OKTA_DOMAIN"),
        ("okta", vec![("OKTA_DOMAIN", "Us.okta.com")], "OKTA_DOMAIN"),
        ("okta", vec![("OKTA_DOMAIN", "us.okta.com/../x")], "OKTA_DOMAIN"),
        (
            "okta",
            vec![
                ("OKTA_DOMAIN", "us.okta.com"),
                ("OKTA_CLIENT_ID", "client"),
                ("OKTA_CLIENT_SECRET", STRONG),
                ("OKTA_PRIVATE_KEY", &pem),
            ],
            "OKTA_CLIENT_SECRET",
        ),
        (
            "okta",
            vec![
                ("OKTA_DOMAIN", "us.okta.com"),
                ("OKTA_CLIENT_ID", "client"),
                ("OKTA_CLIENT_AUTH", "basic"),
                ("OKTA_PRIVATE_KEY", &pem),
            ],
            "OKTA_PRIVATE_KEY",
        ),
        (
            "okta",
            vec![
                ("OKTA_DOMAIN", "us.okta.com"),
                ("OKTA_CLIENT_ID", "client"),
                ("OKTA_CLIENT_SECRET", STRONG),
                ("OKTA_CLIENT_AUTH", "private_key_jwt"),
            ],
            "OKTA_CLIENT_SECRET",
        ),
    ] {
        let sentence = sentence(names, &pairs).await;
        assert!(sentence.starts_with(named), "{sentence}");
    }
}

#[tokio::test]
async fn private_keys_are_ec_or_rsa_and_apples_is_ec() {
    let ec = KeyPair::generate().unwrap().serialize_pem();
    let rsa = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap().serialize_pem();
    let okta = [("OKTA_CLIENT_ID", "client"), ("OKTA_DOMAIN", "us.okta.com")];
    for pem in [&ec, &rsa, &ec.replace('\n', "\\n")] {
        assert!(settings(&okta).set("OKTA_PRIVATE_KEY", pem).load("okta", None, &no_table().await).is_ok());
    }
    let apple = [("APPLE_CLIENT_ID", "client"), ("APPLE_TEAM_ID", "team"), ("APPLE_KEY_ID", "key")];
    assert!(settings(&apple).set("APPLE_PRIVATE_KEY", &ec).load("apple", None, &no_table().await).is_ok());
    for (name, value) in
        [("APPLE_PRIVATE_KEY", rsa.as_str()), ("APPLE_CLIENT_SECRET", STRONG), ("APPLE_CLIENT_AUTH", "post")]
    {
        let settings = settings(&apple).set("APPLE_PRIVATE_KEY", &ec).set(name, value);
        assert!(
            settings.load("apple", None, &no_table().await).unwrap_err().to_string().starts_with(name),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_weak_secret_is_accepted_on_localhost_only() {
    // #106
    let at = async |issuer: &str| {
        load("acme", &[("ACME_CLIENT_ID", "c"), ("ACME_CLIENT_SECRET", "secret"), ("ACME_ISSUER", issuer)])
            .await
            .is_ok()
    };
    assert!(
        at("http://localhost:8080/realms/us").await
            && at("http://127.0.0.1:1").await
            && at("http://[::1]:1").await
    );
    assert!(!at("https://id.example.org").await);
}

#[tokio::test]
async fn a_plain_provider_shares_its_issuer_with_no_other() {
    // #21: number 42 of one would be number 42 of the other.
    let plain = |name: &str, host: &str| {
        let name = name.to_uppercase();
        Settings::default()
            .set(&format!("{name}_CLIENT_ID"), "client")
            .set(&format!("{name}_CLIENT_SECRET"), STRONG)
            .set(&format!("{name}_CLAIMS"), "sub=id")
            .set(&format!("{name}_AUTHORIZATION_ENDPOINT"), format!("https://{host}/{name}/authorize"))
            .set(&format!("{name}_TOKEN_ENDPOINT"), format!("https://{host}/{name}/token"))
            .set(&format!("{name}_USERINFO_ENDPOINT"), format!("https://{host}/{name}/user"))
    };
    let table = no_table().await;
    let both = plain("one", "a.example").and(plain("two", "a.example"));
    let sentence = both.load("one,two", None, &table).unwrap_err().to_string();
    assert!(sentence.starts_with("PROVIDERS names one and two,"), "{sentence}");
    assert!(sentence.contains("set ONE_ISSUER or TWO_ISSUER to an address of its own"), "{sentence}");
    assert!(both.load_without_secrets("one,two", &table).is_err(), "no login begins either");
    assert!(both.clone().set("TWO_ISSUER", "https://a.example/two").load("one,two", None, &table).is_ok());
    assert!(plain("one", "a.example").and(plain("two", "b.example")).load("one,two", None, &table).is_ok());

    // Nor with a provider that signs: anyone who chooses a number at the plain one would be that number at the other.
    let openid = settings(&[
        ("ACME_CLIENT_ID", "client"),
        ("ACME_CLIENT_SECRET", STRONG),
        ("ACME_ISSUER", "https://a.example"),
        ("ENTRA_CLIENT_ID", "client"),
        ("ENTRA_CLIENT_SECRET", STRONG),
        ("ENTRA_TENANTS", TENANT),
    ]);
    for (names, issuer) in [
        ("acme,one", "https://a.example".to_owned()),
        ("one,acme", "https://a.example".to_owned()),
        ("one,entra", format!("https://login.microsoftonline.com/{TENANT}/v2.0")),
    ] {
        let settings = openid.clone().and(plain("one", "a.example")).set("ONE_ISSUER", issuer);
        let sentence = settings.load(names, None, &table).unwrap_err().to_string();
        assert!(sentence.contains(": set ONE_ISSUER to an address"), "{sentence}");
    }
    // Two clients of one OpenID provider know the same people.
    let similar = openid
        .set("TWIN_CLIENT_ID", "other")
        .set("TWIN_CLIENT_SECRET", STRONG)
        .set("TWIN_ISSUER", "https://a.example");
    assert!(similar.load("acme,twin", None, &table).is_ok());
}

#[tokio::test]
async fn metadata_may_be_at_an_address_of_its_own() {
    // #14, #72: the shape of Azure AD B2C, whose policies share an issuer. Whatever its address, it names the issuer that was
    // set, and its endpoints are at home.
    use crate::support::{World, status, stub::Reply};
    let address = "/policy/v2.0/.well-known/openid-configuration?p=b2c_1_sign_in";
    let world = World::with(|stub| {
        stub.set("/.well-known/openid-configuration", Reply::status(404));
        stub.set(address, Reply::json(&stub.metadata()));
        Settings::discovered(stub).set("ACME_METADATA_URL", stub.url(address))
    })
    .await;
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert!(world.stub.hits("/.well-known/openid-configuration").is_empty());
    for (member, value) in [
        ("issuer", world.stub.url("/policy/v2.0")),
        ("issuer", "https://evil.example".to_owned()),
        ("jwks_uri", "https://evil.example/keys".to_owned()),
    ] {
        let mut metadata = world.stub.metadata();
        metadata[member] = value.clone().into();
        world.stub.set(address, Reply::json(&metadata));
        let fresh = Settings::discovered(&world.stub).set("ACME_METADATA_URL", world.stub.url(address));
        let fresh = fresh.load("acme", None, &no_table().await).unwrap();
        let begun = crate::support::begin(fresh.only().unwrap(), crate::support::NOW).await;
        assert_eq!(status(&begun), 502, "{member} {value}");
    }
}
