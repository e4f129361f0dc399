//! Where a provider is asked which groups somebody is in, beside what its ID tokens say: with the person's own access token, once at a
//! sign-in. There is no account of ours at the provider that could read anybody else's.

#[cfg(feature = "finish")]
mod answer;
#[cfg(feature = "finish")]
mod ask;

#[cfg(feature = "finish")]
pub(crate) use ask::Unknown;
use fetch::SettingError;
use provider::{GroupApi, GroupSource};
use url::Url;

use crate::setting::Settings;

/// The place, and what is spoken there.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    pub(crate) api: GroupApi,
    pub(crate) endpoint: Url,
    pub(crate) scope: &'static str,
}

impl Groups {
    /// Nothing, unless it is switched on. `is_own`: the provider is where its preset says, and so is what belongs to it. An access token
    /// of anybody who stands in for it is for nobody but them.
    pub(crate) fn read(
        settings: &Settings<'_>,
        known: Option<GroupSource>,
        is_own: bool,
    ) -> Result<Option<Self>, SettingError> {
        match settings.get("GROUPS").as_deref() {
            Some("on") => {}
            None | Some("off") => {
                let why = format!("{} is not on", settings.name("GROUPS"));
                return settings.refuse(&["GROUPS_ENDPOINT"], &why).map(|()| None);
            }
            Some(_) => return Err(settings.wrong("GROUPS", "must be on or off")),
        }
        let only = "is on, and only google and entra can be asked for groups: other providers say them in the ID token, if at all";
        let known = known.ok_or_else(|| settings.wrong("GROUPS", only))?;
        let set = settings.endpoint("GROUPS_ENDPOINT")?;
        let usual = || Url::parse(known.endpoint).ok().filter(|_| is_own);
        let endpoint = set.or_else(usual).ok_or_else(|| {
            let advice =
                "is not set: the provider's endpoints are your own, so write where its groups are asked for.";
            SettingError::new(format!("{} {advice}", settings.name("GROUPS_ENDPOINT")))
        })?;
        Ok(Some(Self { api: known.api, endpoint, scope: known.scope }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(set: &[(&str, &str)], preset: &str, is_own: bool) -> Result<Option<Groups>, String> {
        let set: HashMap<_, _> =
            set.iter().map(|(name, value)| (format!("ACME_{name}"), (*value).to_owned())).collect();
        let read = |name: &str| set.get(name).cloned();
        let known = provider::to_sign_in(preset).and_then(|(_, sign_in)| sign_in.groups);
        Groups::read(&Settings::of("acme", &read), known, is_own).map_err(|error| error.to_string())
    }

    #[test]
    fn groups_are_asked_for_only_where_that_is_switched_on() {
        for set in [&[][..], &[("GROUPS", "off")], &[("GROUPS", " ")]] {
            assert!(read(set, "google", true).unwrap().is_none(), "{set:?}");
        }
        let google = read(&[("GROUPS", "on")], "google", true).unwrap().unwrap();
        assert_eq!(google.endpoint.host_str(), Some("cloudidentity.googleapis.com"));
        let elsewhere = [("GROUPS", "on"), ("GROUPS_ENDPOINT", "https://graph.microsoft.us/v1.0/me/x")];
        let entra = read(&elsewhere, "entra", false).unwrap().unwrap();
        assert_eq!((entra.api, entra.endpoint.as_str()), (GroupApi::Graph, elsewhere[1].1));
    }

    #[test]
    fn a_setting_that_cannot_be_meant_stops_the_start() {
        // #71, #102
        for (set, preset, is_own, said) in [
            (&[("GROUPS", "yes")][..], "google", true, "ACME_GROUPS must be on or off"),
            (&[("GROUPS", "on")], "okta", true, "only google and entra"),
            (&[("GROUPS", "on")], "nobody", true, "only google and entra"),
            (&[("GROUPS", "on")], "google", false, "ACME_GROUPS_ENDPOINT is not set"),
            (&[("GROUPS_ENDPOINT", "https://a.example/")], "google", true, "ACME_GROUPS is not on"),
            (&[("GROUPS", "on"), ("GROUPS_ENDPOINT", "http://a.example/")], "google", true, "may be called"),
        ] {
            let error = read(set, preset, is_own).unwrap_err();
            assert!(error.contains(said), "{set:?}: {error}");
        }
    }
}
