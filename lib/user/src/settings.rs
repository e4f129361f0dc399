//! What the settings say of roles.

use setting::{Env, Group, Setting, SettingError};

use crate::Rights;

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
        read([env.text(&ROLES)?, String::new(), String::new()])
    }

    /// The same with the roles that somebody gets who signs in.
    pub fn for_sign_in(env: &Env) -> Result<Self, SettingError> {
        read([&ROLES, &ADMINS, &DEFAULT_ROLES].map(|setting| env.get(setting).unwrap_or_default()))
    }
}

fn read([roles, admins, default_roles]: [String; 3]) -> Result<Rights, SettingError> {
    Rights::parse(&roles, &admins, &default_roles).map_err(|error| SettingError::new(error.to_string()))
}
