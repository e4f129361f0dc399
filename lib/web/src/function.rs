//! What a function is, and what it declares of itself.

use std::{future::Future, time::Duration};

use oauth::{Caller, Time};
use serde_json::Value;
use setting::{Env, Permissions, Setting, Settings};

use crate::{
    Request, Response, Result,
    base_path::{self, Step},
};

/// An HTTP function: one path, one folder, one Lambda. What it declares is the only place where its routes, its guard, its
/// permissions and its settings are written; the local cloud, the template and the deploy read them here.
pub trait Function: Sized + Send + Sync + 'static {
    /// The crate's name: the path with dashes.
    const NAME: &'static str;
    /// The methods and paths it answers, each with its guard.
    const ROUTES: &'static [Route];
    /// What its role may do with the table: what the operations need that it calls.
    const PERMISSIONS: &'static [Permissions];
    /// The settings it reads, in groups; it cannot read any other.
    const SETTINGS: Settings;
    /// The form of its errors.
    const ERRORS: ErrorFormat;

    /// The setting that asks for it, where not every installation wants it: there is no such function where that is `off`.
    const ONLY_WITH: Option<&'static Setting> = None;
    /// How many megabytes it has, where that is not what all functions have.
    const MEMORY: Option<u64> = None;

    /// Whether an app may show its pages in a window that it has opened, and be told there what came of it: those between an app
    /// and its answer. Any other page cuts itself off from the page that opened it (`Cross-Origin-Opener-Policy`).
    const IN_POPUPS: bool = false;

    /// The form of errors at this path, for a function that answers both people and OAuth clients. The path is as it came.
    fn errors_at(path: &str) -> ErrorFormat {
        let _ = path;
        Self::ERRORS
    }

    /// Builds what the function holds, once per process. An error here fails the cold start.
    fn init(env: &Env) -> impl Future<Output = Result<Self>> + Send;

    /// Answers one request.
    fn handle(&self, request: Request) -> impl Future<Output = Result<Response>> + Send;

    /// Who calls with this token, for a function that also lives where no authorizer is in front of it, on a Function URL.
    /// It is asked only there, and only for guarded routes; nothing means that it accepts no token.
    fn verify(&self, token: &str, now: Time) -> impl Future<Output = Result<Option<Caller>>> + Send {
        let _ = (token, now);
        std::future::ready(Ok(None))
    }
}

/// A function that AWS itself invokes: the gateway's authorizer, a schedule. It answers JSON and has no routes.
pub trait EventFunction: Sized + Send + Sync + 'static {
    /// The crate's name.
    const NAME: &'static str;
    /// What its role may do with the table: what the operations need that it calls.
    const PERMISSIONS: &'static [Permissions];
    /// The settings it reads, in groups; it cannot read any other.
    const SETTINGS: Settings;
    /// How often it is invoked on a schedule, if it is: whole minutes. At least once each time, so it must bear to be invoked twice.
    const SCHEDULE: Option<Duration> = None;
    /// The setting with the URL of the queue from which it takes what is handed over, if it does.
    const TAKES_QUEUE: Option<&'static Setting> = None;
    /// The setting that asks for it, where not every installation wants it: there is no such function where that is `off`.
    const ONLY_WITH: Option<&'static Setting> = None;

    /// Builds what the function holds, once per process.
    fn init(env: &Env) -> impl Future<Output = Result<Self>> + Send;

    /// Answers one event at the moment `now`.
    fn handle(&self, event: &Value, now: Time) -> impl Future<Output = Result<Value>> + Send;
}

/// One method on one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{name}` for a segment that varies.
    pub path: &'static str,
    /// Who may come in.
    pub guard: Guard,
}

impl Route {
    /// `GET path`.
    pub const fn get(path: &'static str, guard: Guard) -> Self {
        Self { method: "GET", path, guard }
    }

    /// `POST path`.
    pub const fn post(path: &'static str, guard: Guard) -> Self {
        Self { method: "POST", path, guard }
    }

    /// `PUT path`.
    pub const fn put(path: &'static str, guard: Guard) -> Self {
        Self { method: "PUT", path, guard }
    }

    /// `PATCH path`.
    pub const fn patch(path: &'static str, guard: Guard) -> Self {
        Self { method: "PATCH", path, guard }
    }

    /// `DELETE path`.
    pub const fn delete(path: &'static str, guard: Guard) -> Self {
        Self { method: "DELETE", path, guard }
    }

    /// The route by each method that it answers: its own, and HEAD where that is GET (RFC 9110 §9.3.2). Its guard is the same.
    pub fn by_method(&self) -> impl Iterator<Item = Self> + use<> {
        let head = (self.method == "GET").then_some(Self { method: "HEAD", ..*self });
        std::iter::once(*self).chain(head)
    }

    /// The gateway's name for it, such as `GET /users/login/{provider}`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The values of the path's `{name}` segments, as they came, if `path` is this route's, exactly.
    pub fn captures(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        self.matches(&base_path::steps(path)?)
    }

    /// The same of a path that has been taken apart. Nothing is decoded: where a gateway has done that, it was once, and
    /// nothing we look up by a path has a character that needs it (#79).
    pub(crate) fn matches(&self, steps: &[Step]) -> Option<Vec<(&'static str, String)>> {
        let pattern = self.path.strip_prefix('/')?;
        let pattern: Vec<_> = pattern.split('/').filter(|_| !pattern.is_empty()).collect();
        if pattern.len() != steps.len() {
            return None;
        }
        let mut captures = Vec::new();
        for (wanted, given) in pattern.into_iter().zip(steps) {
            match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
                Some(name) if !given.text().is_empty() => captures.push((name, given.text().to_owned())),
                None if given.is(wanted) => {}
                _ => return None,
            }
        }
        Some(captures)
    }
}

/// Who may come in. What needs a token passes the authorizer first; the edge checks every guard before the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everybody.
    Public,
    /// Everybody, from our own pages or from outside of any browser: not what another site's page makes a browser send (#27,
    /// #28). For routes that act for the person whose cookie comes along. The function must declare `BASE_URL`.
    OwnPages,
    /// Anyone with a valid access token.
    SignedIn,
    /// Anyone with a valid access token that has this scope.
    Scope(&'static str),
}

impl Guard {
    /// Whether it is about an access token, so that the gateway asks the authorizer. What is not is open to others.
    pub const fn needs_token(self) -> bool {
        match self {
            Self::Public | Self::OwnPages => false,
            Self::SignedIn | Self::Scope(_) => true,
        }
    }
}

/// The form of a function's errors: who reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    /// A person, who gets a page; a program that does not accept HTML gets what [`ErrorFormat::Api`] gives.
    Browser,
    /// An OAuth client: RFC 6749 §5.2 JSON.
    Client,
    /// A caller of the API: problem details (RFC 9457).
    Api,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_captures_what_varies() {
        let route = Route::get("/users/login/{provider}/callback", Guard::Public);
        assert_eq!(
            route.captures("/users/login/google/callback"),
            Some(vec![("provider", "google".to_owned())])
        );
        assert_eq!(
            route.captures("/users/login/a%20b/callback"),
            Some(vec![("provider", "a%20b".to_owned())])
        );
        assert_eq!(Route::get("/", Guard::Public).captures("/"), Some(vec![]));
    }

    #[test]
    fn nothing_else_is_the_route() {
        let route = Route::get("/users/login/{provider}", Guard::Public);
        for path in ["/users/login", "/users/login/", "/users/login/a/b", "/users/login/a/", "", "/"] {
            assert_eq!(route.captures(path), None, "{path}");
        }
    }
}
