//! What the authorization server is asked, flow by flow, and what each may cost.

// The names by which tables ask for them.
pub const CODE: &str = "oauth-authorize, code";
pub const REDEEM: &str = "oauth-token, code";
pub const RENEW: &str = "oauth-token, renewal";
pub const FOR_ITSELF: &str = "oauth-token, client credentials";
pub const BY_ASSERTION: &str = "oauth-token, client credentials by assertion";
pub const ABOUT_ACCESS: &str = "oauth-introspect, access token";
pub const ABOUT_REFRESH: &str = "oauth-introspect, refresh token";
pub const USERINFO: &str = "oauth-introspect, userinfo";
pub const REVOKE: &str = "oauth-revoke";
pub const PUSH: &str = "oauth-par";
pub const LOGOUT: &str = "oauth-logout";
pub const DEVICE: &str = "oauth-device";
pub const POLL: &str = "oauth-token, device poll";
pub const EXCHANGE: &str = "oauth-token, exchange";
pub const EXCHANGE_OF_PERSON: &str = "oauth-token, exchange of an ID token";

/// One way of asking a function that can be asked in several.
pub struct Flow {
    /// The function, and after a comma which way it is, if there are others.
    pub name: &'static str,
    pub function: &'static str,
    pub what: &'static str,
    pub ask: Asked,
    /// The status of its answer.
    pub status: u16,
    /// How many calls to DynamoDB it may make; nothing if there is no budget.
    pub calls: Option<u32>,
    /// How many write units they may cost.
    pub write_units: Option<u32>,
    /// How many signatures its floor makes and checks; without a budget of CPU, nothing.
    pub floor: Option<Signatures>,
    /// Whether it is only there with `FOREIGN_TOKENS`, for which the function is built with more code.
    pub foreign: bool,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Code,
    ConsentPage,
    Redeem,
    Renew,
    ForItself,
    ByAssertion,
    AboutAccess,
    AboutRefresh,
    Userinfo,
    Revoke,
    Push,
    Logout,
    Device,
    Poll,
    Exchange,
    ExchangeOfPerson,
}

/// How many signatures are made and checked.
#[derive(Debug, Clone, Copy)]
pub struct Signatures {
    pub made: u8,
    /// Of ours, RS256.
    pub checked: u8,
    /// Of a client, ES256.
    pub checked_of_client: u8,
}

const fn signatures(made: u8, checked: u8, checked_of_client: u8) -> Option<Signatures> {
    Some(Signatures { made, checked, checked_of_client })
}

/// All of them.
pub const FLOWS: &[Flow] = &[
    Flow {
        name: CODE,
        function: "oauth-authorize",
        what: "a code for somebody who is signed in",
        ask: Asked::Code,
        status: 303,
        calls: Some(3),
        write_units: None,
        floor: signatures(0, 0, 0),
        foreign: false,
    },
    Flow {
        name: "oauth-authorize, page",
        function: "oauth-authorize",
        what: "the page that asks for consent",
        ask: Asked::ConsentPage,
        status: 200,
        calls: None,
        write_units: None,
        floor: None,
        foreign: false,
    },
    Flow {
        name: REDEEM,
        function: "oauth-token",
        what: "a code for tokens, with an ID token",
        ask: Asked::Redeem,
        status: 200,
        calls: Some(3),
        write_units: None,
        floor: signatures(2, 0, 0),
        foreign: false,
    },
    Flow {
        name: RENEW,
        function: "oauth-token",
        what: "a refresh token for the next one, with an ID token",
        ask: Asked::Renew,
        status: 200,
        calls: Some(3),
        write_units: Some(1),
        floor: signatures(2, 0, 0),
        foreign: false,
    },
    Flow {
        name: FOR_ITSELF,
        function: "oauth-token",
        what: "a service for itself, by its secret",
        ask: Asked::ForItself,
        status: 200,
        calls: Some(2),
        write_units: Some(0),
        floor: signatures(1, 0, 0),
        foreign: false,
    },
    Flow {
        name: BY_ASSERTION,
        function: "oauth-token",
        what: "a service for itself, by a JWT that it signs (`private_key_jwt`)",
        ask: Asked::ByAssertion,
        status: 200,
        calls: Some(3),
        write_units: Some(1),
        floor: signatures(1, 0, 1),
        foreign: false,
    },
    Flow {
        name: ABOUT_ACCESS,
        function: "oauth-introspect",
        what: "whether an access token is good now",
        ask: Asked::AboutAccess,
        status: 200,
        calls: Some(1),
        write_units: Some(0),
        floor: signatures(0, 1, 0),
        foreign: false,
    },
    Flow {
        name: ABOUT_REFRESH,
        function: "oauth-introspect",
        what: "whether a refresh token is good now",
        ask: Asked::AboutRefresh,
        status: 200,
        calls: Some(2),
        write_units: Some(0),
        floor: signatures(0, 0, 0),
        foreign: false,
    },
    Flow {
        name: USERINFO,
        function: "oauth-introspect",
        what: "the claims of a person",
        ask: Asked::Userinfo,
        status: 200,
        calls: Some(1),
        write_units: Some(0),
        floor: signatures(0, 1, 0),
        foreign: false,
    },
    Flow {
        name: REVOKE,
        function: "oauth-revoke",
        what: "ends a grant by its refresh token",
        ask: Asked::Revoke,
        status: 200,
        calls: Some(2),
        write_units: None,
        floor: signatures(0, 0, 0),
        foreign: false,
    },
    Flow {
        name: PUSH,
        function: "oauth-par",
        what: "an app pushes its request",
        ask: Asked::Push,
        status: 201,
        calls: Some(2),
        write_units: None,
        floor: signatures(0, 0, 0),
        foreign: false,
    },
    Flow {
        name: LOGOUT,
        function: "oauth-logout",
        what: "an app signs its person out, by an ID token",
        ask: Asked::Logout,
        status: 303,
        calls: None,
        write_units: None,
        floor: None,
        foreign: false,
    },
    Flow {
        name: DEVICE,
        function: "oauth-device",
        what: "a device asks for access",
        ask: Asked::Device,
        status: 200,
        calls: None,
        write_units: None,
        floor: None,
        foreign: false,
    },
    Flow {
        name: POLL,
        function: "oauth-token",
        what: "a device whose person has not decided",
        ask: Asked::Poll,
        status: 400,
        calls: Some(2),
        write_units: None,
        floor: signatures(0, 0, 0),
        foreign: false,
    },
    Flow {
        name: EXCHANGE,
        function: "oauth-token",
        what: "an access token of ours for another one of its grant (`FOREIGN_TOKENS=on`)",
        ask: Asked::Exchange,
        status: 200,
        calls: Some(2),
        write_units: Some(0),
        floor: signatures(1, 1, 0),
        foreign: true,
    },
    Flow {
        name: EXCHANGE_OF_PERSON,
        function: "oauth-token",
        what: "a provider's ID token for a token of ours (`FOREIGN_TOKENS=on`)",
        ask: Asked::ExchangeOfPerson,
        status: 200,
        calls: Some(5),
        write_units: None,
        floor: signatures(1, 1, 0),
        foreign: true,
    },
];
