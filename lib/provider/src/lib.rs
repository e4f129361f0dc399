//! The providers we know: one entry of data each, from which signing in and the authorizer both read. Nothing in it runs.
//!
//! To add a provider, add an [`Entry`] to [`KNOWN`]. What people need to sign in with it is its [`SignIn`], what an API needs to
//! accept its access tokens is its [`AccessTokens`]; most have both.
//!
//! Addresses are templates. `{domain}` is the setting `<NAME>_DOMAIN`, and `{issuer}` the issuer without a slash at its end.
//! `{tenantid}` is the id of the tenant that a token is from, and `{tenant}` the tenant that is asked, which for people of
//! several tenants is Entra's word for all of them.

mod entry;
mod known;
mod prompt;
pub mod settings;
#[cfg(test)]
mod tests;

pub use self::{
    entry::{
        AccessTokens, Addressee, Audience, Endpoints, Entry, GroupApi, GroupSource, Method, Needs, Protocol,
        SignIn,
    },
    known::{KNOWN, OPENID, any_issuer, any_oauth, any_openid},
    prompt::{FreshSignIn, Prompt, Prompts},
};

/// The entry of the provider with that name in `PROVIDERS`, and what signing in with it takes.
pub fn to_sign_in(name: &str) -> Option<(&'static Entry, &'static SignIn)> {
    let entry = KNOWN.iter().find(|entry| entry.name == name || entry.aliases.contains(&name))?;
    Some((entry, entry.sign_in.as_ref()?))
}

/// The entry of the issuer with that name in `ISSUERS` or in `<NAME>_PROFILE`, and how its access tokens look.
pub fn of_access_tokens(name: &str) -> Option<(&'static Entry, &'static AccessTokens)> {
    let entry = issuers().find(|entry| entry.name == name)?;
    Some((entry, entry.access_tokens.as_ref()?))
}

/// The names that `PROVIDERS` knows without further settings.
pub fn presets() -> impl Iterator<Item = &'static str> {
    let entries = KNOWN.iter().filter(|entry| entry.sign_in.is_some());
    entries.flat_map(|entry| std::iter::once(entry.name).chain(entry.aliases.iter().copied()))
}

/// The names that `ISSUERS` knows.
pub fn profiles() -> impl Iterator<Item = &'static str> {
    issuers().filter(|entry| entry.access_tokens.is_some()).map(|entry| entry.name)
}

fn issuers() -> impl Iterator<Item = &'static Entry> {
    std::iter::once(&OPENID).chain(KNOWN)
}
