//! People who come with an ID token that their provider gave to an app.

#[cfg(feature = "foreign-tokens")]
mod providers;
#[cfg(not(feature = "foreign-tokens"))]
mod without;

#[cfg(feature = "foreign-tokens")]
pub(crate) use self::providers::People;
#[cfg(not(feature = "foreign-tokens"))]
pub(crate) use self::without::People;
