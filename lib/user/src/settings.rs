//! What the settings say of roles.

use setting::{Env, Group, Setting, SettingError};

use crate::{Rights, rights::Held};

setting::declare! {
    ROLES = Setting::new("ROLES", Some("admin=users:read users:write users:delete roles:read roles:write get:profile; member=get:profile"), "The scopes of each role: `role=scope scope; role=scope`.");
    ADMINS = Setting::new("ADMINS", None, "E-mail addresses, separated by commas, whose owners get the role `admin` when they sign in. The provider must say that the address is verified, and it must be spelled as the provider sends it: `gmail.com` and `googlemail.com` are different, and Google sends `gmail.com` unless the account was made with the other.");
    DEFAULT_ROLES = Setting::new("DEFAULT_ROLES", Some("member"), "The roles of a person who signs in for the first time, separated by commas.");
}

impl Rights {
    /// What each role may do: enough for anyone who only looks that up.
    pub const SETTINGS: Group = &[&ROLES];

    /// The same, and which roles somebody gets who signs in.
    pub const SIGN_IN_SETTINGS: Group = &[&ROLES, &ADMINS, &DEFAULT_ROLES];

    /// What each role may do, as the settings say. It gives nobody a role.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Self::of_settings([env.text(&ROLES)?, String::new(), String::new()])
    }

    /// The same with the roles that somebody gets who signs in.
    pub fn for_sign_in(env: &Env) -> Result<Self, SettingError> {
        let read = |one| Ok::<_, SettingError>(env.get(one)?.unwrap_or_default());
        Self::of_settings([read(&ROLES)?, read(&ADMINS)?, read(&DEFAULT_ROLES)?])
    }

    /// What these three settings say: `ROLES`, `ADMINS` and `DEFAULT_ROLES`.
    pub fn of_settings([roles, admins, default_roles]: [String; 3]) -> Result<Self, SettingError> {
        Self::parse(&roles, &admins, &default_roles).map_err(|error| SettingError::new(error.to_string()))
    }
}

impl Held {
    /// For anyone who only looks up what somebody may do. Reads [`Rights::SETTINGS`].
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Rights::from_env(env).map(Self::new)
    }

    /// For anyone who signs people in, or changes the rights. Reads [`Rights::SIGN_IN_SETTINGS`].
    pub fn for_sign_in(env: &Env) -> Result<Self, SettingError> {
        Rights::for_sign_in(env).map(Self::new)
    }
}
