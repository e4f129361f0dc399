//! The HTTP client as the OAuth libraries see it: one request, whose answer is checked here before they see any of it.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use fetch::{Http, JSON};
use http::{HeaderValue, Request, Response, header};
use oauth2::AsyncHttpClient;
use serde_json::Value;

use crate::Error;

type Answer = Response<Vec<u8>>;

/// Checks an answer: what we take from it, and what of it the library is shown.
type Check<T> = Box<dyn Fn(&Answer) -> Result<(T, Value), Error> + Send + Sync>;

/// One request and what was taken from its answer.
///
/// It is a type of its own and borrows nothing, because the compiler cannot prove that the library's future over
/// anything that borrows may move between threads.
pub(crate) struct CheckedClient<T> {
    http: Arc<Http>,
    limit: Duration,
    accept: Option<&'static str>,
    check: Check<T>,
    taken: OnceLock<T>,
}

impl<T> CheckedClient<T> {
    pub(crate) fn new(
        http: &Arc<Http>,
        limit: Duration,
        check: impl Fn(&Answer) -> Result<(T, Value), Error> + Send + Sync + 'static,
    ) -> Self {
        Self { http: http.clone(), limit, accept: None, check: Box::new(check), taken: OnceLock::new() }
    }

    /// The same, asking for these media types and not for those of the library.
    pub(crate) fn accepting(self, accept: &'static str) -> Self {
        Self { accept: Some(accept), ..self }
    }

    /// What was taken, if the request was sent and its answer was good.
    pub(crate) fn taken(self) -> Option<T> {
        self.taken.into_inner()
    }

    async fn send(&self, mut request: Request<Vec<u8>>) -> Result<Answer, Error> {
        if let Some(accept) = self.accept {
            request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        let response = self.http.send(request, self.limit).await?;
        let (taken, shown) = (self.check)(&response)?;
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        // What the library is shown is JSON, whatever was answered.
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        let _ = self.taken.set(taken);
        Ok(Response::from_parts(parts, shown.to_string().into_bytes()))
    }
}

impl<'c, T: Send + Sync + 'static> AsyncHttpClient<'c> for CheckedClient<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}
