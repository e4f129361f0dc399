//! The settings of the edge: how much is logged, where a gateway has put the functions, and the key that seals cookies.

use setting::{Env, Group, Setting, SettingError};

use crate::{Edge, Sealer};

setting::declare! {
    LOG = Setting::new("LOG", Some("info"), "How much is logged: error, warn, info, debug or trace. For `cargo run`, the default is warn.");
    BASE_PATH = Setting::new("BASE_PATH", None, "The path in front of the guarded functions, if no gateway says it: the base path of an API mapping with a `$default` route, or of your own routes, such as `/pets`.");
    COOKIE_KEY = Setting::secret("COOKIE_KEY", "The key that encrypts login cookies and page cursors: 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

impl Edge {
    /// What a function declares that has guarded routes: it may live where no gateway says what its path is.
    pub const SETTINGS: Group = &[&BASE_PATH];
}

impl Sealer {
    /// What seals.
    pub const SETTINGS: Group = &[&COOKIE_KEY];

    /// The sealer of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Self::new(&env.secret(&COOKIE_KEY)?).map_err(|error| SettingError::new(error.to_string()))
    }
}
