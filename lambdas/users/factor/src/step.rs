//! The step in a sign-in: who has arrived is in a sealed cookie, and has no session yet.

use entrance::Pending;
use factor::Checked;
use oauth::{Code, Error, Sentence};
use serde::Deserialize;
use web::{Request, Response, Result};

use crate::{Factors, trail, view};

/// What the form sends.
#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    code: String,
}

/// What a code adds to how somebody has shown who they are (RFC 8176).
const TOTP: &[&str] = &["otp", "mfa"];
/// A recovery code is something else than the app, and says so by what it lacks.
const RECOVERY: &[&str] = &["mfa"];

impl Factors {
    /// The page that asks.
    pub(crate) fn show_step(&self, request: &Request) -> Result<Response> {
        self.entrance.pending(request).ok_or_else(too_late)?;
        Ok(view::step(request, None))
    }

    /// Takes the code, and lets in whose it is.
    pub(crate) async fn take_step(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let pending = self.entrance.pending(request).ok_or_else(too_late)?;
        let entered = self.enter(request, &pending, &form.code).await;
        entered.map_err(|error| {
            let error = trail::refused(request, &pending.user_id, error);
            view::step_again(request, error)
        })
    }

    async fn enter(&self, request: &Request, pending: &Pending, typed: &str) -> Result<Response> {
        let checked = self.checked(request, &pending.user_id, typed).await?;
        // They may have been disabled, or signed out everywhere, since they arrived (#34, #35).
        let user = user::active_in(&self.table, &pending.user_id, pending.epoch, request.now).await?;
        let user = user.ok_or_else(too_late)?;
        let place = self.origins.check(&pending.to);
        let (shown, answer) = match checked {
            Checked::Totp => (TOTP, entrance::after_form(request, &place)),
            Checked::Recovery { left } => (RECOVERY, view::entered(request, left, place.as_str())),
        };
        self.entrance.finish(request, pending, &user, shown, answer).await
    }
}

/// Nobody has arrived here, or they have been asked for too long.
fn too_late() -> Error {
    Error::said(Code::LoginRequired, Sentence::FactorTooLate)
}
