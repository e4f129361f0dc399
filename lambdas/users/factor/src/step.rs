//! The step in a sign-in: who has arrived is in a sealed cookie, and has no session yet.

use entrance::{Pending, too_late};
use factor::Checked;
use serde::Deserialize;
use user::User;
use web::{Request, Response, Result};

use crate::{
    Factors, trail,
    view::{self, Offer},
};

/// What the form sends.
#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    code: String,
    /// The seed that is being set up, sealed.
    #[serde(default)]
    setup: String,
}

/// What a code adds to how somebody has shown who they are (RFC 8176).
pub(crate) const TOTP: &[&str] = &["otp", "mfa"];
/// A recovery code is something else than the app, and says so by what it lacks.
const RECOVERY: &[&str] = &["mfa"];

impl Factors {
    /// The page that asks. Somebody who is signed in, and is to show more, is sent here with the place where they were.
    pub(crate) async fn show_step(&self, request: &Request) -> Result<Response> {
        if let Some(to) = request.text("return_to") {
            return self.begin_step_up(request, &to).await;
        }
        let pending = self.entrance.pending(request).ok_or_else(too_late)?;
        if pending.sets_up {
            self.show_set_up(request, &pending).await
        } else {
            Ok(view::step(request, offer(&pending), None))
        }
    }

    /// Takes the code, and lets in whose it is.
    pub(crate) async fn take_step(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let pending = self.entrance.pending(request).ok_or_else(too_late)?;
        if pending.sets_up {
            return self.take_set_up(request, &pending, &form.setup, &form.code).await;
        }
        let entered = self.enter(request, &pending, &form.code).await;
        entered.map_err(|error| {
            let error = trail::refused(request, &pending.user_id, error);
            view::step_again(request, offer(&pending), error)
        })
    }

    async fn enter(&self, request: &Request, pending: &Pending, typed: &str) -> Result<Response> {
        let checked = self.checked(request, &pending.user_id, typed).await?;
        // They may have been disabled, or signed out everywhere, since they arrived (#34, #35).
        let user = self.arrived(request, pending).await?;
        let place = self.origins.check(&pending.to);
        let (shown, answer) = match checked {
            Checked::Totp => (TOTP, entrance::after_form(request, &place)),
            Checked::Recovery { left } => (RECOVERY, view::entered(request, left, place.as_str())),
        };
        self.entrance.finish(request, pending, &user, shown, answer).await
    }
}

impl Factors {
    /// Who is asked, if they still may come in, and are still in the session in which they are to show more (#34, #35).
    pub(crate) async fn arrived(&self, request: &Request, pending: &Pending) -> Result<User> {
        if !self.entrance.is_there(request, pending).await? {
            return Err(too_late().into());
        }
        let user = user::active_in(&self.table, &pending.user_id, pending.epoch, request.now).await?;
        Ok(user.ok_or_else(too_late)?)
    }
}

/// By what somebody can show that it is they.
fn offer(pending: &Pending) -> Offer {
    let passkey = pending.factors.passkeys > 0;
    Offer { code: pending.factors.totp || !passkey, passkey }
}
