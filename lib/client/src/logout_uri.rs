//! Where a client is told that a session has ended (OpenID Connect Back-Channel Logout §2.2).

use url::{Host, Url};

use crate::{
    Kind,
    new::{Invalid, NewClient, invalid},
};

/// The longest that is registered, in bytes.
const LONGEST: usize = 512;

/// Whether the client can have its URI: a server can receive what is posted to it, and pages and devices cannot.
pub(crate) fn check(new: &NewClient) -> Result<(), Invalid> {
    let Some(uri) = &new.backchannel_logout_uri else {
        return if new.backchannel_logout_session_required {
            invalid("backchannel_logout_session_required says nothing without a backchannel_logout_uri")
        } else {
            Ok(())
        };
    };
    if new.kind != Kind::Web {
        return invalid(format!(
            "only a client of the kind web has a back-channel logout URI: nothing can be posted to a client of the kind {}",
            new.kind.as_str()
        ));
    }
    written_well(uri).map_err(|why| Invalid(format!("the back-channel logout URI {uri:?} {why}")))
}

/// #90: an absolute URL, https, or http on this machine, with nothing but host, path and query. To which machine it leads is
/// checked where it is called.
fn written_well(text: &str) -> Result<(), &'static str> {
    if text.len() > LONGEST {
        return Err("is longer than 512 bytes");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}*".contains(&b)) {
        return Err("has a character that no URL has: percent-encode it");
    }
    let url = Url::parse(text).map_err(|_| "is no absolute URL: write https://…")?;
    if text.contains('#') {
        return Err("has a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err("has a user name or a password in it");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_this_machine(&url) => Ok(()),
        _ => Err("must be https; http is for localhost, 127.0.0.1 and [::1] only"),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
