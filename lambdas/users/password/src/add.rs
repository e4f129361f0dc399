//! The first password of somebody who comes in another way: they have just shown who they are, in the session that acts (#26).

use credential::{Password, attempt::Account};
use mail::{Factor, Mailer, What};
use oauth::{Code, Error, Sentence};
use session::Session;
use user::{
    LinkProof, User,
    password::{self, Added, LoginName, NewPassword},
};
use web::{Request, Response, Result};

use crate::{CHANGE, Passwords, add_view as view, asked::New, change::SIGN_IN, trail};

/// Where somebody goes who has to sign in again.
pub(crate) const AGAIN: &str = "/users/login?prompt=login&return_to=%2Fusers%2Fpassword";
/// Where they are afterwards.
const ADDED: &str = "/users/password?added";

/// Somebody who acts in a browser.
pub(crate) struct Acting {
    pub(crate) session: Session,
    pub(crate) user: User,
    /// Whether they have a password.
    pub(crate) has_one: bool,
}

impl Acting {
    /// The address by which they would sign in: theirs, proven.
    pub(crate) fn address(&self) -> Option<LoginName> {
        self.user.verified_email().and_then(LoginName::email)
    }
}

impl Passwords {
    /// Who acts in this browser.
    ///
    /// A GetItem, and a BatchGetItem.
    pub(crate) async fn acting(&self, request: &Request) -> Result<Option<Acting>> {
        let Some(cookie) = request.session() else { return Ok(None) };
        let Some(session) = session::find(&self.table, &cookie, request.now).await? else { return Ok(None) };
        let holder = password::of(&self.table, &session.user_id, request.now).await?;
        let has_one = holder.hash().is_some();
        let user = holder.user.filter(|user| user.is_active_in(session.epoch));
        Ok(user.map(|user| Acting { session, user, has_one }))
    }

    /// Where they go first who must show a second factor before they change how they come in.
    pub(crate) async fn before_change(&self, request: &Request, acting: &Acting) -> Result<Option<String>> {
        let Acting { session, user, .. } = acting;
        Ok(self.step_up.before_change(&self.table, session, user, CHANGE, request.now).await?)
    }

    /// Adds a password to the account of the person for whose session the page was made (#29), by a sign-in of the last minutes.
    pub(crate) async fn add_person(&self, request: &Request) -> Result<Response> {
        let form: New = request.form()?;
        let Some(acting) = self.acting(request).await? else { return Ok(Response::see_own(SIGN_IN)) };
        if acting.session.id != form.session {
            return Err(view::again(request, &acting, foreign().into()));
        }
        if !acting.session.is_fresh(request.now) {
            return Ok(Response::see_own(AGAIN));
        }
        if let Some(place) = self.before_change(request, &acting).await? {
            return Err(entrance::factor_first(&self.base, place));
        }
        match self.added(request, &acting, &form).await {
            Ok(Some(user)) => {
                let (to, language) = (user.verified_email(), request.look().words.tag);
                let what = What::FactorAdded { what: Factor::Password };
                Mailer::tell(self.mailer.as_ref(), to, language, what).await;
                self.remember(request, &user, Response::see_own(ADDED))
            }
            Ok(None) => Ok(Response::see_own(AGAIN)),
            Err(error) => Err(view::again(request, &acting, error)),
        }
    }

    /// Nobody where this sign-in has added one before: it is a proof that counts once (#95).
    async fn added(&self, request: &Request, acting: &Acting, form: &New) -> Result<Option<User>> {
        let new = form.new_password.expose();
        if !form.again.matches(new) {
            return Err(Error::said(Code::InvalidRequest, Sentence::PasswordDiffers).into());
        }
        let needs = || Error::said(Code::InvalidRequest, Sentence::PasswordNeedsAddress);
        let (user, address) = (&acting.user, acting.address().ok_or_else(needs)?);
        let shown = LoginName::email(&form.address);
        if shown.is_none_or(|shown| shown.as_str() != address.as_str()) {
            return Err(foreign().into());
        }
        let words = [Some(address.as_str()), user.name.as_deref()];
        self.acceptable(request, new, &words.into_iter().flatten().collect::<Vec<_>>())?;
        self.count(request, &Account::of(&user.id)).await?;
        let hash = self.hasher.hash(&Password::given(new));
        let event = trail::linked(request, &user.id);
        let row = [self.trail.write(&event)];
        let id = password::proof_of(&acting.session.id, acting.session.auth_time);
        let proof = LinkProof { id: id.as_str(), user_id: &user.id, epoch: acting.session.epoch };
        let new = NewPassword { proof, address: &address, hash: &hash };
        for _ in 0..ROUNDS {
            match password::add(&self.table, new, &row, request.now).await? {
                Added::Done(user) => {
                    event.log();
                    return Ok(Some(user));
                }
                Added::Squatted(owner) => {
                    self.entrance.expel_squatter(request, &self.trail, &owner).await?;
                }
                Added::Used => return Ok(None),
            }
        }
        Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into())
    }
}

/// How often it starts when whoever wrote the address down is in the way.
const ROUNDS: usize = 3;

/// The page was made for another session or another address: nothing was changed.
fn foreign() -> Error {
    Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSignIn)
}
