//! The settings of the edge: how much is logged, where a gateway has put the functions, and the key that seals cookies.

use setting::{Group, Setting};

pub use seal::COOKIE_KEY;

use crate::Edge;

setting::declare! {
    LOG = Setting::new("LOG", Some("info"), "How much is logged: error, warn, info, debug or trace. For `cargo run`, the default is warn.");
    BASE_PATH = Setting::new("BASE_PATH", None, "The path in front of the guarded functions, if no gateway says it: the base path of an API mapping with a `$default` route, or of your own routes, such as `/pets`.");
}

impl Edge {
    /// What a function declares that has guarded routes: it may live where no gateway says what its path is.
    pub const SETTINGS: Group = &[&BASE_PATH];
}
