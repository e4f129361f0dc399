//! The endpoints: each route with what it does, takes and answers. The routes of the function, the document that describes them and
//! the table of who may call what are made from this list.

use http::Method;
use web::{Guard, Request, Route};

mod people;
mod rights;

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// Method, path, and the scope that it needs.
    pub route: Route,
    /// Its name in the document, for programs that are generated from it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What else a caller must know.
    pub details: &'static str,
    /// What its query may say.
    pub query: &'static [Parameter],
    /// The schema of the body that it takes.
    pub body: Option<&'static str>,
    /// The status of its answer, and the schema of that.
    pub answer: (u16, Option<&'static str>),
    /// The status of its other answer, if it has two, and the schema of that.
    pub also: Option<(u16, Option<&'static str>)>,
    /// The statuses of its refusals.
    pub refusals: &'static [u16],
    /// What it has to do with versions.
    pub version: Version,
    pub(crate) act: Act,
}

/// A parameter of a query.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// As it is written.
    pub name: &'static str,
    /// What it means.
    pub what: &'static str,
    /// What may stand there.
    pub kind: Kind,
}

/// What may stand in a parameter.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number from one to another.
    Number(u32, u32),
    /// One of these words.
    Words(&'static [&'static str]),
}

/// What an endpoint has to do with the versions of a thing (RFC 9110 §8.8.3, §13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Nothing.
    None,
    /// It says one: `ETag`.
    Said,
    /// It compares one, if it is there: `If-Match`.
    Compared,
    /// It insists on one, compares it, and says the new one.
    Needed,
}

/// What is done at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    ListUsers,
    AddUser,
    ShowUser,
    ChangeUser,
    DeleteUser,
    Export,
    ListApps,
    RemoveApp,
    SignOut,
    ListSessions,
    EndSession,
    RemoveFactors,
    ListIdentities,
    Unlink,
    ListEvents,
    ListRoles,
    SetRole,
    RemoveRole,
    ListRules,
    SetRule,
    RemoveRule,
    SetDefaults,
    TryRights,
    Explain,
    Document,
    Page,
}

const fn endpoint(route: Route, act: Act, name: &'static str, summary: &'static str) -> Endpoint {
    Endpoint {
        route,
        name,
        summary,
        details: "",
        query: &[],
        body: None,
        answer: (200, None),
        also: None,
        refusals: &[401, 403, 503],
        version: Version::None,
        act,
    }
}

/// Those that say what there is.
const DESCRIBING: &[Endpoint] = &[
    Endpoint {
        answer: (200, Some("Document")),
        refusals: &[503],
        ..endpoint(
            Route::get("/openapi.json", Guard::Public),
            Act::Document,
            "document",
            "Describes this API (OpenAPI 3.1).",
        )
    },
    Endpoint {
        refusals: &[503],
        ..endpoint(Route::get("/openapi", Guard::Public), Act::Page, "page", "Shows this API to people.")
    },
];

const PARTS: [&[Endpoint]; 3] = [people::ENDPOINTS, rights::ENDPOINTS, DESCRIBING];

/// All of them.
pub const ENDPOINTS: &[Endpoint] = &{
    let mut all = [PARTS[0][0]; PARTS[0].len() + PARTS[1].len() + PARTS[2].len()];
    let (mut part, mut at, mut to) = (0, 0, 0);
    while part < PARTS.len() {
        if at < PARTS[part].len() {
            all[to] = PARTS[part][at];
            (at, to) = (at + 1, to + 1);
        } else {
            (part, at) = (part + 1, 0);
        }
    }
    all
};

/// The routes of the function.
pub(crate) const ROUTES: [Route; ENDPOINTS.len()] = {
    let mut routes = [ENDPOINTS[0].route; ENDPOINTS.len()];
    let mut at = 0;
    while at < ENDPOINTS.len() {
        routes[at] = ENDPOINTS[at].route;
        at += 1;
    }
    routes
};

impl Endpoint {
    /// The one that was asked. The edge lets no other request in.
    pub(crate) fn of(request: &Request) -> Option<&'static Self> {
        let route = request.route()?;
        ENDPOINTS.iter().find(|endpoint| endpoint.route == route)
    }

    /// Whether asking changes anything.
    pub fn writes(&self) -> bool {
        self.route.method != Method::GET.as_str()
    }

    /// The scope that it needs, if any.
    pub fn scope(&self) -> Option<&'static str> {
        match self.route.guard {
            Guard::Scope(scope) => Some(scope),
            Guard::Public | Guard::OwnPages | Guard::SignedIn => None,
        }
    }

    /// The names of what varies in its path.
    pub fn segments(&self) -> impl Iterator<Item = &'static str> {
        let parts = self.route.path.split('/');
        parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
