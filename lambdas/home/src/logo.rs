//! The mark of the installation: latchkey's, or its own, which is compiled in.

use http::header;
use setting::SettingError;
use web::{Brand, Response};

/// latchkey's.
const LATCHKEY: &str = include_str!("latchkey.svg");

/// The installation's own. An operator puts theirs into its place.
const OWN: &str = include_str!("../brand/logo.svg");

/// The largest that an own one may be (bytes).
const LARGEST: usize = 64 * 1024;

/// Pages show it as a picture, in which no script runs and which loads nothing. Nor does it where somebody opens it by itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

pub(crate) fn answer(brand: &Brand) -> Response {
    let svg = if brand.logo { OWN } else { LATCHKEY };
    Response::of("image/svg+xml", svg).header(header::CONTENT_SECURITY_POLICY, POLICY)
}

/// Refuses to start with a picture that is none, that does something, or that loads something from elsewhere.
pub(crate) fn check() -> Result<(), SettingError> {
    let wrong = |why| SettingError::new(format!("lambdas/home/brand/logo.svg {why}"));
    flaw(OWN).map_or(Ok(()), |why| Err(wrong(why)))
}

fn flaw(svg: &str) -> Option<&'static str> {
    let small = svg.to_ascii_lowercase();
    let has = |text: &str| small.contains(text);
    let handles = small.split(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'' || c == '/');
    let mut handles = handles.filter_map(|word| word.split_once('=')).map(|(name, _)| name);
    if svg.len() > LARGEST {
        Some("is larger than 64 KiB")
    } else if !has("<svg") || !has("http://www.w3.org/2000/svg") {
        Some("is no SVG picture")
    } else if ["<script", "<foreignobject", "<iframe", "<embed", "<object", "javascript:", "<!entity"]
        .into_iter()
        .any(has)
        || handles.any(|name| name.trim().starts_with("on"))
    {
        Some("holds something that runs: export it as a plain picture")
    } else if ["href=\"http", "href='http", "href=\"//", "href='//", "url(http", "url(//", "@import"]
        .into_iter()
        .any(has)
    {
        Some("loads something from elsewhere: put all of it into the file")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_runs_or_loads_something_is_refused() {
        // #104
        assert_eq!((flaw(LATCHKEY), flaw(OWN)), (None, None));
        let svg = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
        assert_eq!(flaw(&svg("<style>.a{fill:red}</style><path class='a' d='M0 0'/>")), None);
        for inside in [
            "<script>alert(1)</script>",
            "<SCRIPT href='x'/>",
            "<path onload=\"alert(1)\"/>",
            "<path\nonclick='alert(1)'/>",
            "<a href=\"javascript:alert(1)\"><path/></a>",
            "<foreignObject><p/></foreignObject>",
            "<image href=\"https://example.com/a.png\"/>",
            "<image xlink:href='//example.com/a.png'/>",
            "<style>@import 'x.css'</style>",
            "<style>path{fill:url(https://example.com/a)}</style>",
        ] {
            assert!(flaw(&svg(inside)).is_some(), "{inside}");
        }
        assert_eq!(flaw("PNG"), Some("is no SVG picture"));
        assert_eq!(flaw(&svg(&"x".repeat(LARGEST))), Some("is larger than 64 KiB"));
    }
}
