//! What of a request is kept in the trail, and with a session.

use http::header;
use oauth::Visit;

use crate::Request;

/// The longest `User-Agent` that is looked at (bytes): browsers write less.
const LONGEST: usize = 400;

impl Request {
    /// When and from where it came, as far as that is kept.
    pub fn visit(&self) -> Visit {
        Visit {
            at: self.now,
            request_id: Some(self.id.clone()),
            from: self.source().map(oauth::short),
            device: self.header(header::USER_AGENT.as_str()).and_then(device),
        }
    }
}

/// Browsers by what they alone write, the particular ones first: most call themselves Chrome and Safari as well.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
];

/// Systems, likewise: an iPad says that it is like Mac OS X, and Android that it is Linux.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// What stands between the two, as it is stored; pages say it in their reader's language.
pub(crate) const ON: &str = " on ";

/// The browser and the system in words of ours, as far as they are known: nothing that a caller writes comes through. Anybody can say
/// anything there, so it is for people who look at their own sessions, and decides nothing.
fn device(user_agent: &str) -> Option<String> {
    let known = |of: &[(&str, &'static str)]| {
        let user_agent = user_agent.get(..LONGEST).unwrap_or(user_agent);
        of.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = known(&BROWSERS).filter(|browser| *browser != "Safari" || user_agent.contains("Safari/"));
    match (browser, known(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser}{ON}{system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_what_its_person_calls_it() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        for (user_agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
            (&format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"), "Chrome on Windows"),
            (&format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Edg/131.0.0.0"), "Edge on Windows"),
            (&format!("Mozilla/5.0 (Linux; Android 10; K) {WEBKIT}"), "Chrome on Android"),
            (&format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT}"), "Chrome on ChromeOS"),
            (&format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} OPR/116.0.0.0"), "Opera on Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15",
                "Firefox on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("SomeTool/1.0 (Linux)", "Linux"),
        ] {
            assert_eq!(device(user_agent).as_deref(), Some(name), "{user_agent}");
        }
    }

    #[test]
    fn nothing_that_a_caller_makes_up_is_kept() {
        // #103
        let long = format!("{}Firefox/1", "a".repeat(LONGEST));
        for user_agent in ["", "canary", "<b>canary</b>", "Version/1.0 canary", "firefox linux", &long] {
            assert_eq!(device(user_agent), None, "{user_agent}");
        }
        assert_eq!(device("canary Firefox/canary").as_deref(), Some("Firefox"));
    }
}
