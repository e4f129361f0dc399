//! A request as it arrives: asked for the first time, again after a sign-in, or pushed before.

use std::time::Duration;

use audit::{Event, What};
use authorization::{Asked, LimitError, Parameters, Pushed};
use oauth::{
    Code, Digest, Error, Secret, Sentence, Time,
    server::{self, Prompt},
};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::{Look, Request, Result};

use crate::{Authorize, there::Wanted};

/// The longest request that goes through a sign-in in the address itself (bytes): the longest `return_to`.
const LONGEST_RETURN: usize = 512;

/// The longest query of a request that was posted and is asked again by GET (bytes): a gateway takes 10,240 for the request line
/// and all headers, of which cookies have the larger part.
pub(crate) const LONGEST_QUERY: usize = 3 * 1024;

/// For how long a request that was sent through a sign-in can come back: a login takes ten minutes at most, and its page may have
/// been open for a while.
const LONGEST_WAY: Duration = Duration::from_secs(1800);

/// What the moment is sealed for.
const ASKED_AT: &str = "authorize asked_at";

/// Our own parameter: when the request was asked first, sealed together with a digest of the request.
#[derive(Default, Deserialize)]
struct Resumed {
    asked_at: Option<String>,
}

/// A request, and how it can be asked again.
pub(crate) struct Arrival {
    /// What it asks for; of a pushed one, what was pushed.
    parameters: Parameters,
    /// If it was pushed, or stored by us.
    pub(crate) request_uri: Option<Pointer>,
    /// When the person was sent to sign in for it.
    pub(crate) first_asked: Option<Time>,
}

/// Where a request is that waits in the table.
pub(crate) struct Pointer {
    client_id: String,
    pub(crate) uri: Secret,
}

impl Pointer {
    fn encoded(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id).append_pair("request_uri", self.uri.expose());
        query.finish()
    }
}

impl Arrival {
    /// One that comes for the first time.
    pub(crate) fn first(parameters: Parameters) -> Self {
        Self { parameters, request_uri: None, first_asked: None }
    }

    /// Whether a parameter that is read cannot be.
    pub(crate) fn is_flawed(&self) -> bool {
        self.parameters.flaw().is_some()
    }

    pub(crate) fn asked(&self) -> Asked {
        Asked::new(self.parameters.clone(), self.first_asked)
    }

    /// Which of the browser's sessions it is about.
    pub(crate) fn wanted(&self) -> Wanted<'static> {
        let has = |name: &str| matches!(self.parameters.text(name), Ok(Some(_)));
        let prompt = self.parameters.text("prompt").ok().flatten().unwrap_or_default();
        let chooses = prompt.split(' ').any(|word| word == Prompt::SelectAccount.as_str());
        let says_who = has("login_hint") || has("id_token_hint") || self.parameters.subject().is_some();
        if chooses || says_who { Wanted::Any } else { Wanted::Acting }
    }

    /// The languages that the person reads, as the app says.
    pub(crate) fn ui_locales(&self) -> Option<&str> {
        self.parameters.text("ui_locales").ok().flatten()
    }

    /// How pages look to its person.
    pub(crate) fn look(&self, request: &Request) -> Look {
        request.look_for(self.ui_locales())
    }

    /// The query that asks it again.
    pub(crate) fn encoded(&self) -> String {
        self.request_uri.as_ref().map_or_else(|| self.parameters.encode(), Pointer::encoded)
    }
}

impl Authorize {
    /// Reads a request by GET.
    pub(crate) async fn arrive(&self, request: &Request) -> Result<Arrival> {
        let parameters = Parameters::of(request.parameters()?);
        // A moment that cannot be read is none.
        let Resumed { asked_at } = request.query().unwrap_or_default();
        let first_asked = asked_at.and_then(|sealed| self.open_moment(&parameters.encode(), &sealed));
        let first_asked = first_asked.filter(|asked| request.now <= asked.after(LONGEST_WAY));
        self.resolve(parameters, first_asked, request.now).await
    }

    /// Finds what was pushed, if the request says that it was. The other parameters have no effect then (RFC 9101 §6.3).
    pub(crate) async fn resolve(
        &self,
        parameters: Parameters,
        first_asked: Option<Time>,
        now: Time,
    ) -> Result<Arrival> {
        let pointer = match (parameters.text("client_id"), parameters.text("request_uri")) {
            (Ok(Some(client_id)), Ok(Some(uri))) if Pushed::is_ours(uri) => {
                Pointer { client_id: client_id.to_owned(), uri: Secret::new(uri) }
            }
            _ => return Ok(Arrival { parameters, request_uri: None, first_asked }),
        };
        let pushed = Pushed::find(&self.table, pointer.uri.expose(), &pointer.client_id, now).await?;
        let pushed = pushed.filter(|pushed| first_asked.is_some() || pushed.may_be_used_first(now));
        let parameters = pushed.ok_or_else(used_up)?.parameters();
        Ok(Arrival { parameters, request_uri: Some(pointer), first_asked })
    }

    /// The path that asks the request again after a sign-in. One that is too long for the way waits in the table.
    pub(crate) async fn way_back(
        &self,
        arrival: &Arrival,
        client_id: &str,
        request: &Request,
    ) -> Result<String> {
        let encoded = arrival.encoded();
        let path = self.path(&encoded, arrival.first_asked.unwrap_or(request.now));
        if path.len() <= LONGEST_RETURN { Ok(path) } else { self.stored(arrival, client_id, request).await }
    }

    /// Lets the request wait in the table: the path that asks it then. A stranger can send such requests, so they are counted.
    pub(crate) async fn stored(
        &self,
        arrival: &Arrival,
        client_id: &str,
        request: &Request,
    ) -> Result<String> {
        let now = request.now;
        authorization::count_waiting(&self.table, client_id, &request.network(), now)
            .await
            .map_err(|error| locked_out(error, client_id, request))?;
        let stored =
            Pushed::store(&self.table, client_id, &arrival.parameters, Pushed::TO_SIGN_IN, now).await?;
        let pointer = Pointer { client_id: client_id.to_owned(), uri: stored };
        Ok(self.path(&pointer.encoded(), arrival.first_asked.unwrap_or(now)))
    }

    fn path(&self, encoded: &str, first_asked: Time) -> String {
        let purpose = Digest::of(encoded.as_bytes());
        let moment = first_asked.epoch().to_string();
        let sealed = self.sealer.seal(&[ASKED_AT, purpose.as_str()], moment.as_bytes());
        format!("{}?{encoded}&asked_at={sealed}", server::AUTHORIZE)
    }

    fn open_moment(&self, encoded: &str, sealed: &str) -> Option<Time> {
        let purpose = Digest::of(encoded.as_bytes());
        let moment = self.sealer.open(&[ASKED_AT, purpose.as_str()], sealed)?;
        Some(Time::from_epoch(std::str::from_utf8(&moment).ok()?.parse().ok()?))
    }
}

/// Too many at once, or a fault.
fn locked_out(error: LimitError, client_id: &str, request: &Request) -> web::Error {
    let error = web::Error::from(error);
    let event = Event::new(What::Lockout, &request.visit()).client(client_id).way("authorize");
    match error.refusal() {
        Some(refusal) => {
            let line = event.line_for(Some(refusal));
            error.logged_by(line)
        }
        None => error,
    }
}

/// The person can do nothing about it here.
pub(crate) fn used_up() -> Error {
    Error::said(Code::InvalidRequestUri, Sentence::AppRequestOver)
}
