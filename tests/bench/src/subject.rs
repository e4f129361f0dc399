//! What is measured: each function with what it is asked, the floors it is compared with, and what is beside the authorizer.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use latchkey::mount::Mount;
use serde_json::{Value, json};
use web::Route;

use crate::{
    flow::{Asked, FLOWS, Flow},
    measure::Exchange,
    peer::Peer,
    scene::{self, Scene},
};

/// A program that is measured.
#[derive(Clone)]
pub struct Subject {
    pub name: &'static str,
    pub what: &'static str,
    pub kind: Kind,
    pub program: PathBuf,
    pub arguments: Vec<PathBuf>,
    /// What is uploaded of it.
    pub package: PathBuf,
    pub environment: Vec<(String, String)>,
    /// The function that it is, or that it is compared with.
    pub function: &'static str,
    ask: Ask,
    /// What a floor is asked: what its function was.
    replayed: Value,
}

/// Why it is measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only shows how fast the others could be.
    Floor,
    /// The same for one flow of the authorization server.
    FlowFloor,
    /// The calls and signatures of that floor alone.
    BareFloor,
    /// One of ours, as it ships.
    Function,
    /// What Node costs without a function.
    NodeFloor,
    /// The authorizer of others.
    Peer,
    /// Our authorizer with another setting, and what it is built with for that.
    Variation,
}

/// What it is asked, again and again.
#[derive(Clone, Copy, PartialEq)]
enum Ask {
    Empty,
    /// Whatever it is: it does what it did before.
    Replay,
    Verify,
    VerifyNewcomer,
    Calls,
    Console,
    Home,
    Users,
    Login,
    Callback,
    Logout,
    Me,
    Token,
    Factor,
    Mailed,
    Password,
    Webhook,
    Passkey,
    Check,
    Private,
    Profile,
    Keys,
    Account,
    /// The queue's message about a session that has ended.
    EndedSession,
    /// What SES says of a mail that came back.
    CameBack,
    /// What the schedule asks each day.
    Rotation,
    /// What the schedule asks each minute.
    Events,
    /// Something that an authorization server is asked; its answer has this status.
    Flow(Asked, u16),
    /// Its own first page: the function has no scene yet.
    Page(&'static Route),
    /// Not at all: the function has no scene yet. It is started, and no more.
    Nothing,
}

/// What each function is asked, unless it is in [`FLOWS`]. One that is in neither still has its row, as long as somebody works on it: a
/// test fails. A name that no function has is refused.
const SCENES: &[(&str, &str, Ask)] = &[
    (AUTHORIZER, "verifies our own token", Ask::Verify),
    ("admin", "the first page of people in the console", Ask::Console),
    ("home", "the front page of an administrator", Ask::Home),
    ("manage", "the first page of users", Ask::Users),
    ("users-factor", "the page on which a second factor is set up (`SECOND_FACTORS=on`)", Ask::Factor),
    ("users-login", "sends a browser to the provider", Ask::Login),
    ("users-login-callback", "a known person is back, in a browser", Ask::Callback),
    ("users-logout", "ends a session", Ask::Logout),
    ("users-me", "who is calling", Ask::Me),
    ("users-mailed", "a program asks for a mailed code (`MAILED_SIGN_IN=on`)", Ask::Mailed),
    ("users-passkey", "somebody signs in with a passkey (`PASSKEYS=on`)", Ask::Passkey),
    ("users-password", "a program signs somebody in with a password (`PASSWORDS=on`)", Ask::Password),
    ("users-token", "a session for a token", Ask::Token),
    ("users-verify", "whether a token is good now", Ask::Check),
    ("private", "greets anyone signed in", Ask::Private),
    ("profile", "greets anyone with the scope", Ask::Profile),
    ("webhooks", "a shop says that somebody bought something (`WEBHOOKS=on`)", Ask::Webhook),
    ("well-known", "the key set", Ask::Keys),
    ("account", "what two apps have of a person", Ask::Account),
    ("keys-rotate", "looks whether a key is due", Ask::Rotation),
    ("mail-send", "learns of a mail that came back (`MAIL=ses`)", Ask::CameBack),
    ("events-send", "looks whether something is to be told (`EVENTS=on`)", Ask::Events),
    ("logout-notify", "tells an app that a session has ended", Ask::EndedSession),
];

pub const EMPTY: &str = "floor-empty";
pub const VERIFY: &str = "floor-verify";
pub const CALLS: &str = "floor-calls";
pub const AUTHORIZER: &str = "authorizer";
/// The authorizer once more, with code that a setting asks for: what `bin/bench` names these builds.
const WITH_REVOCATION: &str = "authorizer-with-revocation";
pub const WITH_ISSUERS: &str = "authorizer-with-issuers";
/// The token endpoint with what `FOREIGN_TOKENS` asks for.
pub const WITH_FOREIGN_TOKENS: &str = "oauth-token-with-foreign-tokens";
pub const NODE_EMPTY: &str = "node-empty";
pub const AWS_JWT_VERIFY: &str = "npm `aws-jwt-verify`";
pub const AWS_JWT_VERIFY_FETCHING: &str = "npm `aws-jwt-verify`, without keys in its settings";
pub const REMEMBERED: &str = "`closed`, a session seen in the last 30 s";
pub const NOT_REMEMBERED: &str = "`closed`, a session not seen before";

impl Subject {
    /// All of them: the floors first.
    pub fn all(scene: &Scene, release: &Path, peer: Option<&Peer>) -> Vec<Self> {
        let mut all = floors(scene, release);
        all.extend(functions(scene, release));
        all.extend(variations(scene, &release.join(WITH_REVOCATION)));
        all.extend(peer.iter().flat_map(|peer| peers(scene, peer)));
        all
    }

    /// What can be compared with another version of itself: every function, and the authorizer in each way it is built.
    pub fn ours(scene: &Scene, release: &Path) -> Vec<Self> {
        let mut ours = functions(scene, release);
        ours.extend(variations(scene, &release.join(WITH_REVOCATION)));
        let environment = scene.environment(&latchkey::mount::AUTHORIZER);
        let program = release.join(WITH_ISSUERS);
        let what = "verifies our own token";
        ours.push(Self::binary(WITH_ISSUERS, what, Kind::Variation, environment, Ask::Verify, program));
        ours
    }

    fn binary(
        name: &'static str,
        what: &'static str,
        kind: Kind,
        environment: Vec<(String, String)>,
        ask: Ask,
        program: PathBuf,
    ) -> Self {
        let package = program.clone();
        let function = name;
        let (arguments, replayed) = (Vec::new(), Value::Null);
        Self { name, what, kind, program, arguments, package, environment, function, ask, replayed }
    }

    /// The same where `FOREIGN_TOKENS` is on, for which it is built with more code.
    fn with_foreign_tokens(mut self, release: &Path) -> Self {
        self.environment.retain(|(name, _)| name != "FOREIGN_TOKENS");
        self.environment.push(("FOREIGN_TOKENS".to_owned(), "on".to_owned()));
        self.program = release.join(WITH_FOREIGN_TOKENS);
        Self { package: self.program.clone(), ..self }
    }

    /// How it is called in a table.
    pub fn label(&self) -> String {
        match self.kind {
            Kind::Floor | Kind::FlowFloor | Kind::BareFloor | Kind::NodeFloor => format!("*{}*", self.name),
            Kind::Function => {
                format!("`{}`{}", self.function, self.name.strip_prefix(self.function).unwrap_or_default())
            }
            Kind::Peer | Kind::Variation => self.name.to_owned(),
        }
    }

    /// A floor of this flow, which is this program: it makes the calls that its function made.
    pub fn floor_of(
        scene: &Scene,
        program: PathBuf,
        flow: &Flow,
        kind: Kind,
        exchange: &Exchange,
    ) -> Option<Self> {
        let bare = kind == Kind::BareFloor;
        let environment = scene.flow_floor_environment(flow.name, flow.floor?, exchange, bare);
        let floor = Self::binary(flow.name, "its floor", kind, environment, Ask::Replay, program);
        Some(Self { function: flow.function, replayed: exchange.event.clone(), ..floor })
    }

    /// The file that runs.
    pub fn program_name(&self) -> &str {
        self.program.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Whether it is measured where only these functions are: floors always, and what is beside the authorizer with it.
    pub fn belongs_to(&self, functions: &[String]) -> bool {
        match self.kind {
            Kind::Floor => true,
            Kind::Function | Kind::FlowFloor | Kind::BareFloor => {
                functions.iter().any(|name| name == self.function)
            }
            Kind::NodeFloor | Kind::Peer | Kind::Variation => functions.iter().any(|name| name == AUTHORIZER),
        }
    }

    /// Whether it is asked anything.
    pub fn is_asked(&self) -> bool {
        self.ask != Ask::Nothing
    }

    /// The same program, only started, if what it is asked is a guess; nothing if somebody wrote down what to ask.
    pub fn only_started(&self) -> Option<Self> {
        matches!(self.ask, Ask::Page(_)).then(|| Self { ask: Ask::Nothing, ..self.clone() })
    }

    /// Whether it can be asked the same thing again at no cost to anybody else.
    pub fn is_rehearsed(&self) -> bool {
        matches!(self.ask, Ask::Empty | Ask::Verify)
    }

    /// An event that has not been used yet.
    pub async fn event(&self, scene: &Scene) -> Value {
        match self.ask {
            Ask::Empty => scene::event("GET", "/", &[]),
            Ask::Replay => self.replayed.clone(),
            Ask::Verify => scene.question(),
            Ask::VerifyNewcomer => scene.question_of_a_newcomer().await,
            Ask::Calls => scene.floor_calls().await,
            Ask::Console => scene.request("GET", "/admin"),
            Ask::Home => scene.request("GET", "/"),
            Ask::Users => scene.guarded("GET", "/users"),
            Ask::Login => scene::event("GET", "/users/login", &[]),
            Ask::Callback => scene.callback().await,
            Ask::Logout => scene.logout().await,
            Ask::Me => scene.guarded("GET", "/users/me"),
            Ask::Token => scene.request("POST", "/users/token"),
            Ask::Factor => scene.request("GET", "/users/factor/setup"),
            Ask::Mailed => scene.mailed(),
            Ask::Password => scene.password().await,
            Ask::Webhook => scene.webhook().await,
            Ask::Passkey => scene.passkey().await,
            Ask::Check => scene.bearer("POST", "/users/verify"),
            Ask::Private => scene.guarded("GET", "/private"),
            Ask::Profile => scene.guarded("GET", "/profile"),
            Ask::Keys => scene::event("GET", "/.well-known/jwks.json", &[]),
            Ask::Account => scene.account(),
            Ask::EndedSession => scene.ended_session().await,
            Ask::CameBack => json!({"source": "aws.ses", "detail": {"eventType": "Bounce", "bounce": {
                "bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "gone@example.com"}],
            }}}),
            Ask::Rotation | Ask::Events => json!({"source": "aws.events"}),
            Ask::Flow(ask, _) => scene.flow(ask).await,
            Ask::Page(route) if !route.guard.needs_token() => scene::event(route.method, route.path, &[]),
            Ask::Page(route) => scene.guarded(route.method, route.path),
            Ask::Nothing => Value::Null,
        }
    }

    /// Questions that must be answered with no. The floors are excused: they are not safe, only fast.
    pub async fn bad_questions(&self, scene: &Scene) -> Vec<Value> {
        let is_guard = matches!(self.ask, Ask::Verify | Ask::VerifyNewcomer) && self.kind != Kind::Floor;
        let mut questions = if is_guard { scene.bad_questions() } else { Vec::new() };
        if [REMEMBERED, NOT_REMEMBERED].contains(&self.name) {
            questions.push(scene.question_of_somebody_who_left().await);
        }
        questions
    }

    /// Fails unless this is the answer of somebody who did the work.
    pub fn check(&self, scene: &Scene, answer: &Value) -> Result<(), String> {
        let good = match self.ask {
            Ask::Empty | Ask::Replay => !answer["statusCode"].is_null() || self.ask == Ask::Empty,
            // The peer is to say all that ours says.
            Ask::Verify if self.kind == Kind::Peer => {
                *answer == json!({"isAuthorized": true, "context": scene.context})
            }
            Ask::Verify | Ask::VerifyNewcomer => answer["isAuthorized"] == true,
            Ask::Login | Ask::Callback | Ask::Logout => answer["statusCode"] == 303,
            Ask::Flow(_, status) => answer["statusCode"] == status,
            Ask::EndedSession => *answer == json!({"batchItemFailures": []}),
            Ask::Mailed => answer["statusCode"] == 202,
            Ask::CameBack => answer["stopped"] == 1,
            Ask::Events => *answer == json!({"gathered": 0, "told": 0}),
            Ask::Rotation => answer["keys"].is_array() && answer["changed"] == false,
            // Whether the person of this scene may is for the function to say.
            Ask::Page(_) => answer["statusCode"].as_u64().is_some_and(|status| status < 500),
            _ => answer["statusCode"] == 200,
        };
        if good { Ok(()) } else { Err(format!("{} answers {answer}", self.name)) }
    }
}

fn floors(scene: &Scene, release: &Path) -> Vec<Subject> {
    let floor = |name, what, ask| {
        Subject::binary(name, what, Kind::Floor, scene.floor_environment(name), ask, release.join(name))
    };
    vec![
        floor(EMPTY, "answers `{}`", Ask::Empty),
        floor(VERIFY, "verifies one RS256 token", Ask::Verify),
        floor(CALLS, "one GetItem, one POST", Ask::Calls),
    ]
}

/// The authorizer where it asks the table whether a token was revoked.
fn variations(scene: &Scene, program: &Path) -> Vec<Subject> {
    let mut environment = scene.environment(&latchkey::mount::AUTHORIZER);
    environment.push(("REVOCATION".to_owned(), "closed".to_owned()));
    let closed = |name, ask| {
        let (environment, program) = (environment.clone(), program.to_owned());
        Subject::binary(name, "verifies our own token", Kind::Variation, environment, ask, program)
    };
    vec![closed(REMEMBERED, Ask::Verify), closed(NOT_REMEMBERED, Ask::VerifyNewcomer)]
}

/// What runs on Node.
fn peers(scene: &Scene, peer: &Peer) -> Vec<Subject> {
    let script = |name, kind, ask, file, environment| Subject {
        name,
        what: "stands beside the authorizer",
        kind,
        program: peer.node.clone(),
        arguments: vec![peer.runtime(), peer.function(file)],
        package: peer.function(file),
        environment,
        function: AUTHORIZER,
        ask,
        replayed: Value::Null,
    };
    let verifier = |name, environment| script(name, Kind::Peer, Ask::Verify, "authorizer", environment);
    vec![
        script(NODE_EMPTY, Kind::NodeFloor, Ask::Empty, "empty", scene.floor_environment("empty")),
        verifier(AWS_JWT_VERIFY, scene.floor_environment("authorizer")),
        verifier(AWS_JWT_VERIFY_FETCHING, scene.fetching_environment("authorizer")),
    ]
}

fn functions(scene: &Scene, release: &Path) -> Vec<Subject> {
    let subject = |mount: &Mount, name, what, ask| {
        let (environment, program) = (scene.environment(mount), release.join(mount.name));
        let subject = Subject::binary(name, what, Kind::Function, environment, ask, program);
        Subject { function: mount.name, ..subject }
    };
    let mut all = Vec::new();
    for mount in mounts() {
        let flows = FLOWS.iter().filter(|flow| flow.function == mount.name);
        all.extend(flows.map(|flow| {
            let of_flow = subject(mount, flow.name, flow.what, Ask::Flow(flow.ask, flow.status));
            if flow.foreign { of_flow.with_foreign_tokens(release) } else { of_flow }
        }));
        if !FLOWS.iter().any(|flow| flow.function == mount.name) {
            let (what, ask) = asked(mount.name, mount.routes);
            all.push(subject(mount, mount.name, what, ask));
        }
    }
    all
}

/// Every function there is: the authorizer first, and last those that no gateway calls.
fn mounts() -> impl Iterator<Item = &'static Mount> {
    let all = [&latchkey::mount::AUTHORIZER].into_iter().chain(latchkey::mount::FUNCTIONS);
    all.chain(latchkey::mount::EVENTS)
}

/// The names of all functions.
pub fn names() -> BTreeSet<&'static str> {
    mounts().map(|mount| mount.name).collect()
}

/// Fails if a scene is written for a function that is not there: it has another name now, or is gone.
pub fn scenes_are_of_functions() -> Result<(), String> {
    let names = names();
    let mut scenes = SCENES.iter().map(|(name, ..)| *name).chain(FLOWS.iter().map(|flow| flow.function));
    match scenes.find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => Err(format!("the benchmark has a scene for {name}, and no function has that name")),
    }
}

fn asked(name: &str, routes: &'static [Route]) -> (&'static str, Ask) {
    if let Some((_, what, ask)) = SCENES.iter().find(|(each, ..)| *each == name) {
        return (what, *ask);
    }
    let page = routes.iter().find(|route| route.method == "GET" && !route.path.contains('{'));
    page.map_or(("no scene yet: only started", Ask::Nothing), |page| {
        ("no scene yet: its page", Ask::Page(page))
    })
}

#[cfg(test)]
mod tests {
    use web::Guard;

    use super::*;

    #[test]
    fn every_scene_is_of_a_function() {
        scenes_are_of_functions().unwrap();
    }

    #[test]
    fn every_function_has_a_scene() {
        let has_one = |name: &str| {
            SCENES.iter().any(|(each, ..)| *each == name) || FLOWS.iter().any(|flow| flow.function == name)
        };
        let without: Vec<_> = names().into_iter().filter(|name| !has_one(name)).collect();
        assert!(
            without.is_empty(),
            "write down in SCENES or FLOWS what the benchmark asks of {}",
            without.join(", ")
        );
    }

    #[test]
    fn a_function_without_a_scene_is_asked_for_its_page_or_only_started() {
        let unknown = |routes| asked("new", routes).1;
        const PAGE: &[Route] = &[Route::post("/new", Guard::Public), Route::get("/new", Guard::Public)];
        const WITH_ID: &[Route] = &[Route::get("/new/{id}", Guard::Public)];
        assert!(unknown(PAGE) == Ask::Page(&PAGE[1]));
        assert!(unknown(WITH_ID) == Ask::Nothing);
        assert!(unknown(&[]) == Ask::Nothing);
    }
}
