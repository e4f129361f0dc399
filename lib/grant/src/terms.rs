//! How long what a client is granted lives.

use std::time::Duration;

use client::{Client, Kind};
use oauth::{
    Scope,
    server::{GrantType, OFFLINE_ACCESS},
};
use session::family::Terms;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The terms of a grant of this scope. A refresh token needs both: the client has the grant, and `offline_access` was granted
/// (OpenID Connect Core §11). Such a grant outlives the session, unless the client is a page in a browser: its storage stays on a
/// shared computer.
pub fn terms(client: &Client, scope: &Scope) -> Terms {
    let refresh = client.allows(GrantType::RefreshToken) && scope.contains(OFFLINE_ACCESS);
    if !refresh {
        let life = lifetime(client);
        return Terms { refresh, offline: false, idle: life, absolute: life };
    }
    let (idle, absolute) = match client.kind {
        Kind::Spa => (DAY, 7 * DAY),
        Kind::Web | Kind::Native | Kind::Service | Kind::Api => (30 * DAY, 90 * DAY),
    };
    Terms {
        refresh,
        offline: !client.dies_with_session(),
        idle: seconds(client.refresh_idle).unwrap_or(idle),
        absolute: seconds(client.refresh_absolute).unwrap_or(absolute),
    }
}

/// How long the access tokens of a client live: an hour at most, which verifiers of ours insist on.
pub(crate) fn lifetime(client: &Client) -> Duration {
    seconds(client.access_token_lifetime).unwrap_or(token::LIFETIME).min(token::LONGEST_LIFETIME)
}

fn seconds(given: Option<u32>) -> Option<Duration> {
    given.map(|seconds| Duration::from_secs(seconds.into()))
}
