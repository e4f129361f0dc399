//! Making an account.

use http::StatusCode;
use oauth::{Code, Error, Sentence};
use serde_json::json;
use user::password::{self, LoginName};
use web::{Request, Response, Result};

use crate::{
    Passwords, SignUp,
    asked::{Form, Program},
    check::{Known, account},
    view,
};

/// What somebody is told who registers with an address, whether or not it is known already (#84).
const ACCEPTED: &str = "If nobody had an account with this address, there is one now: sign in with it.";

impl Passwords {
    /// A program that chose a user name gets a token. One with an address gets the same answer as for an address that is known.
    pub(crate) async fn register_program(&self, request: &Request) -> Result<Response> {
        let asked = Program::of(request)?;
        let (login, typed) = (asked.login()?, asked.password.expose());
        match self.register(request, &login, typed, asked.name.as_deref()).await? {
            Some(known) => Ok(self.token(request, &known).await?.status(StatusCode::CREATED)),
            None => Ok(Response::json(&json!({"message": ACCEPTED}))?.status(StatusCode::ACCEPTED)),
        }
    }

    /// A person gets a session, or is told to sign in.
    pub(crate) async fn register_person(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let done = async {
            self.register(request, &form.login()?, form.password.expose(), form.name.as_deref()).await
        };
        match done.await {
            Ok(Some(known)) => self.enter(request, &known, form.return_to()).await,
            Ok(None) => Ok(view::registered(request, form.return_to(), self.mailer.is_some())),
            Err(error) => Err(view::register_again(request, &form, error)),
        }
    }

    /// The page with the form.
    pub(crate) fn register_page(&self, request: &Request) -> Result<Response> {
        if self.sign_up == SignUp::Off {
            return Err(closed().into());
        }
        Ok(view::register(request, &request.text("return_to").unwrap_or_default()))
    }

    /// Whom an account was made for by a user name. Nobody where they chose an address: whatever there is of that, nothing is said (#84).
    ///
    /// Counted like a sign-in: for whom an account is made by whoever comes first, and how often names are tried, is the same question.
    async fn register(
        &self,
        request: &Request,
        login: &LoginName,
        typed: &str,
        name: Option<&str>,
    ) -> Result<Option<Known>> {
        if self.sign_up == SignUp::Off {
            return Err(closed().into());
        }
        let words = [Some(login.as_str()), name].into_iter().flatten().collect::<Vec<_>>();
        self.acceptable(request, typed, &words)?;
        let found = password::find(&self.table, login, request.now).await?;
        self.count(request, &account(&found.holder, login)).await?;
        let made = self.create(request, login, typed, name).await?;
        self.mail_registered(request, login, &found, made.as_ref()).await?;
        match (made, login.as_email()) {
            (_, Some(_)) => Ok(None),
            (Some(user), None) => Ok(Some(Known { user, via: found.key })),
            (None, None) => {
                Err(Error::said(Code::InvalidRequest, Sentence::UserNameTaken).with_status(409).into())
            }
        }
    }
}

fn closed() -> Error {
    Error::said(Code::AccessDenied, Sentence::NoSignUp)
}
