//! A forgotten password: a mail with a link, and the page on which the link leads to another password.

use audit::Along;
use credential::Password;
use http::StatusCode;
use mail::{Factor, What};
use oauth::{Code, Error, Secret, Sentence};
use serde_json::json;
use user::{
    Factors, User,
    password::{
        self, LoginName,
        mailed::{self, Opened, Purpose},
    },
};
use web::{Request, Response, Result};

use crate::{
    FORGOTTEN, Passwords, RESET,
    asked::{self, Mail, Reset},
    mailed_view::{self as view, Link},
    trail,
};

/// What a program is told that asks for a mail, whatever became of it (#84).
const ACCEPTED: &str = "If somebody has an account with this address, a mail is on its way.";

impl Passwords {
    /// The page on which somebody says which address is theirs.
    pub(crate) fn forgotten_page(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        Ok(view::forgotten(request, "", None))
    }

    /// Sends a link, if there is somebody to whom it may go. Whether there is, nothing says: not the answer, and not the work (#84).
    pub(crate) async fn forgotten(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        let asked: Mail = asked::either(request)?;
        let done = match LoginName::email(&asked.email) {
            Some(address) => self.mail_reset(request, &address).await,
            None => Err(Error::said(Code::InvalidRequest, Sentence::AddressNotPlain).into()),
        };
        match done {
            Ok(()) if request.is_form() => Ok(view::sent(request)),
            Ok(()) => Ok(Response::json(&json!({"message": ACCEPTED}))?.status(StatusCode::ACCEPTED)),
            Err(error) => Err(view::forgotten_again(request, &asked.email, error)),
        }
    }

    async fn mail_reset(&self, request: &Request, address: &LoginName) -> Result<()> {
        self.count_place(request).await?;
        let found = password::find(&self.table, address, request.now).await?;
        if !mailed::is_within(&self.table, Purpose::Reset, address, request.now).await? {
            return Ok(());
        }
        let user = mailed::resettable(&found, address);
        let token = mailed::begin(&self.table, Purpose::Reset, address, user, request.now).await?;
        // To the address that we know: another spelling may be somebody else's mailbox (#88).
        let to = user.and_then(|user| user.email.as_deref());
        self.mail(request, to, What::Reset { link: self.link(RESET, &token) }).await
    }

    /// The page to which the link leads. Programs that look through mails open it too: it uses nothing up (#89).
    pub(crate) async fn reset_page(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        let token = Secret::new(request.text("token").unwrap_or_default());
        let opened = self.opened(request, Purpose::Reset, &token).await?;
        Ok(view::reset(request, Link::of(&token, &opened), None))
    }

    /// Sets another password.
    pub(crate) async fn reset(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        let asked: Reset = asked::either(request)?;
        self.count_place(request).await?;
        let opened = self.opened(request, Purpose::Reset, &asked.token).await?;
        let (user, lost) = match self.set_by_link(request, &asked, &opened).await {
            Ok(set) => set,
            Err(error) => {
                return Err(view::again(request, view::reset, Link::of(&asked.token, &opened), error));
            }
        };
        self.notify(request, user.email.as_deref(), What::PasswordChanged).await;
        if lost {
            let what = What::FactorRemoved { what: Factor::All, by_others: false };
            self.notify(request, user.email.as_deref(), what).await;
        }
        let response = match request.is_form() {
            true => view::reset_done(request),
            false => Response::json(&json!({"message": "The password was changed: sign in with it."}))?,
        };
        // Whoever guessed in the meantime keeps nobody out who has the mail (#85).
        self.remember(request, &user, response)
    }

    /// The person, and whether they lost what somebody had added who had not proven the address.
    async fn set_by_link(&self, request: &Request, asked: &Reset, opened: &Opened) -> Result<(User, bool)> {
        let new = asked.new_password.expose();
        if asked.again.as_ref().is_some_and(|again| !again.matches(new)) {
            return Err(Error::said(Code::InvalidRequest, Sentence::PasswordDiffers).into());
        }
        let words = [Some(opened.address.as_str()), opened.user.name.as_deref()];
        self.acceptable(request, new, &words.into_iter().flatten().collect::<Vec<_>>())?;
        let hash = self.hasher.hash(&Password::given(new));
        self.entrance.expel_squatter(request, &self.trail, &opened.owner()).await?;
        // The address leads to its owner alone from here on.
        let opened = self.opened(request, Purpose::Reset, &asked.token).await?;
        let rights = self.tokens.refresh(&self.table, request.now).await?;
        let loses = !opened.user.email_verified && opened.user.factors != Factors::default();
        let changed = trail::changed(request, &opened.user.id).way("mail");
        let removed = loses.then(|| trail::factors_removed(request, &opened.user.id).way("mail"));
        let along = Along::default();
        let noted = |user: &User| {
            let given = trail::given(request, &opened.user.roles, user);
            let events = [changed.clone()].into_iter().chain(removed.clone()).chain(given);
            along.write(self.trail, events.collect())
        };
        let changing = async {
            let changed = mailed::reset(&self.table, &rights, &opened, &hash, &noted, request.now).await?;
            changed.ok_or_else(dead)
        };
        let id = &opened.user.id;
        let user = logout::end_everything_of(&self.table, &self.queue, id, request.now, changing).await?;
        along.log(id);
        Ok((user, loses))
    }

    /// What a link opens.
    pub(crate) async fn opened(&self, request: &Request, purpose: Purpose, token: &Secret) -> Result<Opened> {
        let opened = mailed::open(&self.table, purpose, token.expose(), request.now).await?;
        opened.ok_or_else(dead)
    }
}

/// One answer for a link that was used, one that is too old, one for something else, and one that was never there (#89).
pub(crate) fn dead() -> web::Error {
    web::Error::from(Error::said(Code::InvalidRequest, Sentence::LinkDead)).with_again(FORGOTTEN.to_owned())
}
