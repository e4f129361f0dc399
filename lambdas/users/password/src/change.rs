//! Choosing another password: whoever does shows that they know the one that they have (#87).

use credential::Password;
use mail::{Mailer, What};
use oauth::{Code, Digest, Error, Sentence};
use user::{
    User,
    password::{self, Holder},
};
use web::{Request, Response, Result};

use crate::{
    CHANGE, Passwords,
    add::Acting,
    add_view,
    asked::{Form, Program},
    check::{Known, account, wrong},
    trail, view,
};

/// Where somebody signs in who wants to change their password.
pub(crate) const SIGN_IN: &str = "/users/login?return_to=%2Fusers%2Fpassword";

impl Passwords {
    /// A program changes one by name and password, and gets a token.
    pub(crate) async fn change_program(&self, request: &Request) -> Result<Response> {
        let asked = Program::of(request)?;
        let login = asked.login()?;
        let new = asked.new_password.as_ref();
        let new = new.ok_or_else(|| Error::invalid_request("send new_password"))?.expose();
        let found = password::find(&self.table, &login, request.now).await?;
        self.count(request, &account(&found.holder, &login)).await?;
        let typed = asked.password.expose();
        let changed = async {
            let user = self.right(&found.holder, typed)?;
            // A program cannot show one, and a password that somebody stole must not become another (#87).
            if self.step_up.is_needed(&self.table, user, request.now).await? {
                return Err(entrance::factor_first(&self.base, CHANGE.to_owned()));
            }
            self.changed(request, &found.holder, user, new, login.as_str()).await
        };
        let user = changed.await.map_err(|error| entrance::refused(request, password::PROVIDER, error))?;
        self.token(request, &Known { user, via: found.key }).await
    }

    /// A person changes theirs on a page, and stays signed in here alone.
    pub(crate) async fn change_person(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let Some(acting) = self.acting(request).await? else { return Ok(Response::see_own(SIGN_IN)) };
        if let Some(place) = self.before_change(request, &acting).await? {
            return Err(entrance::factor_first(&self.base, place));
        }
        let (user, via) = acting.person();
        match self.change_of(request, &form, &user).await {
            Ok(user) => self.enter(request, &Known { user, via }, "/users/password?changed").await,
            Err(error) => Err(view::change_again(request, &user, error)),
        }
    }

    /// The page with the form; for somebody who has none, with that for the first one.
    pub(crate) async fn change_page(&self, request: &Request) -> Result<Response> {
        let Some(acting) = self.acting(request).await? else { return Ok(Response::see_own(SIGN_IN)) };
        if let Some(place) = self.before_change(request, &acting).await? {
            return Ok(Response::see_own(&place));
        }
        Ok(match acting.has_one {
            true => view::change(request, &acting.user),
            false => add_view::page(request, &acting, None),
        })
    }

    async fn change_of(&self, request: &Request, form: &Form, user: &User) -> Result<User> {
        let new = form.new_password.as_ref().map(oauth::Secret::expose).unwrap_or_default();
        if form.again.as_ref().is_some_and(|again| !again.matches(new)) {
            return Err(Error::said(Code::InvalidRequest, Sentence::PasswordDiffers).into());
        }
        let holder = password::of(&self.table, &user.id, request.now).await?;
        self.count(request, &credential::attempt::Account::of(&user.id)).await?;
        let user = self.right(&holder, form.password.expose())?;
        self.changed(request, &holder, user, new, "").await
    }

    /// Whose password this is.
    fn right<'a>(&self, holder: &'a Holder, typed: &str) -> Result<&'a User, Error> {
        let checked = self.hasher.check(&Password::given(typed), holder.hash());
        let user = holder.user.as_ref().filter(|user| checked.is_right && user.is_active());
        user.ok_or_else(wrong)
    }

    /// Everything that was opened with the password ends with it, and apps are told (#34).
    async fn changed(
        &self,
        request: &Request,
        holder: &Holder,
        user: &User,
        new: &str,
        login: &str,
    ) -> Result<User> {
        let words = [Some(login), user.name.as_deref(), user.email.as_deref()];
        self.acceptable(request, new, &words.into_iter().flatten().collect::<Vec<_>>())?;
        let hash = self.hasher.hash(&Password::given(new));
        let event = trail::changed(request, &user.id);
        let row = [self.trail.write(&event)];
        let changing = async {
            let changed = password::change(&self.table, holder, &hash, &row, request.now).await?;
            Ok::<_, web::Error>(changed.ok_or_else(wrong)?)
        };
        let changed =
            logout::end_everything_of(&self.table, &self.queue, &user.id, request.now, changing).await?;
        event.log();
        let (to, language) = (changed.verified_email(), request.look().words.tag);
        Mailer::tell(self.mailer.as_ref(), to, language, What::PasswordChanged).await;
        Ok(changed)
    }

    /// Whose session acts in this browser, and the identity by which they came.
    pub(crate) async fn person(&self, request: &Request) -> Result<Option<(User, Digest)>> {
        Ok(self.acting(request).await?.map(Acting::person))
    }
}

impl Acting {
    /// Who, and the identity by which they came.
    fn person(self) -> (User, Digest) {
        let via = via(&self.user, self.session.via.as_deref());
        (self.user, via)
    }
}

/// The identity by which they are known from now on: that of the password, if it is among theirs.
fn via(user: &User, session: Option<&str>) -> Digest {
    let is_password = |key: &&Digest| {
        user.proofs.get(key.as_str()).is_some_and(|proof| proof.provider == password::PROVIDER)
    };
    let of_session = || user.identities.iter().find(|key| Some(key.as_str()) == session);
    let found = user.identities.iter().find(is_password).or_else(of_session);
    found.cloned().unwrap_or_else(|| Digest::of_parts(&[CHANGE]))
}
