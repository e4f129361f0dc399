//! Setting a second factor up in the step of a sign-in: somebody must show one and has none. They have just shown who they are, and there is
//! no session before.

use entrance::{Pending, too_late};
use factor::Setup;
use mail::{Factor, What};
use oauth::{Code, Error, Sentence};
use user::User;
use web::{Request, Response, Result};

use crate::{Factors, STEP, step::TOTP, trail, tries::wrong, view};

impl Factors {
    /// A picture for the app.
    pub(crate) async fn show_set_up(&self, request: &Request, pending: &Pending) -> Result<Response> {
        let user = self.without(request, pending).await?;
        Ok(self.set_up_page(request, pending, &user, &Setup::begin(request.now), None))
    }

    /// Adds it, for whoever shows that their app has the seed, and lets them in. The recovery codes are shown this once.
    pub(crate) async fn take_set_up(
        &self,
        request: &Request,
        pending: &Pending,
        sealed: &str,
        typed: &str,
    ) -> Result<Response> {
        let user = self.without(request, pending).await?;
        let setup = Setup::open(&self.seeds, &user.id, pending.sid(), sealed, request.now);
        let setup = setup.ok_or_else(|| web::Error::from(old()).with_again(STEP.to_owned()))?;
        match self.set_up(request, pending, &user, &setup, typed).await {
            Ok(response) => Ok(response),
            Err(error) => Err(match view::said(request, &error) {
                Some(said) => {
                    let error = trail::refused(request, &user.id, error);
                    error.with_page(self.set_up_page(request, pending, &user, &setup, Some(said)))
                }
                None => error,
            }),
        }
    }

    /// Who is asked, if they still have nothing that they could show: whoever has something since comes in with that.
    async fn without(&self, request: &Request, pending: &Pending) -> Result<User> {
        let user = self.arrived(request, pending).await?;
        if self.entrance.can_show(&user) { Err(too_late().into()) } else { Ok(user) }
    }

    async fn set_up(
        &self,
        request: &Request,
        pending: &Pending,
        user: &User,
        setup: &Setup,
        typed: &str,
    ) -> Result<Response> {
        self.count(request, &user.id).await?;
        let event = trail::added(request, &user.id);
        let rows = [self.trail.write(&event)];
        let added = factor::add(&self.table, &self.seeds, user, setup, typed, &rows, request.now).await?;
        let codes = added.ok_or_else(wrong)?;
        event.log();
        self.tell(request, user, What::FactorAdded { what: Factor::App }).await;
        let place = self.origins.check(&pending.to);
        let page = view::codes_in_step(request, &codes, place.as_str());
        self.entrance.finish(request, pending, user, TOTP, page).await
    }

    fn set_up_page(
        &self,
        request: &Request,
        pending: &Pending,
        user: &User,
        setup: &Setup,
        wrong: Option<&str>,
    ) -> Response {
        let sealed = setup.sealed(&self.seeds, &user.id, pending.sid());
        let name = user.name.as_deref().or(user.email.as_deref()).unwrap_or(&user.id);
        let issuer = &request.look().brand.name;
        let page = view::Setup {
            setup,
            sealed: &sealed,
            issuer,
            account: name,
            removed: false,
            in_step: true,
            wrong,
        };
        view::setup(request, &page)
    }
}

/// The page was made for another arrival, or is too old.
fn old() -> Error {
    Error::said(Code::InvalidRequest, Sentence::FactorPageOld)
}
