//! `POST /oauth/introspect` (RFC 7662).

use client::{Client, Kind, Presented, same_audience};
use oauth::{Code, Error, Secret, Time};
use serde::Deserialize;
use session::{Family, RefreshToken, Session};
use store::{Batch, Found};
use token::Verified;
use user::User;
use web::{Request, Response, Result};

use crate::{Introspect, about::About, may_ask};

#[derive(Deserialize)]
struct Form {
    token: Option<Secret>,
}

/// What a text turned out to be. `token_type_hint` is of no use: the two look different.
enum Token {
    Access(Box<Verified>),
    Refresh(RefreshToken),
    Unknown,
}

impl Introspect {
    /// One call for an access token, two for a refresh token.
    pub(crate) async fn introspect(&self, request: &Request) -> Result<Response> {
        let posted = request.client_form()?;
        let form: Form = posted.read()?;
        let presented = Presented::read(request.authorization(), &posted.read()?)?;
        let token = form.token.ok_or_else(|| Error::invalid_request("the parameter token is missing"))?;
        let about = match self.recognise(&token, request.now) {
            Token::Access(token) => self.of_access_token(*token, &presented, request.now).await?,
            Token::Refresh(token) => self.of_refresh_token(&token, &presented, request.now).await?,
            Token::Unknown => {
                let batch = Batch::new().and::<Client>(presented.client_id());
                let mut rows = self.table.get_batch(batch, request.now).await?;
                self.authenticated(&presented, rows.take(presented.client_id()), request.now).await?;
                About::default()
            }
        };
        Response::json(&about)
    }

    fn recognise(&self, token: &Secret, now: Time) -> Token {
        if let Some(token) = RefreshToken::parse(token.expose()) {
            return Token::Refresh(token);
        }
        match self.verifier.verify_for_any_audience(token.expose(), now) {
            Ok(token) => Token::Access(Box::new(token)),
            Err(_) => Token::Unknown,
        }
    }

    async fn of_access_token(&self, token: Verified, presented: &Presented, now: Time) -> Result<About> {
        let batch = revocation::batch(&token.caller).and::<Client>(presented.client_id());
        let mut rows = self.table.get_batch(batch, now).await?;
        // Whoever asks about a token of its own is in one row, which is read twice.
        let id = presented.client_id();
        let asking = if token.caller.client_id == id { rows.see(id) } else { rows.take(id) };
        let asking = self.authenticated(presented, asking, now).await?;
        let counts =
            may_learn_of(&asking, &token) && revocation::standing(&mut rows, &token.caller, now).is_some();
        Ok(if counts { About::access_token(token) } else { About::default() })
    }

    async fn of_refresh_token(
        &self,
        token: &RefreshToken,
        presented: &Presented,
        now: Time,
    ) -> Result<About> {
        let batch = Batch::new().and::<Client>(presented.client_id()).and::<Family>(token.family_id());
        let mut rows = self.table.get_batch(batch, now).await?;
        let asking = self.authenticated(presented, rows.take(presented.client_id()), now).await?;
        let family = rows.read::<Family>(token.family_id());
        let own = family.filter(|family| family.client_id == asking.id && family.is_current(token));
        let Some(family) = own else { return Ok(About::default()) };
        let batch = Batch::new().and::<User>(&*family.user_id).and::<Session>(family.sid.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let user = rows.read::<User>(&*family.user_id).filter(User::is_active);
        let session = rows.read::<Session>(family.sid.as_deref());
        let counts = user.is_some_and(|user| family.stands(session.as_ref(), user.epoch, asking.epoch, now));
        Ok(if counts { About::refresh_token(family, self.clients.issuer()) } else { About::default() })
    }

    /// Who asks, once it has proven that (#55).
    async fn authenticated(&self, presented: &Presented, row: Found<Client>, now: Time) -> Result<Client> {
        let client = client::usable(row, presented.client_id());
        let verified = self.clients.verify(presented, client.as_ref(), now).await?;
        let client = client.filter(may_ask).ok_or_else(public)?;
        client::spend_assertion(&self.table, &verified, now).await?;
        Ok(client)
    }
}

/// Whether a token is the business of whoever asks: an API's is every token that is for it, and a client's its own.
fn may_learn_of(asking: &Client, token: &Verified) -> bool {
    let is_for_it = || asking.audiences.iter().any(|audience| same_audience(audience, &token.audience));
    match asking.kind {
        Kind::Api | Kind::Service => is_for_it() || token.caller.client_id == asking.id,
        Kind::Spa | Kind::Web | Kind::Native => token.caller.client_id == asking.id,
    }
}

fn public() -> Error {
    Error::new(Code::UnauthorizedClient, "a client that cannot prove who it is may not ask about tokens")
}
