//! Signing in.

use user::password::PROVIDER;
use web::{Request, Response, Result};

use crate::{
    Passwords,
    asked::{Form, Program},
    view::{self, SignInForm},
};

impl Passwords {
    /// A program gets a token and no session.
    pub(crate) async fn sign_in_program(&self, request: &Request) -> Result<Response> {
        let asked = Program::of(request)?;
        let known = self.known(request, &asked.login()?, asked.password.expose()).await;
        let known = known.map_err(|error| entrance::refused(request, PROVIDER, error))?;
        self.token(request, &known).await
    }

    /// A person gets a session, or the form again.
    pub(crate) async fn sign_in_person(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let login = match form.login() {
            Ok(login) => login,
            Err(refusal) => {
                let form = SignInForm::of(&form, self.sign_up, self.mailer.is_some());
                return Err(view::again(request, &form, refusal.into()));
            }
        };
        match self.known(request, &login, form.password.expose()).await {
            Ok(known) => self.enter(request, &known, form.return_to()).await,
            Err(error) => {
                let form = SignInForm::of(&form, self.sign_up, self.mailer.is_some());
                Err(view::again(request, &form, entrance::refused(request, PROVIDER, error)))
            }
        }
    }
}
