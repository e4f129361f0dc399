//! Where a person may be sent after signing in: nowhere but home and the listed origins, whatever is asked for.

use std::io::Write;

use futures_util::{StreamExt, stream};
use oauth::{BaseUrl, Origins};
use serde_json::json;
use tests::{Replica, World, stub::Stub};
use url::Url;

/// oauth2-proxy's collection (MIT) of what open redirects were found with, where it lies beside the project.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/openredirects.txt");

/// What has led somewhere else in somebody's code: no line may leave our origin.
const LEADING_AWAY: &[&str] = &[
    "https://evil.example",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://evil.example/x",
    "file:///etc/passwd",
    "/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "/a/..//evil.example",
    "/a/../..//evil.example",
    "/\u{9}/evil.example",
    "/\r\n//evil.example",
    "\u{0}//evil.example",
    " //evil.example",
    "/ /evil.example",
    "//evil.example\\@id.example.com",
    "https://id.example.com@evil.example/",
    "https://id.example.com:x@evil.example/",
    "https://id.example.com.evil.example/",
    "https://id.example.com\\.evil.example/",
    "https://evil.example#id.example.com",
    "https://evil.example?id.example.com",
    "http://id.example.com/",
    "https://id.example.com:444/",
    "https://app.example.com.evil.example/",
    "https://app.example.com@evil.example/",
    "https://user@app.example.com/",
    "http://app.example.com/",
    "https://app.example.com:8443/",
    "https://sub.app.example.com/",
    "//app.example.com/",
    "https://ıd.example.com/",
    "https://ｉｄ.evil.example/",
    "〱evil.example",
    "//evil。example",
    "?https://evil.example",
    "#https://evil.example",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "",
];

/// The two houses that every line is tried against, and the one place outside that the second allows.
fn houses() -> [(Origins, Url, &'static str); 2] {
    let house = |base: &str, listed: &'static str| {
        (Origins::new(BaseUrl::parse(base).unwrap(), listed).unwrap(), Url::parse(base).unwrap(), listed)
    };
    [house("https://id.example.com", "https://app.example.com"), house("http://localhost:3000", "")]
}

/// The oracle: what a browser makes of our `Location` stays on our origin or on the listed one; it is plain, and checking it
/// again changes nothing.
fn check(wanted: &str) {
    for (origins, base, listed) in houses() {
        let place = origins.check(wanted);
        let text = place.as_str();
        assert!(text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'), "{wanted:?} became {text:?}");
        assert!(text.len() <= 1024 && !text.starts_with("//"), "{wanted:?} became {text:?}");
        let url = base.join(text).unwrap();
        let at_home = url.origin() == base.origin() && text.starts_with('/');
        let allowed = !listed.is_empty() && url.origin() == Url::parse(listed).unwrap().origin();
        assert!(at_home || allowed, "{wanted:?} became {text:?}");
        assert!(url.username().is_empty() && url.password().is_none(), "{wanted:?} became {text:?}");
        assert_eq!(origins.check(text), place, "{wanted:?}");
    }
}

/// A line as it is, decoded as often as some proxy might, and behind what could be taken for a path.
fn variants(line: &str) -> Vec<String> {
    let mut all = vec![line.to_owned()];
    let mut text = line.to_owned();
    for _ in 0..3 {
        text = percent_decoded(&text);
        all.push(text.clone());
    }
    all.extend(
        ["/", "//", "/x/../", "/./", "https:", "https://id.example.com", "http://localhost:3000"]
            .map(|before| format!("{before}{line}")),
    );
    all
}

fn percent_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        let hex = |bytes: &[u8]| u8::from_str_radix(std::str::from_utf8(bytes.get(..2)?).ok()?, 16).ok();
        match hex(more).filter(|_| *first == b'%') {
            Some(byte) => (bytes.push(byte), rest = &more[2..]).1,
            None => (bytes.push(*first), rest = more).1,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_known_open_redirect_works() {
    // #22
    for line in LEADING_AWAY {
        variants(line).iter().for_each(|variant| check(variant));
    }
    // And what is not a trick works.
    let [(origins, ..), _] = houses();
    for (wanted, taken) in
        [("/users/me?x=1#y", "/users/me?x=1#y"), ("https://app.example.com/x", "https://app.example.com/x")]
    {
        assert_eq!(origins.check(wanted).as_str(), taken);
    }
}

#[test]
fn no_open_redirect_of_the_corpus_works() {
    // #22
    let Ok(bytes) = std::fs::read(CORPUS) else {
        // Past the capture of the test harness, so that it is seen.
        let _ =
            writeln!(std::io::stderr(), "\nPASSED OVER: {CORPUS} is absent, none of its lines was tried\n");
        return;
    };
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.len() > 500, "{} lines", lines.len());
    for line in lines {
        variants(line).iter().for_each(|variant| check(variant));
    }
}

#[tokio::test]
async fn return_to_is_checked_before_the_redirect() {
    // #22
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("RETURN_TO", "https://app.example.com"));
    let world = World::with(&settings).await;
    let asked = stream::iter(LEADING_AWAY.iter().copied()).map(|wanted| {
        let (browser, stub, now) = (world.browser(), stub.clone(), world.now());
        async move {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("return_to", wanted)
                .finish();
            let start = browser.get(&format!("/users/login?{query}")).await;
            if start.status == 400 {
                return; // Control characters are refused at the door.
            }
            let back = stub.agree(start.expect(303).location(), json!({}), now);
            assert_eq!(browser.get(&back).await.expect(303).location(), "/", "{wanted:?}");
        }
    });
    asked.buffer_unordered(8).collect::<Vec<()>>().await;
    for wanted in ["/users/me?x=1", "https://app.example.com/welcome?x=1"] {
        let browser = world.browser();
        let query =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", wanted).finish();
        let url = browser.start(&format!("/users/login?{query}")).await;
        let answer = browser.get(&stub.agree(&url, json!({}), world.now())).await.expect(303);
        assert_eq!(answer.location(), wanted);
    }
}

#[tokio::test]
async fn a_delisted_origin_is_not_redirected_to() {
    // #22: the list that counts is the one at the end, not the one when the login began.
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("RETURN_TO", "https://app.example.com"));
    let world = World::with(&settings).await;
    let replica = Replica::of(&world, &[("RETURN_TO", "https://other.example.com")]).await;
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=https%3A%2F%2Fapp.example.com%2Fx").await;
    let back = stub.agree(&url, json!({}), world.now());
    assert_eq!(browser.get(&replica.here(&back)).await.expect(303).location(), "/");
}
