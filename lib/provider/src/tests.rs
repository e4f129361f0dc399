//! What must hold of every entry.

use std::collections::HashSet;

use url::Url;

use crate::{
    Entry, FreshSignIn, KNOWN, Method, OPENID, Prompt, Protocol, of_access_tokens, presets, profiles,
    to_sign_in,
};

/// A template filled with what nobody has.
fn filled(entry: &Entry, template: &str) -> Url {
    let fill = |text: &str| {
        text.replace("{domain}", "a.example").replace("{tenant}", "t").replace("{tenantid}", "t")
    };
    let issuer = fill(&entry.issuer.replace("{issuer}", "https://b.example"));
    Url::parse(&fill(template).replace("{issuer}", issuer.trim_end_matches('/'))).unwrap()
}

fn is_address(url: &Url) -> bool {
    url.scheme() == "https" && url.host().is_some() && !url.as_str().contains('{') && url.fragment().is_none()
}

#[test]
fn every_preset_is_complete_and_https() {
    // #13, #71
    for (entry, sign_in) in KNOWN.iter().filter_map(|entry| Some((entry, entry.sign_in?))) {
        let endpoints = sign_in.endpoints.expect("presets need no discovery");
        for endpoints in [Some(endpoints), sign_in.endpoints_below].into_iter().flatten() {
            let keys = endpoints.keys.or(entry.keys);
            let groups = sign_in.groups.map(|groups| groups.endpoint);
            let all =
                [Some(endpoints.authorization), Some(endpoints.token), endpoints.userinfo, keys, groups];
            for template in all.into_iter().flatten() {
                assert!(is_address(&filled(entry, template)), "{template}");
            }
            let signed = sign_in.protocol == Protocol::OpenId;
            assert_eq!(signed, keys.is_some() && !entry.algorithms.is_empty(), "{}", entry.name);
            assert_eq!(signed, sign_in.scopes.starts_with("openid"), "{}", entry.name);
        }
        assert!(!sign_in.client_auth.is_empty() && !entry.label.is_empty());
    }
}

#[test]
fn every_profile_says_where_its_keys_are_and_what_they_sign_with() {
    // #60, #71
    for (entry, tokens) in KNOWN.iter().filter_map(|entry| Some((entry, entry.access_tokens?))) {
        assert!(is_address(&filled(entry, entry.keys.unwrap())), "{}", entry.name);
        assert!(!entry.algorithms.is_empty() && !tokens.types.is_empty(), "{}", entry.name);
    }
}

#[test]
fn names_are_unique() {
    let names: Vec<_> = KNOWN.iter().flat_map(|entry| [&[entry.name], entry.aliases].concat()).collect();
    let distinct: HashSet<_> = names.iter().chain([&OPENID.name]).collect();
    assert_eq!(names.len() + 1, distinct.len());
    assert!(to_sign_in("entra").is_some() && to_sign_in("microsoft").is_some());
    assert!(to_sign_in("nobody").is_none() && of_access_tokens("nobody").is_none());
}

#[test]
fn who_signs_people_in_and_whose_access_tokens_are_believed() {
    let (signs_in, is_believed) =
        (|name: &str| to_sign_in(name).is_some(), |name: &str| of_access_tokens(name).is_some());
    assert!(presets().all(signs_in) && profiles().all(is_believed));
    // Access tokens of these are not for others to verify.
    for name in ["apple", "github", "gitlab"] {
        assert!(signs_in(name) && !is_believed(name), "{name}");
    }
    for name in ["latchkey", "openid"] {
        assert!(!signs_in(name) && is_believed(name), "{name}");
    }
    // The setting `ISSUERS` knows Entra by one name.
    assert!(signs_in("microsoft") && !is_believed("microsoft"));
}

#[test]
fn only_apple_posts_and_signs_its_client_secret() {
    for (entry, sign_in) in KNOWN.iter().filter_map(|entry| Some((entry, entry.sign_in?))) {
        let is_apple = entry.name == "apple";
        assert_eq!(sign_in.form_post, is_apple);
        assert_eq!(sign_in.client_auth == [Method::AppleJwt], is_apple);
    }
}

#[test]
fn whoever_signs_people_in_afresh_knows_the_word_for_it() {
    for (entry, sign_in) in KNOWN.iter().filter_map(|entry| Some((entry, entry.sign_in?))) {
        let knows = sign_in.prompts.known().contains(&Prompt::Login);
        assert!(knows || sign_in.fresh == FreshSignIn::None, "{}", entry.name);
    }
}
