//! What is measured: each function with what it is asked, and the floors it is compared with.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::scene::{self, Scene};

/// A program that is measured.
pub struct Subject {
    pub name: &'static str,
    pub what: &'static str,
    pub program: PathBuf,
    pub environment: Vec<(String, String)>,
    ask: Ask,
}

/// What it is asked, again and again.
#[derive(Clone, Copy)]
enum Ask {
    Empty,
    Verify,
    Calls,
    Home,
    Users,
    Login,
    Callback,
    Logout,
    Me,
    Token,
    Check,
    Private,
    Profile,
    Keys,
}

pub const EMPTY: &str = "floor-empty";
pub const VERIFY: &str = "floor-verify";
pub const CALLS: &str = "floor-calls";

impl Subject {
    /// All of them: the floors first.
    pub fn all(scene: &Scene, release: &Path) -> Vec<Self> {
        let floor = |name, what, ask| Self {
            name,
            what,
            program: release.join(name),
            environment: scene.floor_environment(name),
            ask,
        };
        let mut all = vec![
            floor(EMPTY, "answers `{}`", Ask::Empty),
            floor(VERIFY, "verifies one RS256 token", Ask::Verify),
            floor(CALLS, "one GetItem, one POST", Ask::Calls),
        ];
        let mounts = [&latchkey::mount::AUTHORIZER].into_iter().chain(latchkey::mount::FUNCTIONS);
        all.extend(mounts.map(|mount| {
            let (what, ask) = asked(mount.name);
            let program = release.join(mount.name);
            Self { name: mount.name, what, program, environment: scene.environment(mount), ask }
        }));
        all
    }

    /// Whether it only shows how fast the others could be.
    pub fn is_floor(&self) -> bool {
        self.name.starts_with("floor-")
    }

    /// An event that has not been used yet.
    pub async fn event(&self, scene: &Scene) -> Value {
        match self.ask {
            Ask::Empty => scene::event("GET", "/", &[]),
            Ask::Verify => scene.question(),
            Ask::Calls => scene.floor_calls().await,
            Ask::Home => scene.request("GET", "/"),
            Ask::Users => scene.guarded("GET", "/users"),
            Ask::Login => scene::event("GET", "/users/login", &[]),
            Ask::Callback => scene.callback().await,
            Ask::Logout => scene.logout().await,
            Ask::Me => scene.guarded("GET", "/users/me"),
            Ask::Token => scene.request("POST", "/users/token"),
            Ask::Check => scene.bearer("POST", "/users/verify"),
            Ask::Private => scene.guarded("GET", "/private"),
            Ask::Profile => scene.guarded("GET", "/profile"),
            Ask::Keys => scene::event("GET", "/.well-known/jwks.json", &[]),
        }
    }

    /// Fails unless this is the answer of somebody who did the work.
    pub fn check(&self, answer: &Value) -> Result<(), String> {
        let good = match self.ask {
            Ask::Empty => true,
            Ask::Verify => answer["isAuthorized"] == true,
            Ask::Login | Ask::Callback | Ask::Logout => answer["statusCode"] == 303,
            _ => answer["statusCode"] == 200,
        };
        if good { Ok(()) } else { Err(format!("{} answers {answer}", self.name)) }
    }
}

fn asked(name: &str) -> (&'static str, Ask) {
    match name {
        "authorizer" => ("verifies our own token", Ask::Verify),
        "home" => ("the front page of an administrator", Ask::Home),
        "users-index" => ("the first page of users", Ask::Users),
        "users-login" => ("sends a browser to the provider", Ask::Login),
        "users-login-callback" => ("a known person is back, in a browser", Ask::Callback),
        "users-logout" => ("ends a session", Ask::Logout),
        "users-me" => ("who is calling", Ask::Me),
        "users-token" => ("a session for a token", Ask::Token),
        "users-verify" => ("whether a token is good now", Ask::Check),
        "private" => ("greets whoever is signed in", Ask::Private),
        "profile" => ("greets whoever has the scope", Ask::Profile),
        "well-known" => ("the key set", Ask::Keys),
        _ => panic!("the benchmark does not know what to ask {name}: see tests/bench/src/subject.rs"),
    }
}
