//! Whether a request that changes something comes from our own pages (#27, #28, #30).

use oauth::{BaseUrl, Code, Error};

use crate::Request;

impl Request {
    /// Lets a request through that our own page made, or a program outside of any browser. A browser always sends `Origin`
    /// or `Sec-Fetch-Site` with a POST, so what carries neither cannot ride on a stranger's page; `Origin: null` is a
    /// stranger's.
    pub fn same_origin(&self, base: &BaseUrl) -> Result<(), Error> {
        let stranger = || Error::new(Code::AccessDenied, "this can only be asked by our own pages");
        let site = self.headers.get("sec-fetch-site").map(|v| v.as_bytes());
        if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
            return Err(stranger());
        }
        let mut origins = self.headers.get_all("origin").iter();
        let ours = origins.all(|origin| origin.as_bytes() == base.as_str().as_bytes());
        if ours { Ok(()) } else { Err(stranger()) }
    }
}
