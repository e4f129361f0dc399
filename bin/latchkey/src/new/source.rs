//! The three files of a function, as `cargo fmt` would write them.

use std::fmt::Write;

use web::{Guard, Route};

use super::name::Name;

/// The packages that it needs, in the order of the alphabet.
pub(super) fn dependencies(guard: Guard) -> Vec<&'static str> {
    match guard {
        Guard::Public | Guard::OwnPages => vec!["serde_json", "setting", "tokio", "web"],
        Guard::SignedIn | Guard::Scope(_) => vec!["oauth", "serde_json", "setting", "token", "tokio", "web"],
    }
}

pub(super) fn manifest(name: &Name, guard: Guard) -> String {
    let mut text = format!(
        "[package]\nname = \"{}\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
         license.workspace = true\npublish.workspace = true\n\n[lints]\nworkspace = true\n\n[dependencies]\n",
        name.package
    );
    for dependency in dependencies(guard) {
        let _ = writeln!(text, "{dependency}.workspace = true");
    }
    text
}

pub(super) fn binary(name: &Name) -> String {
    let (krate, kind) = (&name.krate, &name.kind);
    format!(
        "//! The Lambda binary.\n\n#[tokio::main(flavor = \"current_thread\")]\n\
         async fn main() -> Result<(), web::RunError> {{\n    web::run::<{krate}::{kind}>().await\n}}\n"
    )
}

pub(super) fn library(name: &Name, routes: &[Route]) -> String {
    let guarded = routes.iter().any(|route| route.guard.needs_token());
    let keys: Vec<_> = routes.iter().map(|route| format!("`{}`", route.key())).collect();
    let source = if guarded { GUARDED } else { PUBLIC };
    source
        .replace("%KEYS%", &keys.join(", "))
        .replace("%KIND%", &name.kind)
        .replace("%PACKAGE%", &name.package)
        .replace("%ROUTES%", &declared(routes))
}

/// The routes as source, on one line where there is room.
fn declared(routes: &[Route]) -> String {
    let route = |route: &Route| {
        let guard = match route.guard {
            Guard::Public => "Guard::Public".to_owned(),
            Guard::OwnPages => "Guard::OwnPages".to_owned(),
            Guard::SignedIn => "Guard::SignedIn".to_owned(),
            Guard::Scope(scope) => format!("Guard::Scope({scope:?})"),
        };
        format!("Route::{}({:?}, {guard})", route.method.to_ascii_lowercase(), route.path)
    };
    let all: Vec<_> = routes.iter().map(route).collect();
    let begin = "    const ROUTES: &'static [Route] =";
    let line = format!("&[{}];", all.join(", "));
    if begin.len() + 1 + line.len() <= WIDTH {
        format!("{begin} {line}")
    } else if 8 + line.len() <= WIDTH {
        format!("{begin}\n        {line}")
    } else {
        let lines: String = all.iter().map(|route| format!("        {route},\n")).collect();
        format!("{begin} &[\n{lines}    ];")
    }
}

/// As in rustfmt.toml.
const WIDTH: usize = 110;

const GUARDED: &str = r#"//! %KEYS%: what it does, in a sentence.

use oauth::{Caller, Time};
use serde_json::json;
use setting::{Env, Permissions, Settings};
use token::Verifier;
use web::{Edge, ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct %KIND% {
    verifier: Verifier,
}

impl Function for %KIND% {
    const NAME: &'static str = "%PACKAGE%";
%ROUTES%
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[Verifier::SETTINGS, Edge::SETTINGS];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        Ok(Self { verifier: Verifier::from_env(env)? })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        let caller = request.caller()?;
        Response::json(&json!({"hello": caller.name}))
    }

    async fn verify(&self, token: &str, now: Time) -> Result<Option<Caller>> {
        Ok(Some(self.verifier.verify(token, now).map_err(oauth::Error::from)?))
    }
}
"#;

const PUBLIC: &str = r#"//! %KEYS%: what it does, in a sentence.

use serde_json::json;
use setting::{Env, Permissions, Settings};
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

/// The function.
pub struct %KIND%;

impl Function for %KIND% {
    const NAME: &'static str = "%PACKAGE%";
%ROUTES%
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(_: &Env) -> Result<Self> {
        Ok(Self)
    }

    async fn handle(&self, _: Request) -> Result<Response> {
        Response::json(&json!({"hello": "world"}))
    }
}
"#;
