//! Whether a request that changes something comes from our own pages (#27, #28, #30).

use oauth::{BaseUrl, Code, Error, Sentence};

use crate::Request;

impl Request {
    /// Lets a request through that our own page made, or a program outside of any browser. `Sec-Fetch-Site` decides where
    /// the browser sends it, since no page and no policy can change it: under a `no-referrer` policy our own form says
    /// `Origin: null`. `Origin` decides where it does not, or says `none`, which no page caused. A browser always sends one
    /// of the two with a POST, so what carries neither cannot ride on a stranger's page.
    /// Nothing is ours where it is not known where we live.
    pub(crate) fn same_origin(&self, base: Option<&BaseUrl>) -> Result<(), Error> {
        let sites: Vec<_> = self.headers.all("sec-fetch-site").collect();
        let mut origins = self.headers.all("origin");
        let ours = match sites.as_slice() {
            [Some("same-origin")] => true,
            [] | [Some("none")] => {
                origins.all(|origin| base.is_some_and(|base| origin == Some(base.as_str())))
            }
            _ => false,
        };
        if ours && base.is_some() {
            Ok(())
        } else {
            Err(Error::said(Code::AccessDenied, Sentence::OnlyOurPages))
        }
    }
}

#[cfg(test)]
mod tests {
    use oauth::Time;
    use serde_json::json;

    use super::*;
    use crate::base_path::BasePath;

    fn asked(sites: &[&str], origins: &[&str]) -> bool {
        let event =
            json!({"rawPath": "/", "requestContext": {"http": {"method": "POST"}, "requestId": "r-1"}});
        let mut request = crate::event::read(&event, &BasePath::default(), Time::from_epoch(7)).unwrap();
        for (name, values) in [("sec-fetch-site", sites), ("origin", origins)] {
            for value in values {
                request.headers.add(name, value);
            }
        }
        assert!(request.same_origin(None).is_err());
        request.same_origin(Some(&BaseUrl::parse("https://id.example.com").unwrap())).is_ok()
    }

    #[test]
    fn sec_fetch_site_decides_and_origin_where_it_does_not() {
        // #27, #28
        const OURS: &str = "https://id.example.com";
        let origins: [&[&str]; 6] =
            [&[], &[OURS], &["null"], &["https://evil.com"], &[OURS, OURS], &[OURS, "null"]];
        for (site, allowed) in [
            (&["same-origin"][..], [true, true, true, true, true, true]),
            (&["none"], [true, true, false, false, true, false]),
            (&[], [true, true, false, false, true, false]),
            (&["same-site"], [false; 6]),
            (&["cross-site"], [false; 6]),
            (&["Same-Origin"], [false; 6]),
            (&[""], [false; 6]),
            (&["same-origin, cross-site"], [false; 6]),
            (&["same-origin", "cross-site"], [false; 6]),
            (&["same-origin", "same-origin"], [false; 6]),
        ] {
            assert_eq!(origins.map(|origins| asked(site, origins)), allowed, "{site:?}");
        }
    }
}
