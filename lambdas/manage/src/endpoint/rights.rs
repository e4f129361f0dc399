//! The endpoints about roles, rules and the roles that everybody gets.

use web::{Guard, Route};

use super::{Act, Endpoint, Version, endpoint};

const READ: Guard = Guard::Scope("roles:read");
const WRITE: Guard = Guard::Scope("roles:write");

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        body: Some("RoleScope"),
        answer: (204, None),
        refusals: &[400, 401, 403, 409, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::put("/roles/{name}", WRITE),
            Act::SetRole,
            "setRole",
            "Makes a role, or changes what it allows.",
        )
    },
    Endpoint {
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 409, 412, 428, 503],
        version: Version::Needed,
        ..endpoint(Route::delete("/roles/{name}", WRITE), Act::RemoveRole, "removeRole", "Removes a role.")
    },
    Endpoint {
        answer: (200, Some("Rules")),
        version: Version::Said,
        ..endpoint(
            Route::get("/rules", READ),
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
            Route::put("/rules/{name}", WRITE),
            Act::SetRule,
            "setRule",
            "Makes a rule, or changes it.",
        )
    },
    Endpoint {
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 412, 428, 503],
        version: Version::Needed,
        ..endpoint(Route::delete("/rules/{name}", WRITE), Act::RemoveRule, "removeRule", "Removes a rule.")
    },
    Endpoint {
        body: Some("Defaults"),
        answer: (204, None),
        refusals: &[400, 401, 403, 404, 412, 413, 415, 428, 503],
        version: Version::Needed,
        ..endpoint(
            Route::put("/defaults", WRITE),
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
            Route::post("/rights/try", READ),
            Act::TryRights,
            "tryRights",
            "Says who would gain or lose what by a change of roles and rules.",
        )
    },
    Endpoint {
        version: Version::Said,
        answer: (200, Some("Roles")),
        ..endpoint(
            Route::get("/roles", READ),
            Act::ListRoles,
            "listRoles",
            "Lists the roles, and the scopes of each.",
        )
    },
];
