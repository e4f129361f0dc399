//! How long what is sent to us may be: no longer than a gateway lets through, and no shorter.
//!
//! | gateway | its quota | of what |
//! |---|---|---|
//! | HTTP API | 10,240 bytes | the request line and the values of all headers |
//! | REST API | 10,240 bytes; 8,000 where it is private | all headers: names, values, line ends and blanks |
//! | WebSocket API, Function URL | none that is written down | |
//!
//! API Gateway developer guide, *Quotas for configuring and running an HTTP API* and *a REST API*. So a token that a gateway
//! lets through is refused for what it says, and never for its length.

/// The request line and the values of all headers.
pub const HEADERS: usize = 10 * 1024;

/// A token in an `Authorization` header.
pub const BEARER_TOKEN: usize = HEADERS;

/// What an authorizer answers: 8 KB, whichever kilobyte that is (API Gateway developer guide, *authorizer result*).
pub const AUTHORIZER_ANSWER: usize = 8_000;

/// A path and its query.
pub const TARGET: usize = HEADERS;

/// A token in the body of a provider's answer, which passes no gateway: an ID token with the groups of a large organisation. A
/// quarter of the longest body that is read.
pub const TOKEN_IN_A_BODY: usize = 128 * 1024;
