//! The endpoints: each route with what it does, takes and answers. The routes of the function, the document that describes them and
//! the table of who may call what are made from this list.

use http::Method;
use web::{Guard, Request, Route};

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

const READ: Guard = Guard::Scope("users:read");
const WRITE: Guard = Guard::Scope("users:write");
const DELETE: Guard = Guard::Scope("users:delete");
const READ_ROLES: Guard = Guard::Scope("roles:read");
const WRITE_ROLES: Guard = Guard::Scope("roles:write");

const LIMIT: Parameter = Parameter { name: "limit", what: "How many at most.", kind: Kind::Number(1, 100) };
const CURSOR: Parameter = Parameter {
    name: "cursor",
    what: "Where the page begins: `next` of the page before. It is good for an hour, for the same caller and the same query.",
    kind: Kind::Text,
};

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

/// All of them.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        query: &[
            Parameter { name: "email", what: "Only those whose address begins with this.", kind: Kind::Text },
            Parameter {
                name: "name",
                what: "Only those whose name begins with this; case, accents and width make no difference.",
                kind: Kind::Text,
            },
            Parameter { name: "role", what: "Only those who were given this role.", kind: Kind::Text },
            Parameter {
                name: "disabled",
                what: "Only those who are disabled, or only those who are not.",
                kind: Kind::Words(&["true", "false"]),
            },
            LIMIT,
            CURSOR,
        ],
        details: "One of the conditions is looked up, the first that is there, and the others are compared on some pages: so a page may \
                  have few people, or none, and still have a `next`.",
        answer: (200, Some("Users")),
        refusals: &[400, 401, 403, 503],
        ..endpoint(Route::get("/users", READ), Act::ListUsers, "listUsers", "Lists people, the newest first.")
    },
    Endpoint {
        details: "Whoever first signs in with this address, proven by a provider that is the authority over it, takes the account. With \
                  `invite`, there is no account until then, and the invitation ends after 30 days. It needs `users:read` too, because it \
                  tells whether an address is taken.",
        body: Some("NewUser"),
        answer: (201, Some("User")),
        also: Some((202, Some("Invitation"))),
        refusals: &[400, 401, 403, 409, 413, 415, 503],
        version: Version::Said,
        ..endpoint(Route::post("/users", WRITE), Act::AddUser, "addUser", "Adds a person, or invites one.")
    },
    Endpoint {
        answer: (200, Some("User")),
        refusals: &[401, 403, 404, 503],
        version: Version::Said,
        ..endpoint(Route::get("/users/{id}", READ), Act::ShowUser, "showUser", "Shows one person.")
    },
    Endpoint {
        details: "What is not in the body stays as it is. Whoever is disabled is signed out everywhere at once.",
        body: Some("UserChange"),
        answer: (200, Some("User")),
        refusals: &[400, 401, 403, 404, 409, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(Route::patch("/users/{id}", WRITE), Act::ChangeUser, "changeUser", "Changes a person.")
    },
    Endpoint {
        details: "All that is theirs is removed, and what was issued to them ends at once. The trail keeps their id, which says nothing.",
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 409, 412, 503],
        version: Version::Compared,
        ..endpoint(
            Route::delete("/users/{id}", DELETE),
            Act::DeleteUser,
            "deleteUser",
            "Deletes a person for good.",
        )
    },
    Endpoint {
        details: "Everything that an import reads, but no password. The caller needs every scope that the person has.",
        answer: (200, Some("Account")),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::get("/users/{id}/export", READ),
            Act::Export,
            "exportUser",
            "Gives out what is stored of a person.",
        )
    },
    Endpoint {
        details: "The living ones, and those that ended in the last `AUDIT_DAYS` days.",
        answer: (200, Some("Sessions")),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::get("/users/{id}/sessions", READ),
            Act::ListSessions,
            "listSessions",
            "Lists the sessions of a person.",
        )
    },
    Endpoint {
        details: "The apps that were used in it are told.",
        answer: (204, None),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::delete("/users/{id}/sessions/{sid}", WRITE),
            Act::EndSession,
            "endSession",
            "Ends one session of a person.",
        )
    },
    Endpoint {
        details: "Sessions, codes and grants of the person no longer count, and their apps are told.",
        answer: (204, None),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::delete("/users/{id}/sessions", WRITE),
            Act::SignOut,
            "signOut",
            "Signs a person out everywhere.",
        )
    },
    Endpoint {
        query: &[CURSOR],
        answer: (200, Some("Apps")),
        refusals: &[400, 401, 403, 404, 503],
        ..endpoint(
            Route::get("/users/{id}/apps", READ),
            Act::ListApps,
            "listApps",
            "Lists the apps that have something of a person.",
        )
    },
    Endpoint {
        details: "What the person agreed to is forgotten, and the app's grants end.",
        answer: (204, None),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::delete("/users/{id}/apps/{client_id}", WRITE),
            Act::RemoveApp,
            "removeApp",
            "Takes an app's access to what is a person's away.",
        )
    },
    Endpoint {
        answer: (200, Some("Identities")),
        refusals: &[401, 403, 404, 503],
        ..endpoint(
            Route::get("/users/{id}/identities", READ),
            Act::ListIdentities,
            "listIdentities",
            "Lists the identities by which a person signs in.",
        )
    },
    Endpoint {
        details: "Not the last one: without it the person could not sign in any more.",
        answer: (204, None),
        refusals: &[401, 403, 404, 409, 503],
        ..endpoint(
            Route::delete("/users/{id}/identities/{key}", WRITE),
            Act::Unlink,
            "unlinkIdentity",
            "Removes an identity of a person.",
        )
    },
    Endpoint {
        query: &[
            Parameter { name: "user", what: "Only what concerns the person with this id.", kind: Kind::Text },
            Parameter {
                name: "what",
                what: "Only events of this kind, such as `person_disabled`.",
                kind: Kind::Text,
            },
            Parameter { name: "since", what: "Only from this moment on (RFC 3339).", kind: Kind::Text },
            LIMIT,
            CURSOR,
        ],
        details: "A page may have few events, or none, and still have a `next`.",
        answer: (200, Some("Events")),
        refusals: &[400, 401, 403, 503],
        ..endpoint(
            Route::get("/audit", READ),
            Act::ListEvents,
            "listEvents",
            "Lists what happened, the newest first.",
        )
    },
    Endpoint {
        query: &[
            Parameter { name: "client", what: "For a token of the client with this id.", kind: Kind::Text },
            Parameter { name: "scope", what: "About these scopes, separated by blanks.", kind: Kind::Text },
        ],
        answer: (200, Some("Explanation")),
        refusals: &[400, 401, 403, 404, 503],
        ..endpoint(
            Route::get("/users/{id}/explain", READ),
            Act::Explain,
            "explainRights",
            "Says in sentences what a person may do, and which rule gave or withheld it.",
        )
    },
    Endpoint {
        body: Some("RoleScope"),
        answer: (204, None),
        refusals: &[400, 401, 403, 409, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::put("/roles/{name}", WRITE_ROLES),
            Act::SetRole,
            "setRole",
            "Makes a role, or changes what it allows.",
        )
    },
    Endpoint {
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 409, 412, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::delete("/roles/{name}", WRITE_ROLES),
            Act::RemoveRole,
            "removeRole",
            "Removes a role.",
        )
    },
    Endpoint {
        answer: (200, Some("Rules")),
        version: Version::Said,
        ..endpoint(
            Route::get("/rules", READ_ROLES),
            Act::ListRules,
            "listRules",
            "Lists the rules that give roles.",
        )
    },
    Endpoint {
        body: Some("Rule"),
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 409, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::put("/rules/{name}", WRITE_ROLES),
            Act::SetRule,
            "setRule",
            "Makes a rule, or changes it.",
        )
    },
    Endpoint {
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 412, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::delete("/rules/{name}", WRITE_ROLES),
            Act::RemoveRule,
            "removeRule",
            "Removes a rule.",
        )
    },
    Endpoint {
        body: Some("Defaults"),
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::put("/defaults", WRITE_ROLES),
            Act::SetDefaults,
            "setDefaults",
            "Says which roles somebody gets who signs in for the first time.",
        )
    },
    Endpoint {
        details: "Nothing is changed. Roles, rules and defaults are set as the body says, then rules and roles removed, and the result is \
                  compared for the newest 2,000 people at most, in whichever way they may sign in. Who may not make a change may not try \
                  it. It needs `users:read` too, because it names people.",
        body: Some("Proposal"),
        answer: (200, Some("Trial")),
        refusals: &[400, 401, 403, 404, 409, 413, 415, 503],
        version: Version::Said,
        ..endpoint(
            Route::post("/rights/try", READ_ROLES),
            Act::TryRights,
            "tryRights",
            "Says who would gain or lose what by a change of roles and rules.",
        )
    },
    Endpoint {
        version: Version::Said,
        answer: (200, Some("Roles")),
        ..endpoint(
            Route::get("/roles", READ_ROLES),
            Act::ListRoles,
            "listRoles",
            "Lists the roles, and the scopes of each.",
        )
    },
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
