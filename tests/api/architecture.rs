//! The arrows between the crates, and what ships in a function.

mod workspace;

use std::collections::BTreeSet;

use self::workspace::{crates, functions, packages, sources, tree, tree_with, with_feature};

/// The crates that test the others and measure them.
const NOT_SHIPPED: [&str; 5] = ["tests", "bench", "floor", "forge", "fuzz"];

/// Which of our libraries a library may import: the graph of docs/design.md. The ground floor imports none of ours.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    const ROWS: &[&str] = &["oauth", "setting", "store"];
    match name {
        "aws" | "oauth" => Some(&[]),
        "jose" => Some(&["oauth"]),
        "store" => Some(&["aws", "setting"]),
        "audit" | "credential" | "session" | "user" => Some(ROWS),
        // The way to others' keys is behind a feature.
        "client" => Some(&["oauth", "jose", "setting", "store", "fetch"]),
        "authorization" => Some(&["oauth", "client", "session", "setting", "store"]),
        "authenticate" => Some(&["oauth", "setting", "jose", "fetch", "provider", "store"]),
        "provider" => Some(&["oauth", "setting", "jose"]),
        "token" => Some(&["oauth", "setting", "jose"]),
        // For the keys of other issuers, behind a feature.
        "trust" => Some(&["oauth", "setting", "jose", "provider", "token", "fetch"]),
        "revocation" => Some(&["oauth", "setting", "store", "session", "user", "client"]),
        "grant" => Some(&["oauth", "jose", "setting", "store", "client", "user", "token", "session"]),
        "person" => Some(&["oauth", "session", "setting", "store", "user"]),
        "vault" => Some(&["aws", "oauth"]),
        "queue" => Some(&["aws", "setting"]),
        "logout" => Some(&["audit", "oauth", "queue", "session", "setting", "store"]),
        "mail" => Some(&["oauth", "queue", "setting"]),
        "setting" => Some(&["oauth"]),
        // Its rows in the table are behind a feature.
        "fetch" => Some(&["oauth", "setting", "jose", "store"]),
        "factor" => Some(&["oauth", "seal", "setting", "store", "user"]),
        "seal" => Some(&["oauth", "setting"]),
        "webhook" => Some(&["audit", "jose", "oauth", "seal", "setting", "store", "user"]),
        "web" => Some(&["oauth", "seal", "setting"]),
        "entrance" => {
            Some(&["audit", "grant", "logout", "oauth", "session", "setting", "store", "user", "web"])
        }
        "device" => Some(&["credential", "oauth", "web"]),
        "notice" => Some(&["audit", "oauth", "seal", "setting", "store"]),
        "latchkey" => None,
        _ if NOT_SHIPPED.contains(&name) => None,
        // A function may import every library, and nobody imports a function but the local cloud.
        _ if functions().iter().any(|(function, _)| function == name) => Some(web::log::LIBRARIES),
        _ => panic!("the crate {name} is new: say here and in docs/design.md what it may import"),
    }
}

#[test]
fn crates_import_only_what_the_design_allows() {
    for (name, imports) in crates() {
        let Some(allowed) = allowed(&name) else { continue };
        for import in imports {
            assert!(
                allowed.contains(&import.as_str()),
                "{name} must not import {import}: see docs/design.md"
            );
        }
    }
}

#[test]
fn every_function_is_mounted_and_named_after_its_path() {
    let mounted: BTreeSet<_> = latchkey::mount::FUNCTIONS
        .iter()
        .chain(latchkey::mount::EVENTS)
        .chain([&latchkey::mount::AUTHORIZER])
        .map(|m| m.name.to_owned())
        .collect();
    let folders: BTreeSet<_> = functions().into_iter().map(|(name, _)| name).collect();
    assert_eq!(mounted, folders, "lambdas/ and bin/latchkey/src/mount.rs disagree");
    for (name, folder) in functions() {
        assert_eq!(folder.replace('/', "-"), name, "a function's crate is named after its folder");
    }
}

#[test]
fn every_route_is_there_once_and_guarded_by_name() {
    // #80: a route without a guard cannot be written down, and no two functions answer the same one.
    let mut seen = BTreeSet::new();
    for mount in latchkey::mount::FUNCTIONS {
        for route in mount.routes {
            assert!(seen.insert(route.key()), "{} is mounted twice", route.key());
        }
    }
    assert!(seen.contains("GET /users"));
}

#[test]
fn no_function_links_the_local_cloud() {
    for (name, _) in functions() {
        let tree = tree(&name);
        for foreign in
            ["latchkey", "dynoxide-rs", "axum", "rusqlite", "libsqlite3-sys", "clap", "lambda_http"]
        {
            assert!(!tree.contains(foreign), "{name} links {foreign}");
        }
    }
}

#[test]
fn one_tls_and_one_crypto_stack_ship() {
    for (name, _) in functions() {
        let tree = tree(&name);
        for foreign in ["openssl", "native-tls", "ring", "reqwest", "ureq", "mbedtls", "wolfssl"] {
            assert!(!tree.contains(foreign), "{name} links {foreign}");
        }
        for single in ["rustls", "hyper", "aws-lc-rs", "jsonwebtoken", "http"] {
            let versions = tree.versions(single);
            assert!(
                versions <= 1 || (single == "http" && versions <= 2),
                "{name} links {versions} versions of {single}"
            );
        }
    }
}

/// Crates of signatures and ciphers other than aws-lc.
const OTHER_CRYPTO: [&str; 12] = [
    "aes-gcm",
    "chacha20poly1305",
    "curve25519-dalek",
    "dsa",
    "ecdsa",
    "ed25519-dalek",
    "elliptic-curve",
    "p256",
    "p384",
    "p521",
    "rfc6979",
    "rsa",
];

#[test]
fn only_the_end_of_a_login_and_passkeys_link_other_signatures_than_aws_lcs() {
    // openidconnect and webauthn-rs-core bring them, and no feature of theirs turns them off. Those of passkeys verify, and no more.
    let links = |name: &str, crates: &[&str]| crates.iter().any(|other| tree(name).contains(other));
    for (name, _) in functions() {
        let (is_end, is_passkey) = (name == "users-login-callback", name == "users-passkey");
        assert_eq!(links(&name, &OTHER_CRYPTO), is_end || is_passkey, "{name}");
        assert_eq!(links(&name, &["openidconnect"]), is_end, "{name}");
        assert_eq!(links(&name, &["webauthn-rs-core"]), is_passkey, "{name}");
    }
}

#[test]
fn passkeys_need_no_secret_of_their_own_kind() {
    // #108: whoever links the second stack holds no key that signs.
    let mount = latchkey::mount::FUNCTIONS.iter().find(|mount| mount.name == "users-passkey").unwrap();
    let secrets = mount.settings.iter().copied().flatten().filter(|setting| setting.secret);
    assert_eq!(secrets.map(|setting| setting.name).collect::<BTreeSet<_>>(), BTreeSet::from(["COOKIE_KEY"]));
}

#[test]
fn nothing_of_ours_calls_other_signatures_than_aws_lcs() {
    // #13: a crate that no manifest of ours names cannot be called. openidconnect calls them for its own type of a key, in whose
    // place stands one of ours.
    for package in packages() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap();
            let other = OTHER_CRYPTO.contains(&name) || ["hmac", "sha1", "sha2", "ring"].contains(&name);
            assert!(!other, "{} names {name}", package["name"]);
        }
    }
    let keys = [
        "CoreJsonWebKey,",
        "CoreJsonWebKey:",
        "CoreJsonWebKey>",
        "CoreJsonWebKeySet",
        "CoreClient",
        "CoreIdTokenVerifier",
    ];
    for (path, text) in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/../lib")) {
        for key in keys {
            assert!(!text.contains(key), "{path}: {key}");
        }
    }
}

/// The most crates of others that a function links, each version of one counted. One more is a decision: it costs size, and
/// time at every cold start. A function that is not listed may link what `cargo run -- new` gives it.
const MOST_CRATES: [(&str, usize); 30] = [
    ("account", 205),
    ("admin", 205),
    ("authorizer", 186),
    ("events-send", 190),
    ("home", 203),
    ("keys-rotate", 185),
    ("logout-notify", 188),
    ("mail-send", 184),
    ("manage", 205),
    ("oauth-authorize", 184),
    ("oauth-device", 189),
    ("oauth-introspect", 188),
    ("oauth-logout", 184),
    ("oauth-par", 186),
    ("oauth-revoke", 186),
    ("oauth-token", 204),
    ("private", 115),
    ("profile", 115),
    ("users-factor", 222),
    ("users-login", 202),
    ("users-login-callback", 255),
    ("users-logout", 181),
    ("users-mailed", 221),
    ("users-me", 181),
    ("users-passkey", 295),
    ("users-password", 219),
    ("users-token", 182),
    ("users-verify", 181),
    ("webhooks", 184),
    ("well-known", 115),
];
/// The same for a function that is not listed, such as one that `cargo run -- new` has just made.
const NEW_FUNCTION: usize = 115;

#[test]
fn a_function_links_no_more_crates_than_it_did() {
    let mut grown = Vec::new();
    for (name, _) in functions() {
        let most = MOST_CRATES.iter().find(|(of, _)| *of == name).map_or(NEW_FUNCTION, |(_, most)| *most);
        let crates = tree(&name).foreign();
        if crates > most {
            grown.push(format!("{name} links {crates} crates of others, and MOST_CRATES says {most}"));
        }
    }
    assert!(grown.is_empty(), "{grown:#?}");
}

#[test]
fn an_authorizer_of_other_issuers_fetches_keys_and_links_no_sign_in() {
    let tree = tree_with("authorizer", &["--no-default-features", "--features", "issuers"]);
    for foreign in ["authenticate", "openidconnect", "oauth2", "store", "aws-config", "aws-sdk-dynamodb"] {
        assert!(!tree.contains(foreign), "the authorizer links {foreign}");
    }
    assert!(tree.contains("fetch"));
    assert!(tree.crates() <= 160, "the authorizer links {} crates", tree.crates());
}

#[test]
fn only_the_rotation_of_keys_can_change_functions() {
    // #107
    for (name, _) in functions() {
        assert_eq!(tree(&name).contains("aws-sdk-lambda"), name == "keys-rotate", "{name}");
    }
}

#[test]
fn tokens_are_issued_without_a_way_to_a_provider() {
    // A session is exchanged for a token by a function that could call nobody's server but the table's.
    for name in ["grant", "users-token"] {
        let tree = tree(name);
        for foreign in ["fetch", "authenticate", "provider", "trust", "openidconnect", "oauth2"] {
            assert!(!tree.contains(foreign), "{name} links {foreign}");
        }
    }
}

#[test]
fn an_authorizer_of_our_own_tokens_links_neither_a_table_nor_a_way_out() {
    let tree = tree_with("authorizer", &["--no-default-features"]);
    for foreign in ["fetch", "store", "session", "client", "user", "rustls", "hyper-rustls"] {
        assert!(!tree.contains(foreign), "the authorizer links {foreign}");
    }
}

#[test]
fn an_endpoint_of_clients_links_a_way_out_where_foreign_tokens_are_asked_for_and_nowhere_else() {
    let endpoints = with_feature("foreign-tokens");
    assert_eq!(endpoints, ["oauth-device", "oauth-introspect", "oauth-par", "oauth-revoke", "oauth-token"]);
    for name in &endpoints {
        let without = tree_with(name, &["--no-default-features"]);
        for foreign in ["fetch", "authenticate", "provider", "openidconnect", "oauth2"] {
            assert!(!without.contains(foreign), "{name} links {foreign}");
        }
        let with = tree_with(name, &["--no-default-features", "--features", "foreign-tokens"]);
        assert!(with.contains("fetch") && !with.contains("openidconnect"), "{name}");
    }
}

#[test]
fn the_local_cloud_has_every_function_whole() {
    let whole =
        packages().find(|package| package["name"] == "latchkey").unwrap()["features"]["default"].clone();
    for package in packages().filter(|package| package["features"].get("default").is_some()) {
        let name = package["name"].as_str().unwrap();
        let is_function = functions().iter().any(|(function, _)| function == name);
        let asked = whole.as_array().unwrap().iter().any(|asked| *asked == format!("{name}/default"));
        assert_eq!(asked, is_function, "{name}");
    }
}

#[test]
fn what_an_authorizer_declares_is_declared_whatever_it_links() {
    // #107: what is behind a feature is declared without it, so that a function without it still refuses what it cannot do.
    let tree = tree_with("authorizer", &["--no-default-features"]);
    for foreign in ["fetch", "store", "session", "client", "user", "aws-sdk-dynamodb", "aws-config", "rustls"]
    {
        assert!(!tree.contains(foreign), "an authorizer without features links {foreign}");
    }
    let declared = latchkey::mount::AUTHORIZER.settings.concat();
    for name in ["REVOCATION", "TABLE", "DYNAMODB_ENDPOINT", "ISSUERS", "CA_FILE"] {
        assert!(declared.iter().any(|setting| setting.name == name), "{name}");
    }
    // Nothing in the declaration depends on a feature: what the full one declares, every one does.
    let source = include_str!("../../lambdas/authorizer/src/lib.rs");
    let (_, function) = source.split_once("impl EventFunction for Authorizer").unwrap();
    let (declaration, _) = function.split_once("async fn init").unwrap();
    assert!(!declaration.contains("cfg"), "{declaration}");
}

#[test]
fn only_the_callback_may_read_a_providers_secret_and_only_signers_the_keys() {
    // #107
    let readers = |name: &str| -> BTreeSet<&str> {
        let mounts = latchkey::mount::FUNCTIONS
            .iter()
            .chain(latchkey::mount::EVENTS)
            .chain([&latchkey::mount::AUTHORIZER]);
        let reads = |m: &latchkey::mount::Mount| m.settings.iter().copied().flatten().any(|s| s.name == name);
        mounts.filter(|m| reads(m)).map(|m| m.name).collect()
    };
    assert_eq!(readers("<NAME>_CLIENT_SECRET"), BTreeSet::from(["users-login-callback"]));
    let signing = [
        "keys-rotate",
        "logout-notify",
        "oauth-token",
        "users-login-callback",
        "users-mailed",
        "users-password",
        "users-token",
    ];
    assert_eq!(readers("SIGNING_KEYS"), BTreeSet::from(signing));
    let sealing = [
        "account",
        "admin",
        "manage",
        "oauth-authorize",
        "oauth-device",
        "oauth-logout",
        "users-factor",
        "users-login",
        "users-login-callback",
        "users-mailed",
        "users-passkey",
        "users-password",
    ];
    assert_eq!(readers("COOKIE_KEY"), BTreeSet::from(sealing));
    assert_eq!(readers("WEBHOOK_KEY"), BTreeSet::from(["webhooks"]));
    assert_eq!(readers("FACTOR_KEY"), BTreeSet::from(["users-factor"]));
    assert_eq!(readers("MAILED_KEY"), BTreeSet::from(["users-mailed"]));
}

#[test]
fn only_functions_with_secrets_link_the_vault() {
    // #107
    let mounts = latchkey::mount::FUNCTIONS
        .iter()
        .chain(latchkey::mount::EVENTS)
        .chain([&latchkey::mount::AUTHORIZER]);
    for mount in mounts {
        let secret = mount.settings.iter().copied().flatten().any(|setting| setting.secret);
        assert_eq!(tree(mount.name).contains("vault"), secret, "{}", mount.name);
    }
}

#[test]
fn the_log_filter_has_every_crate_that_ships() {
    // #103: and by name to no other.
    let ship = |name: &String| !NOT_SHIPPED.contains(&name.as_str());
    let crates: BTreeSet<_> = crates().into_keys().filter(ship).map(|name| name.replace('-', "_")).collect();
    let functions = latchkey::mount::names().into_iter().map(|name| name.replace('-', "_"));
    let heard: BTreeSet<_> =
        functions.chain(web::log::LIBRARIES.iter().map(|&name| name.to_owned())).collect();
    assert_eq!(heard, crates);
}

#[test]
fn no_program_has_tests_that_belong_into_its_library() {
    // `bin/test` builds no such program: each would be linked for nothing.
    for package in packages() {
        let targets = package["targets"].as_array().unwrap();
        let of = |kind: &'static str| targets.iter().filter(move |target| target["kind"][0] == kind);
        for program in of("bin").filter(|_| of("lib").next().is_some()) {
            let path = program["src_path"].as_str().unwrap();
            assert!(!std::fs::read_to_string(path).unwrap().contains("test]"), "{path}");
        }
    }
}

#[test]
fn no_code_of_ours_turns_off_a_check_of_tls() {
    // #102
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let patterns = ["danger_", ".dangerous()", "accept_invalid", "ServerCertVerifier"];
    for folder in ["lib", "lambdas", "bin"] {
        for (path, text) in sources(&format!("{root}/{folder}")) {
            for pattern in patterns {
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                assert!(!code.clone().any(|line| line.contains(pattern)), "{path}: {pattern}");
            }
        }
    }
}

#[test]
fn error_codes_are_written_in_one_table() {
    // What providers send is another one, and their words are not ours although some are the same.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let tables = ["/oauth/src/errors.rs", "/authenticate/src/provider_error.rs"];
    for folder in ["lib", "lambdas", "bin"] {
        for (path, text) in sources(&format!("{root}/{folder}")) {
            if tables.iter().any(|table| path.ends_with(table)) {
                continue;
            }
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for written in oauth::Code::ALL.iter().map(|code| format!("\"{code}\"")) {
                assert!(!code.contains(&written), "{path}: {written}: see lib/oauth/src/errors.rs");
            }
        }
    }
}
