//! The endpoints about people and what is theirs, and about what happened.

use web::{Guard, Route};

use super::{Act, Endpoint, Kind, Parameter, Version, endpoint};

const READ: Guard = Guard::Scope("users:read");
const WRITE: Guard = Guard::Scope("users:write");
const DELETE: Guard = Guard::Scope("users:delete");

const LIMIT: Parameter = Parameter { name: "limit", what: "How many at most.", kind: Kind::Number(1, 100) };
const CURSOR: Parameter = Parameter {
    name: "cursor",
    what: "Where the page begins: `next` of the page before. It is good for an hour, for the same caller and the same query.",
    kind: Kind::Text,
};

pub(super) const ENDPOINTS: &[Endpoint] = &[
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
        details: "For somebody who has lost a device: the codes of their app, their recovery codes and their passkeys stop working, and they \
                  are signed out everywhere. The caller needs every scope that the person has, and nobody takes away their own here: that is \
                  done at `/users/factor/setup`, with a code.",
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 412, 503],
        version: Version::Compared,
        ..endpoint(
            Route::delete("/users/{id}/factors", WRITE),
            Act::RemoveFactors,
            "removeFactors",
            "Takes a person's second factors and passkeys away.",
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
        details: "Not the last one: without it the person could not sign in any more. Nobody removes their own here: that is done at \
                  `/account`, after what a sign-in asks for. Where mails are on, a mail tells the person.",
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
];
