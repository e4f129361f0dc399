//! What the trail says of second factors.

use audit::{Event, What};
use factor::Checked;
use web::Request;

/// How the trail calls the two ways of showing one.
const TOTP: &str = "totp";
const RECOVERY: &str = "recovery code";

fn event(request: &Request, what: What, user_id: &str) -> Event {
    Event::new(what, &request.visit()).by_person(user_id)
}

/// Somebody has set one up.
pub(crate) fn added(request: &Request, user_id: &str) -> Event {
    event(request, What::FactorAdded, user_id).way(TOTP)
}

/// Somebody has removed theirs.
pub(crate) fn removed(request: &Request, user_id: &str) -> Event {
    event(request, What::FactorRemoved, user_id).way(TOTP)
}

/// Somebody has made new recovery codes.
pub(crate) fn renewed(request: &Request, user_id: &str) -> Event {
    event(request, What::RecoveryCodesMade, user_id)
}

/// Somebody has shown theirs.
pub(crate) fn used(request: &Request, user_id: &str, checked: Checked) -> Event {
    let way = match checked {
        Checked::Totp => TOTP,
        Checked::Recovery { .. } => RECOVERY,
    };
    event(request, What::FactorUsed, user_id).way(way)
}

/// A step that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, user_id: &str, error: web::Error) -> web::Error {
    if error.refusal().is_some_and(|refusal| refusal.status() == 429) {
        return error;
    }
    let line = event(request, What::FactorUsed, user_id).line_for(error.refusal());
    error.logged_by(line)
}

/// Something was tried too often.
pub(crate) fn locked(request: &Request, user_id: &str, refusal: oauth::Error) -> web::Error {
    let line = event(request, What::Lockout, user_id).way(TOTP).line_for(Some(&refusal));
    web::Error::from(refusal).logged_by(line)
}
