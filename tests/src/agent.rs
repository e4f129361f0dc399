//! A browser, or a program: a jar of cookies and a way to ask.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use url::Url;

use web::CookieMode;

use crate::Answer;

/// Somebody who talks to the cloud. A browser takes HTML and says where its requests come from.
#[derive(Debug, Clone)]
pub struct Agent {
    base: Url,
    browser: bool,
    mode: CookieMode,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
    client: reqwest::Client,
}

impl Agent {
    pub fn new(base: &str, browser: bool, mode: CookieMode) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base: Url::parse(base).unwrap(), browser, mode, jar: Arc::default(), client }
    }

    /// A second window on the same jar, or the same jar used in another way.
    pub fn as_program(&self) -> Self {
        Self { browser: false, ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub async fn bearer(&self, path: &str, token: &str) -> Answer {
        self.send(self.request("GET", path).header("authorization", format!("Bearer {token}"))).await
    }

    /// A POST from our own page.
    pub async fn post(&self, path: &str) -> Answer {
        self.send(self.own(self.request("POST", path))).await
    }

    /// A form from our own page.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            self.request("POST", path).header("content-type", "application/x-www-form-urlencoded").body(body);
        self.send(self.own(request)).await
    }

    /// Any request; the jar's cookies are added, and what comes back goes into the jar.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_with(method, path, |_| true)
    }

    /// A POST that another site makes the browser send: only what is `SameSite=None` comes along (RFC 6265bis §5.8.3), and
    /// that is a login at most, and none where cookies are plain.
    pub fn post_from_elsewhere(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.request_with("POST", path, |name| name.starts_with("__Host-login-"));
        request
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded")
    }

    fn request_with(
        &self,
        method: &str,
        path: &str,
        comes_along: impl Fn(&str) -> bool,
    ) -> reqwest::RequestBuilder {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base.as_str().trim_end_matches('/'))
        } else {
            path.to_owned()
        };
        let accept =
            if self.browser { "text/html,application/xhtml+xml,*/*;q=0.8" } else { "application/json" };
        let mut request = self.client.request(method.parse().unwrap(), &url).header("accept", accept);
        let jar = self.jar.lock().unwrap();
        if !jar.is_empty() && Url::parse(&url).unwrap().host_str() == self.base.host_str() {
            let sent = jar.iter().filter(|(name, _)| comes_along(name));
            let cookies: Vec<_> = sent.map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        request
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = Answer::of(request.send().await.unwrap()).await;
        self.keep(&answer);
        answer
    }

    fn own(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let origin = self.base.origin().ascii_serialization();
        if self.browser {
            request.header("origin", origin).header("sec-fetch-site", "same-origin")
        } else {
            request
        }
    }

    /// Does with `Set-Cookie` what a browser does, and insists on what every cookie of ours must have (#31).
    fn keep(&self, answer: &Answer) {
        let mut jar = self.jar.lock().unwrap();
        for cookie in answer.cookies() {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let has = |wanted: &str| attributes.split("; ").any(|attribute| attribute == wanted);
            assert!(name.starts_with(&self.mode.full_name("")), "{cookie}");
            assert!(has("Path=/") && has("HttpOnly") && !attributes.contains("Domain"), "{cookie}");
            assert_eq!(has("Secure"), self.mode == CookieMode::Host, "{cookie}");
            assert!(has("SameSite=Lax") || name.starts_with("__Host-login-"), "{cookie}");
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    pub fn cookie_names(&self) -> Vec<String> {
        self.jar.lock().unwrap().keys().cloned().collect()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub fn clear(&self) {
        self.jar.lock().unwrap().clear();
    }

    /// Starts a login: where the person must go.
    pub async fn start(&self, path: &str) -> String {
        let answer = self.get(path).await;
        if self.browser {
            return answer.expect(303).location().to_owned();
        }
        answer.expect(200).json()["url"].as_str().unwrap().to_owned()
    }

    /// Picks somebody at the stand-in: the address of the callback.
    pub async fn pick(&self, url: &str, person: &str) -> String {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        let request = self
            .request("POST", url)
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.send(request.body(format!("person={person}"))).await;
        answer.expect(303).location().to_owned()
    }

    /// Picks somebody at a stand-in that answers by a form the browser posts (OAuth 2.0 Form Post Response Mode), and posts
    /// it as a browser does that comes from another site; where cookies are plain, from the stand-in, which is none.
    pub async fn pick_and_post(&self, url: &str, person: &str) -> Answer {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        let request = self.request("POST", url).header("origin", origin);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let page = self.send(request.body(format!("person={person}"))).await.expect(200).body;
        self.post_back(&page).await
    }

    /// Posts the form of a provider's page that posts itself.
    pub async fn post_back(&self, page: &str) -> Answer {
        let after =
            |text: &str, mark: &str| unescaped(text.split_once(mark).unwrap().1.split('"').next().unwrap());
        let fields: Vec<_> =
            page.split("<input ").skip(1).map(|it| (after(it, "name=\""), after(it, "value=\""))).collect();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let action = after(page, "action=\"");
        let post = match self.mode {
            CookieMode::Host => self.post_from_elsewhere(&action),
            CookieMode::Plain => self
                .request("POST", &action)
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded"),
        };
        let post = post.header("origin", "null");
        self.send(post.body(body)).await
    }

    /// Signs in from start to end: the callback's answer.
    pub async fn sign_in(&self, person: &str) -> Answer {
        let url = self.start("/users/login").await;
        let back = self.pick(&url, person).await;
        self.get(&back).await
    }

    /// Signs in and gives the access token.
    pub async fn token(&self, person: &str) -> String {
        self.as_program().sign_in(person).await.expect(200).jwt()
    }
}

/// An attribute's value as a browser reads it.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}
