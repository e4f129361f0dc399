//! Which names are settings, and which setting a name that is none was meant to be.

use std::collections::BTreeSet;

/// The farthest that a mistyped name is from the setting, in letters; less for a short one.
const FARTHEST: usize = 3;
/// Shorter ones resemble too many words.
const SHORTEST: usize = 5;

/// All names that are settings here: of latchkey itself, and of each provider and issuer that has a preset or is named.
pub(super) struct Known {
    all: BTreeSet<String>,
    /// Those of latchkey itself, and of the providers and issuers that are named.
    used: BTreeSet<String>,
}

impl Known {
    /// With the providers and issuers that these settings name, each in whatever place.
    pub(super) fn of<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let lists =
            [&authenticate::settings::PROVIDERS, &trust::settings::ISSUERS, &crate::settings::STAND_IN_LIKE];
        let usual: Vec<_> = lists.iter().filter_map(|list| Some((list.name, list.default?))).collect();
        let named = values.chain(usual).filter(|(name, _)| lists.iter().any(|list| list.name == *name));
        let named = named.flat_map(|(_, names)| names.split(|c: char| c == ',' || c.is_whitespace()));
        let used = names(named.filter(|name| !name.is_empty()));
        let all = names(provider::presets().chain(provider::profiles())).union(&used).cloned().collect();
        Self { all, used }
    }

    /// A sentence, if this is no setting. It repeats a name only if that is one in all likelihood: a line of a key that was
    /// pasted without quotes looks like one as well.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        if self.all.contains(name) {
            return Ok(());
        }
        let shape = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        Err(match (nearest(name, &self.all), prefix(name)) {
            (Some(meant), _) => format!("unknown setting {name}, did you mean {meant}?"),
            (None, Some(prefix)) if name.bytes().all(shape) => format!(
                "unknown setting {name}: neither PROVIDERS nor ISSUERS names {}",
                prefix.to_ascii_lowercase().replace('_', "-")
            ),
            (None, _) if name.contains('_') && name.bytes().all(shape) => {
                format!("unknown setting {name}: docs/settings.md has all there are")
            }
            _ => "unknown setting: docs/settings.md has all there are".to_owned(),
        })
    }

    /// The setting in use that somebody mistyped, if `name` is that near to one.
    pub(super) fn mistaken_for(&self, name: &str) -> Option<&str> {
        if self.all.contains(name) { None } else { nearest(name, &self.used) }
    }
}

/// The settings of latchkey itself, and of these providers and issuers.
fn names<'a>(prefixes: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let (each, own): (Vec<&setting::Setting>, Vec<_>) =
        super::all().partition(|setting| setting.is_of_providers());
    let theirs =
        prefixes.flat_map(|prefix| each.iter().map(move |setting| setting.of(prefix)).collect::<Vec<_>>());
    theirs.chain(own.iter().map(|setting| setting.name.to_owned())).collect()
}

/// Whose setting it would be.
fn prefix(name: &str) -> Option<&str> {
    let ending = |setting: &&setting::Setting| {
        name.strip_suffix(setting.name.strip_prefix("<NAME>")?).filter(|prefix| !prefix.is_empty())
    };
    // The longest ending: `A_CLIENT_ID` is no `<NAME>_ID` of `a-client`.
    super::all().filter_map(|setting| ending(&setting)).min_by_key(|prefix| prefix.len())
}

/// The name that is the fewest letters away, if it is near.
fn nearest<'a>(name: &str, all: &'a BTreeSet<String>) -> Option<&'a str> {
    let name = name.to_ascii_uppercase();
    let most = if name.len() < SHORTEST { 0 } else { FARTHEST.min(name.len() / SHORTEST) };
    let near = |other: &&String| other.len().abs_diff(name.len()) <= most;
    let away = all.iter().filter(near).map(|other| (distance(name.as_bytes(), other.as_bytes()), other));
    away.filter(|(away, _)| *away <= most).min().map(|(_, other)| other.as_str())
}

/// How many letters must be added, left out, changed or swapped with their neighbours (optimal string alignment).
fn distance(one: &[u8], two: &[u8]) -> usize {
    let mut rows = vec![(0..=two.len()).collect::<Vec<_>>()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in two.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == two[j - 1] && one[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][two.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) -> Result<(), String> {
        Known::of([("PROVIDERS", "google, my-idp"), ("ISSUERS", "auth0,theirs")].into_iter()).check(name)
    }

    #[test]
    fn every_setting_of_known_providers_and_issuers_is_accepted() {
        for setting in crate::settings::all() {
            for prefix in ["google", "microsoft", "entra", "github", "latchkey", "my-idp", "theirs"] {
                assert_eq!(check(&setting.of(prefix)), Ok(()), "{} {prefix}", setting.name);
            }
        }
        assert_eq!(Known::of(std::iter::empty()).check("GOOGLE_CLIENT_ID"), Ok(()));
    }

    #[test]
    fn a_typo_suggests_the_right_setting() {
        for (name, meant) in [
            ("GOOGLE_HOSTED_DOMAN", "GOOGLE_HOSTED_DOMAIN"),
            ("GOOGLE_HOSTED_DOMIAN", "GOOGLE_HOSTED_DOMAIN"),
            ("GOGLE_CLIENT_ID", "GOOGLE_CLIENT_ID"),
            ("GOOGEL_CLIENT_ID", "GOOGLE_CLIENT_ID"),
            ("google_client_id", "GOOGLE_CLIENT_ID"),
            ("MY_IPD_CLIENT_SECRET", "MY_IDP_CLIENT_SECRET"),
            ("MYIDP_ISSUER", "MY_IDP_ISSUER"),
            ("ADMIN", "ADMINS"),
            ("PROVIDER", "PROVIDERS"),
            ("DEFAULT_ROLE", "DEFAULT_ROLES"),
            ("BASEURL", "BASE_URL"),
            ("REVOKATION", "REVOCATION"),
            ("AUTH0_AUDIENCE", "AUTH0_AUDIENCES"),
        ] {
            assert_eq!(check(name), Err(format!("unknown setting {name}, did you mean {meant}?")));
        }
    }

    #[test]
    fn settings_of_an_unnamed_provider_are_refused() {
        for (name, prefix) in [("ACME_CLIENT_ID", "acme"), ("OUR_HOUSE_TOKEN_ENDPOINT", "our-house")] {
            let sentence = format!("unknown setting {name}: neither PROVIDERS nor ISSUERS names {prefix}");
            assert_eq!(check(name), Err(sentence));
        }
    }

    #[test]
    fn a_possible_secret_is_not_repeated_as_a_name() {
        // #103: lines of a key, pasted without quotes.
        for name in ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "QUJD", "canary", "c2VjcmV0"] {
            let sentence = check(name).unwrap_err();
            assert!(sentence.starts_with("unknown setting:") && !sentence.contains(name), "{sentence}");
        }
        assert!(check("AWS_REGION").unwrap_err().starts_with("unknown setting AWS_REGION: docs"));
    }

    #[test]
    fn unrelated_environment_variables_are_ignored() {
        let known = Known::of([("PROVIDERS", "google,github,gitlab")].into_iter());
        for name in [
            "GITHUB_TOKEN",
            "GITHUB_ACTIONS",
            "GITHUB_REPOSITORY",
            "GITHUB_REF_NAME",
            "GITLAB_CI",
            "GITLAB_USER_ID",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_CLOUD_PROJECT",
            "PATH",
            "HOME",
            "LANG",
            "TERM",
            "PWD",
            "USER",
            "LOGNAME",
            "SHELL",
            "HOSTNAME",
            "AWS_PROFILE",
            "AWS_REGION",
            "CARGO_HOME",
            "RUST_LOG",
            "EDITOR",
            "TMPDIR",
            "OAUTH_CLIENT_ID",
            "SLACK_CLIENT_SECRET",
            "KEYS",
            "ROLE",
            "NODE_ENV",
            "CI",
            "TABLE_NAME",
            "DOMAIN",
            "REGION",
        ] {
            assert_eq!(known.mistaken_for(name), None, "{name}");
        }
        assert_eq!(known.mistaken_for("GITHUB_CLIENTID"), Some("GITHUB_CLIENT_ID"));
        assert_eq!(known.mistaken_for("OKTA_CLIENTID"), None, "not in use");
        assert_eq!(known.mistaken_for("ADMNIS"), Some("ADMINS"));
    }

    #[test]
    fn edit_distance_counts_letters() {
        for (one, two, away) in
            [("", "", 0), ("A", "", 1), ("AB", "BA", 1), ("ABC", "AC", 1), ("ABCD", "ACBE", 2)]
        {
            assert_eq!(distance(one.as_bytes(), two.as_bytes()), away, "{one} {two}");
            assert_eq!(distance(two.as_bytes(), one.as_bytes()), away, "{two} {one}");
        }
    }
}
