//! That an address is theirs who registered with it.

use audit::Along;
use credential::{Password, attempt::Account};
use mail::What;
use oauth::Secret;
use serde_json::json;
use user::{
    User,
    password::{
        self, LoginName,
        mailed::{self, Opened, Purpose},
    },
};
use web::{Request, Response, Result};

use crate::{
    PROVE, Passwords, SENT_AGAIN, SIGN_IN_AND_BACK,
    asked::{self, Proof},
    check::wrong,
    forgotten::dead,
    mailed_view::{self as view, Link},
    trail,
};

impl Passwords {
    /// The page to which the link leads: it uses nothing up (#89).
    pub(crate) async fn prove_page(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        let token = Secret::new(request.text("token").unwrap_or_default());
        let opened = self.opened(request, Purpose::Proof, &token).await?;
        Ok(view::prove(request, Link::of(&token, &opened), None))
    }

    /// Proves the address: by the link, which shows that its mails are read, and by the password, which shows that who reads them is who
    /// registered. Without that, somebody could register with the address of another, and have it proven by a mail that the other one
    /// follows without a thought (#94).
    pub(crate) async fn prove(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        let asked: Proof = asked::either(request)?;
        let opened = self.opened(request, Purpose::Proof, &asked.token).await?;
        if let Err(error) = self.prove_by_link(request, &asked, &opened).await {
            return Err(view::again(request, view::prove, Link::of(&asked.token, &opened), error));
        }
        match request.is_form() {
            true => Ok(view::proven(request)),
            false => Response::json(&json!({"message": "The address is confirmed."})),
        }
    }

    async fn prove_by_link(&self, request: &Request, asked: &Proof, opened: &Opened) -> Result<()> {
        self.count(request, &Account::of(&opened.user.id)).await?;
        if !self.hasher.check(&Password::given(asked.password.expose()), opened.hash()).is_right {
            return Err(wrong().into());
        }
        let rights = self.tokens.refresh(&self.table, request.now).await?;
        let along = Along::default();
        let noted = |user: &User| {
            let given = trail::given(request, &opened.user.roles, user);
            along.write(self.trail, [trail::proven(request, &user.id)].into_iter().chain(given).collect())
        };
        let proven = mailed::prove(&self.table, &rights, opened, &noted, request.now).await?;
        along.log(&proven.ok_or_else(dead)?.id);
        Ok(())
    }

    /// Sends the link once more to whoever is signed in, as often as anybody may ask for one.
    pub(crate) async fn prove_again(&self, request: &Request) -> Result<Response> {
        self.mailer()?;
        self.count_place(request).await?;
        let Some((user, _)) = self.person(request).await? else {
            return Ok(Response::see_own(SIGN_IN_AND_BACK));
        };
        if let Some(address) = user.email.as_deref().and_then(LoginName::email) {
            let found = password::find(&self.table, &address, request.now).await?;
            let own = mailed::provable(&found, &address).filter(|own| own.id == user.id);
            if let Some(own) = own
                && mailed::is_within(&self.table, Purpose::Proof, &address, request.now).await?
            {
                let token =
                    mailed::begin(&self.table, Purpose::Proof, &address, Some(own), request.now).await?;
                let what = What::Prove { link: self.link(PROVE, &token) };
                self.mail(request, own.email.as_deref(), what).await?;
            }
        }
        Ok(Response::see_own(SENT_AGAIN))
    }
}
