//! Where a client is told that a session has ended (OpenID Connect Back-Channel Logout §2.2).

use url::{Host, Url};

use crate::{
    Kind, NewClient,
    invalid::{Invalid, LogoutFlaw},
    misfit::Misfit,
};

/// The longest that is registered, in bytes.
const LONGEST: usize = 512;

/// Whether the client can have its URI: a server can receive what is posted to it, and pages and devices cannot.
pub(crate) fn check(new: &NewClient) -> Result<(), Invalid> {
    let Some(uri) = &new.backchannel_logout_uri else {
        return if new.backchannel_logout_session_required {
            Err(Misfit::LogoutWithoutUri.into())
        } else {
            Ok(())
        };
    };
    if new.kind != Kind::Web {
        return Err(Misfit::LogoutOf(new.kind).into());
    }
    written_well(uri).map_err(|flaw| Invalid::LogoutUri(uri.clone(), flaw))
}

/// #90: an absolute URL, https, or http on this machine, with nothing but host, path and query. To which machine it leads is
/// checked where it is called.
fn written_well(text: &str) -> Result<(), LogoutFlaw> {
    if text.len() > LONGEST {
        return Err(LogoutFlaw::Long);
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}*".contains(&b)) {
        return Err(LogoutFlaw::Character);
    }
    let url = Url::parse(text).map_err(|_| LogoutFlaw::Relative)?;
    if text.contains('#') {
        return Err(LogoutFlaw::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return Err(LogoutFlaw::User);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_this_machine(&url) => Ok(()),
        _ => Err(LogoutFlaw::Scheme),
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
