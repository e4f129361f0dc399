//! Who may get tokens.

use client::Client;
use oauth::{Scope, Time, server};
use session::{Code, Family, Session};
use user::User;

use crate::{Issued, Target};

/// Who gets tokens, once that is known: through which client, in which session or grant, and for which API. It is made where
/// that is certain, and given to [`Tokens::issue`](crate::Tokens::issue) and nowhere else.
///
/// Another way of getting tokens is one more constructor here.
#[derive(Debug, Clone)]
pub struct Authorization<'a> {
    pub(crate) to: To<'a>,
    pub(crate) session: Option<&'a str>,
    /// The key of the identity by which the person came, if no grant says it.
    pub(crate) via: Option<&'a str>,
    /// Whether the person has shown more than one factor, if no grant says it.
    pub(crate) has_factor: bool,
}

/// To whom tokens are issued.
#[derive(Debug, Clone)]
pub(crate) enum To<'a> {
    /// To a person at our own sign-in, for everything they may do at our own API.
    FirstParty(&'a User),
    /// To a client in the name of a person (RFC 6749 §4.1, §6).
    Client(Granted<'a>),
    /// To a client in its own name (RFC 6749 §4.4).
    Service { client: &'a Client, target: Target, asked: Scope },
}

/// What a person granted to a client.
#[derive(Debug, Clone)]
pub(crate) struct Granted<'a> {
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    pub(crate) family: &'a Family,
    pub(crate) target: Target,
    pub(crate) asked: Scope,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) exchange: Option<Exchange<'a>>,
}

/// What a token that is exchanged for another (RFC 8693) demands of that.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exchange<'a> {
    /// Until when it counts at most, if it is one of ours.
    pub ends: Option<Time>,
    /// The client that acts, if it is not the one that the grant is of.
    pub actor: Option<&'a str>,
    /// Whether it was for another API, so that something must have been granted at this one.
    pub elsewhere: bool,
}

impl<'a> Authorization<'a> {
    /// Somebody who signed in with us and may still come in (#35); no client asked for it, and no session is behind it.
    pub fn of(user: &'a User) -> Self {
        Self { to: To::FirstParty(user), session: None, via: None, has_factor: false }
    }

    /// The same within a living session of theirs, which the token names (`sid`): it is revoked when the session ends.
    #[must_use]
    pub fn within(self, session: &'a Session) -> Self {
        let has_factor = server::has_factors(&session.amr);
        Self { session: Some(&session.id), via: session.via.as_deref(), has_factor, ..self }
    }

    /// The same for somebody who came by the identity with this key, where no session says it.
    #[must_use]
    pub fn via(self, key: &'a str) -> Self {
        Self { via: Some(key), ..self }
    }

    /// The same for somebody who has shown who they are in these ways (RFC 8176), likewise.
    #[must_use]
    pub fn shown<T: AsRef<str>>(self, amr: &[T]) -> Self {
        Self { has_factor: server::has_factors(amr), ..self }
    }

    /// A client that redeems a code, of which everything was checked: everything that was granted (RFC 6749 §4.1.3).
    pub fn of_code(
        client: &'a Client,
        user: &'a User,
        code: &'a Code,
        family: &'a Family,
        target: Target,
    ) -> Self {
        let (asked, nonce) = (code.scope.clone(), code.nonce.as_deref());
        Self::granted(Granted { client, user, family, target, asked, nonce, exchange: None })
    }

    /// A client whose grant begins in any other way: everything that was granted.
    pub fn of_grant(client: &'a Client, user: &'a User, family: &'a Family, target: Target) -> Self {
        let asked = family.scope.clone();
        Self::granted(Granted { client, user, family, target, asked, nonce: None, exchange: None })
    }

    /// A client that renews tokens of a grant that stands: what was granted, or less (RFC 6749 §6).
    pub fn of_refresh(
        client: &'a Client,
        user: &'a User,
        family: &'a Family,
        target: Target,
        asked: Scope,
    ) -> Self {
        let asked = asked.intersection(&family.scope);
        Self::granted(Granted { client, user, family, target, asked, nonce: None, exchange: None })
    }

    /// A token that was exchanged, in a grant that stands: what was granted, or less, and no longer than what was shown (RFC 8693 §2.2.1).
    /// It is an access token alone.
    pub fn of_exchange(
        client: &'a Client,
        user: &'a User,
        family: &'a Family,
        target: Target,
        asked: Scope,
        exchange: Exchange<'a>,
    ) -> Self {
        let asked = asked.intersection(&family.scope);
        Self::granted(Granted { client, user, family, target, asked, nonce: None, exchange: Some(exchange) })
    }

    fn granted(granted: Granted<'a>) -> Self {
        let has_factor = server::has_factors(&granted.family.amr);
        Self { session: granted.family.sid.as_deref(), via: None, has_factor, to: To::Client(granted) }
    }

    /// A client that acts for itself and has proven who it is (RFC 6749 §4.4).
    pub fn of_service(client: &'a Client, target: Target, asked: Scope) -> Self {
        Self { to: To::Service { client, target, asked }, session: None, via: None, has_factor: false }
    }

    /// To whom, for the trail.
    pub(crate) fn issued(&self) -> Issued {
        match &self.to {
            To::FirstParty(user) => Issued { user_id: Some(user.id.clone()), ..Issued::default() },
            To::Client(Granted { client, user, family, .. }) => Issued {
                user_id: Some(user.id.clone()),
                client_id: Some(client.id.clone()),
                grant: Some(family.id.clone()),
            },
            To::Service { client, .. } => Issued { client_id: Some(client.id.clone()), ..Issued::default() },
        }
    }
}
