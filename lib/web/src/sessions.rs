//! The sessions of a browser: of one person at a time, or of several who use it.
//!
//! The cookie `session` is that of the session that acts. Once there are several, each has a cookie of its own besides,
//! `session-<9 characters of hash(sid)>`, which stays when another one acts: so that of two tabs that choose at once neither loses
//! a session. None of them says that the session lives.

use std::time::Duration;

use oauth::{Digest, Secret, SessionCookie};

use crate::{Cookie, Request, Response};

/// Of the session that acts.
const SESSION: &str = "session";

/// How many a request is asked for: more than there may be, so that what is too much can be ended.
const MOST_READ: usize = 2 * SessionCookie::MOST;

impl Request {
    /// The cookie of the session that acts in this browser, whether there is such a session or not.
    pub fn session(&self) -> Option<Secret> {
        self.own_cookie(SESSION).map(Secret::new)
    }

    /// The cookies of all sessions that this browser shows, whether there are such sessions or not: of each id one, first that of
    /// the session that acts.
    pub fn sessions(&self) -> Vec<Secret> {
        let acting = self.session().filter(|value| SessionCookie::parse(value).is_some());
        let others = self.own_cookies().filter_map(|(name, _)| self.own_session(name));
        let mut all: Vec<Secret> = Vec::new();
        for value in acting.into_iter().chain(others) {
            if all.len() < MOST_READ && all.iter().all(|known| sid(known) != sid(&value)) {
                all.push(value);
            }
        }
        all
    }

    /// The same, as they are compared with their rows.
    pub fn session_cookies(&self) -> Vec<SessionCookie> {
        self.sessions().iter().filter_map(SessionCookie::parse).collect()
    }

    /// The cookie of the session with this id, if this browser shows one: for a form, which acts in the session that it was made
    /// for, whichever acts now (#29).
    pub fn session_of(&self, wanted: &str) -> Option<Secret> {
        self.sessions().into_iter().find(|value| sid(value).as_deref() == Some(wanted))
    }

    /// A session's own cookie, under the name that belongs to it.
    fn own_session(&self, name: &str) -> Option<Secret> {
        name.strip_prefix(SESSION)?.strip_prefix('-')?;
        let value = Secret::new(self.own_cookie(name)?);
        (name == own_name(SessionCookie::parse(&value)?.sid())).then_some(value)
    }

    /// Whether this is the session that acts.
    fn is_acting(&self, wanted: &str) -> bool {
        self.session().is_some_and(|value| sid(&value).as_deref() == Some(wanted))
    }
}

impl Cookie {
    /// Makes the browser forget which session acts.
    pub fn forget_session() -> Self {
        Self::forget(SESSION)
    }

    /// The cookies by which a browser forgets the session with this id.
    pub fn forget_session_of(request: &Request, sid: &str) -> Vec<Self> {
        let acting = request.is_acting(sid).then(Self::forget_session);
        let own = own_name(sid);
        let own = request.own_cookie(&own).is_some().then(|| Self::forget(&own));
        acting.into_iter().chain(own).collect()
    }
}

impl Response {
    /// From now on the session with this id and this secret acts in the browser. The others that it shows stay.
    #[must_use]
    pub fn acting(self, request: &Request, sid: &str, secret: &Secret, max_age: Duration) -> Self {
        let value = SessionCookie::value(sid, secret);
        let response = self.cookie(&Cookie::new(SESSION, value.expose(), max_age));
        if request.session_cookies().iter().all(|shown| shown.sid() == sid) {
            return response;
        }
        response.keeping(request).cookie(&own(sid, &value, max_age))
    }

    /// The session that acts gets a cookie of its own, so that the browser still has it when another one acts.
    #[must_use]
    pub fn keeping(self, request: &Request) -> Self {
        let Some(value) = request.session() else { return self };
        let Some(sid) = sid(&value) else { return self };
        let is_kept = request.own_cookie(&own_name(&sid)).is_some_and(|kept| value.matches(kept));
        if is_kept { self } else { self.cookie(&own(&sid, &value, SessionCookie::LONGEST)) }
    }

    /// The browser forgets so many sessions that one more can begin, where nobody can see them when it does: the one that acts stays,
    /// and the others as long as there is room. Nobody has their cookies then, so they end without being used.
    #[must_use]
    pub fn making_room(self, request: &Request) -> Self {
        let shown = request.session_cookies();
        let surplus = shown.iter().skip(SessionCookie::MOST - 1);
        surplus.fold(self, |response, cookie| response.without_session(request, cookie.sid()))
    }

    /// A session that was chosen acts from now on.
    #[must_use]
    pub fn acting_as(self, request: &Request, sid: &str) -> Self {
        let Some(value) = request.session_of(sid).filter(|_| !request.is_acting(sid)) else { return self };
        let response = self.keeping(request).cookie(&own(sid, &value, SessionCookie::LONGEST));
        response.cookie(&Cookie::new(SESSION, value.expose(), SessionCookie::LONGEST))
    }

    /// The browser forgets the session with this id.
    #[must_use]
    pub fn without_session(self, request: &Request, sid: &str) -> Self {
        Cookie::forget_session_of(request, sid).iter().fold(self, Self::cookie)
    }

    /// The browser forgets all of its sessions.
    #[must_use]
    pub fn without_sessions(self, request: &Request) -> Self {
        let named = |name: &str| name.strip_prefix(SESSION).is_some_and(|rest| rest.starts_with('-'));
        let own = request.own_cookies().map(|(name, _)| name).filter(|name| named(name));
        let own = own.filter(|name| name.bytes().all(|b| b.is_ascii_graphic()));
        own.map(Cookie::forget).fold(self.cookie(&Cookie::forget_session()), |it, own| it.cookie(&own))
    }
}

fn own(sid: &str, value: &Secret, max_age: Duration) -> Cookie {
    Cookie::new(&own_name(sid), value.expose(), max_age)
}

fn own_name(sid: &str) -> String {
    format!("{SESSION}-{}", &Digest::of(sid.as_bytes()).as_str()[..9])
}

fn sid(value: &Secret) -> Option<String> {
    SessionCookie::parse(value).map(|cookie| cookie.sid().to_owned())
}

#[cfg(test)]
mod tests {
    use oauth::Time;
    use serde_json::json;

    use super::*;
    use crate::{CookieMode, SealedCookies, Sealer, base_path::BasePath, cookie};

    /// A request with these cookies of ours.
    fn request(cookies: &[(String, String)]) -> Request {
        let event =
            json!({"rawPath": "/", "requestContext": {"http": {"method": "GET"}, "requestId": "r-1"}});
        let mut request = crate::event::read(&event, &BasePath::default(), Time::from_epoch(7)).unwrap();
        let full = |name: &str| CookieMode::Host.full_name(name);
        request.cookies = cookies.iter().map(|(name, value)| (full(name), value.clone())).collect();
        request
    }

    /// What the browser has after an answer.
    fn after(mut jar: Vec<(String, String)>, response: &Response) -> Vec<(String, String)> {
        for cookie in &response.cookies {
            let header = cookie.to_header(CookieMode::Host).to_str().unwrap().to_owned();
            let (pair, attributes) = header.split_once("; ").unwrap();
            let (name, value) = pair.strip_prefix("__Host-").unwrap().split_once('=').unwrap();
            jar.retain(|(other, _)| other != name);
            if !attributes.contains("Max-Age=0;") {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
        jar
    }

    struct Person {
        sid: String,
        secret: Secret,
    }

    impl Person {
        fn new() -> Self {
            Self { sid: Secret::random().expose().to_owned(), secret: Secret::random() }
        }

        fn enter(&self, jar: Vec<(String, String)>) -> Vec<(String, String)> {
            let answer = Response::empty(http::StatusCode::OK);
            let answer = answer.acting(&request(&jar), &self.sid, &self.secret, SessionCookie::LONGEST);
            after(jar, &answer)
        }
    }

    fn sids(jar: &[(String, String)]) -> Vec<String> {
        request(jar).session_cookies().iter().map(|cookie| cookie.sid().to_owned()).collect()
    }

    #[test]
    fn one_session_has_one_cookie_and_several_have_one_each() {
        let [ada, alan, grace] = [(); 3].map(|()| Person::new());
        let jar = ada.enter(Vec::new());
        assert_eq!((jar.len(), sids(&jar)), (1, vec![ada.sid.clone()]));
        // Signing in afresh changes the secret, and leaves one cookie.
        let jar = Person { sid: ada.sid.clone(), secret: Secret::random() }.enter(jar);
        assert_eq!((jar.len(), sids(&jar)), (1, vec![ada.sid.clone()]));
        let jar = grace.enter(alan.enter(jar));
        assert_eq!(jar.len(), 4);
        let all = sids(&jar);
        assert_eq!((all.len(), &all[0]), (3, &grace.sid));
        // Whoever is chosen acts, and nobody is lost: not even where two tabs choose at once.
        let choose = |sid: &str| Response::empty(http::StatusCode::OK).acting_as(&request(&jar), sid);
        let (one, other) = (choose(&ada.sid), choose(&alan.sid));
        let both = after(after(jar.clone(), &one), &other);
        assert_eq!((sids(&both).len(), sids(&both).remove(0)), (3, alan.sid.clone()));
        // Somebody whose cookie the browser does not have is not chosen.
        assert!(choose(Person::new().sid.as_str()).cookies.is_empty());
        let gone = Response::empty(http::StatusCode::OK).without_session(&request(&both), &alan.sid);
        let left = after(both.clone(), &gone);
        assert_eq!(request(&left).session().map(|it| it.expose().to_owned()), None);
        assert_eq!(sids(&left).len(), 2);
        let all_gone = Response::empty(http::StatusCode::OK).without_sessions(&request(&both));
        assert_eq!(after(both, &all_gone), []);
    }

    #[test]
    fn a_secret_that_changed_outside_of_the_cookies_of_its_own_is_kept_when_another_acts() {
        // What a provider's site posts comes without these cookies, so only `session` is set then.
        let (ada, alan) = (Person::new(), Person::new());
        let mut jar = alan.enter(ada.enter(Vec::new()));
        let fresh = SessionCookie::value(&alan.sid, &Secret::random());
        jar.retain(|(name, _)| name != SESSION);
        jar.push((SESSION.to_owned(), fresh.expose().to_owned()));
        let shown = request(&jar).session_of(&alan.sid).unwrap();
        assert!(shown.matches(fresh.expose()));
        let answer = Response::empty(http::StatusCode::OK).acting_as(&request(&jar), &ada.sid);
        let kept = request(&after(jar, &answer)).session_of(&alan.sid).unwrap();
        assert!(kept.matches(fresh.expose()));
    }

    #[test]
    fn where_nobody_sees_the_others_there_is_room_for_one_more() {
        // #36
        let people = [(); 7].map(|()| Person::new());
        let jar = people.iter().fold(Vec::new(), |jar, person| person.enter(jar));
        assert_eq!(sids(&jar).len(), 7);
        let left = after(jar.clone(), &Response::empty(http::StatusCode::OK).making_room(&request(&jar)));
        assert_eq!(
            (sids(&left).len(), sids(&left).remove(0)),
            (SessionCookie::MOST - 1, people[6].sid.clone())
        );
        let stays = after(left.clone(), &Response::empty(http::StatusCode::OK).making_room(&request(&left)));
        assert_eq!(stays, left);
    }

    #[test]
    fn only_a_cookie_under_the_name_of_its_own_session_is_read() {
        // #31, #32
        let (ada, alan) = (Person::new(), Person::new());
        let value = |person: &Person| SessionCookie::value(&person.sid, &person.secret).expose().to_owned();
        for (name, value) in [
            (own_name(&alan.sid), value(&ada)),
            ("session-".to_owned(), value(&ada)),
            ("sessions".to_owned(), value(&ada)),
            (own_name(&ada.sid), ada.sid.clone()),
            (own_name(&ada.sid), format!("{} ", value(&ada))),
        ] {
            assert!(request(&[(name.clone(), value)]).sessions().is_empty(), "{name}");
        }
        let twice = [(own_name(&ada.sid), value(&ada)), (own_name(&ada.sid), value(&ada))];
        assert!(request(&twice).sessions().is_empty());
        let many = [(); 40].map(|()| Person::new());
        let many = many.each_ref().map(|person| (own_name(&person.sid), value(person)));
        assert_eq!(request(&many).sessions().len(), MOST_READ);
    }

    #[test]
    fn all_cookies_of_ours_take_less_than_four_kilobytes_whatever_is_open() {
        // #36: five people are signed in, and each of forty tabs begins a sign-in of another size.
        let mut jar = (0..SessionCookie::MOST).fold(Vec::new(), |jar, _| Person::new().enter(jar));
        let sessions = bytes(&jar);
        let cookies =
            SealedCookies::new(Sealer::new(&Secret::random()).unwrap(), "login", Duration::from_secs(600));
        for (tab, size) in (0..40).zip([40, 830, 300, 500, 830, 1].into_iter().cycle()) {
            let now = Time::from_epoch(1_800_000_000 + tab);
            let new = cookies.write(&format!("{tab}"), "google", &"x".repeat(size), now).unwrap();
            let old = cookies.make_room(&request(&jar), &new, 5);
            let answer =
                old.iter().fold(Response::empty(http::StatusCode::OK).cookie(&new), Response::cookie);
            jar = after(jar, &answer);
            assert!(bytes(&jar) < 4096, "{tab}: {}", bytes(&jar));
            // The newest is there, and none of the sessions went for it.
            let read: Option<String> = cookies.read(&at(&jar, now), &format!("{tab}"), "google");
            assert_eq!(read.map(|text| text.len()), Some(size));
            assert_eq!(sids(&jar).len(), SessionCookie::MOST);
        }
        assert!(sessions + cookie::MOST_LOGIN_BYTES < 4096, "{sessions}");
        // Of small ones there are five.
        for tab in 100..112 {
            let now = Time::from_epoch(1_800_000_000 + tab);
            let new = cookies.write(&format!("{tab}"), "google", &"x".repeat(380), now).unwrap();
            let old = cookies.make_room(&request(&jar), &new, 5);
            let answer =
                old.iter().fold(Response::empty(http::StatusCode::OK).cookie(&new), Response::cookie);
            jar = after(jar, &answer);
        }
        assert_eq!(jar.iter().filter(|(name, _)| name.starts_with("login-")).count(), 5);
    }

    fn at(jar: &[(String, String)], now: Time) -> Request {
        Request { now, ..request(jar) }
    }

    fn bytes(jar: &[(String, String)]) -> usize {
        let each = jar.iter().map(|(name, value)| cookie::length(&CookieMode::Host.full_name(name), value));
        each.sum()
    }
}
