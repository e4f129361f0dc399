//! Who may get tokens.

use session::Session;
use user::User;

/// Who gets tokens, once that is known: through which client, and in which session. It is made where that is
/// certain, and given to [`Tokens::issue`](crate::Tokens::issue) and nowhere else.
///
/// Another way of getting tokens is one more constructor here: a client of its own, a scope that is narrower than the person's,
/// a service without a person.
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) user: &'a User,
    pub(crate) session: Option<&'a Session>,
}

impl<'a> Authorization<'a> {
    /// Somebody who signed in with us and may still come in (#35); no client asked for it, and no session is behind it.
    pub fn of(user: &'a User) -> Self {
        Self { client_id: token::FIRST_PARTY, user, session: None }
    }

    /// The same within a living session of theirs, which the token names (`sid`): it is revoked when the session ends.
    #[must_use]
    pub fn within(self, session: &'a Session) -> Self {
        Self { session: Some(session), ..self }
    }
}
