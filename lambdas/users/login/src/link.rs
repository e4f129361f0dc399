//! A login by which somebody who is signed in links one more way in.

use authenticate::{Link, LinkWish, Provider};
use oauth::{Code, Error, Sentence};
use web::Request;

use crate::Start;

/// Where the person is afterwards.
pub(crate) const LINKED: &str = "/account?linked";

impl Start {
    /// To whom the identity is to lead, if the account page sends the browser with a wish: one that is sealed for this provider, in a
    /// session that this browser shows. Whether that session lives is asked when the browser is back (#26).
    pub(crate) fn link(
        &self,
        request: &Request,
        provider: &Provider,
        sealed: Option<&str>,
    ) -> Result<Option<Link>, Error> {
        let Some(sealed) = sealed else { return Ok(None) };
        let content = self.sealer.open(&[LinkWish::PURPOSE, provider.name()], sealed);
        let wish = content.and_then(|content| serde_json::from_slice::<LinkWish>(&content).ok());
        let wish = wish.filter(|wish| wish.is_open(request.now));
        let wish = wish.ok_or_else(|| Error::said(Code::InvalidRequest, Sentence::LinkTooOld))?;
        if !request.is_browsers() || request.session_of(&wish.sid).is_none() {
            return Err(Error::said(Code::AccessDenied, Sentence::LinkElsewhere));
        }
        Ok(Some(wish.link()))
    }
}
