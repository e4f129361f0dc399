//! What stands here where the feature `issuers` is off.

use setting::{Env, SettingError};
use trust::Issuers;
use web::Result;

/// Somebody else's tokens were asked for, which this build cannot verify: it must not start and refuse them all.
pub(crate) fn trust(_: Issuers, _: &str, _: &Env) -> Result<Issuers> {
    Err(SettingError::new(
        "ISSUERS is set, and this authorizer was built without the feature `issuers`: build it with that",
    )
    .into())
}
