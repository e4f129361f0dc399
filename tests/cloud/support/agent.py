"""A browser, or a program: a jar of cookies and a way to ask. Nothing of it knows how the service is made."""

import functools
import http.client
import json
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT = 60
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json", "accept": "application/json"}


@dataclass
class Answer:
    status: int
    headers: list
    body: str

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), "")

    def cookies(self):
        return [value for key, value in self.headers if key.lower() == "set-cookie"]

    def field(self, name):
        """What a hidden field of the page has."""
        return unescape(re.search(rf'name="{name}" value="([^"]*)"', self.body)[1])

    def json(self):
        return json.loads(self.body)

    def expect(self, status):
        assert self.status == status, self
        return self


def ask(method, url, headers=(), body=None):
    """One request, no redirect followed. `*.localhost` is this machine (RFC 6761 §6.3), whatever the resolver says."""
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname.endswith("localhost") else parts.hostname
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(host, parts.port, timeout=TIMEOUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, {"host": parts.netloc, **dict(headers)})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read().decode())
    finally:
        connection.close()


@dataclass
class Service:
    """latchkey at an address. `issuer` is where it says it lives, which need not be where it is called. Of a real deployment
    nobody knows the cookie key."""

    url: str
    issuer: str = ""
    token: str = ""
    people: bool = True
    cookie_key: str = ""

    def __post_init__(self):
        self.url = self.url.rstrip("/")
        self.issuer = self.issuer or ask("GET", f"{self.url}/.well-known/openid-configuration").expect(200).json()["issuer"]

    def browser(self):
        return Agent(self, html=True)

    def program(self):
        return Agent(self, html=False)


class Agent:
    def __init__(self, service, html):
        self.service, self.html, self.jar = service, html, {}

    def ask(self, method, path, headers=(), body=None):
        url = self.service.url + path.removeprefix(self.service.issuer)
        headers = {"accept": HTML if self.html else "application/json", **dict(headers)}
        if self.jar:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = ask(method, url, headers, body)
        for cookie in answer.cookies():
            name, value = cookie.split(";")[0].split("=", 1)
            if "Max-Age=0" in cookie:
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer

    def get(self, path, token=None):
        return self.ask("GET", path, {"authorization": f"Bearer {token}"} if token else {})

    def post(self, path, headers=FORM, body=""):
        """A POST from a page of ours."""
        return self.ask("POST", path, {"origin": self.service.issuer, "sec-fetch-site": "same-origin", **headers}, body)

    def form(self, path, **fields):
        """A form of a page of ours."""
        return self.post(path, body=urlencode(fields))

    def json(self, path, **content):
        """What a script of a page of ours sends; or a program, which has no page."""
        send = self.post if self.html else functools.partial(self.ask, "POST")
        return send(path, JSON, json.dumps(content))

    def start(self, path="/users/login"):
        """Starts a login: where the person must go."""
        answer = self.get(path)
        return answer.expect(303).header("location") if self.html else answer.expect(200).json()["url"]

    def sign_in(self, person, path="/users/login"):
        return self.get(agree(self.start(path), person))


def agree(url, person):
    """A person says yes at the provider: the address that the browser is sent back to."""
    if urlsplit(url).path.startswith("/stand-in/"):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        return ask("POST", url, {"origin": origin, **FORM}, f"person={person}").expect(303).header("location")
    return Visitor().agree(url, person)


class Visitor:
    """Somebody with a browser of their own at the certified provider, which shows two forms: who they are, and whether they
    consent."""

    def __init__(self):
        self.jar = {}

    def agree(self, url, person):
        home = urlsplit(url).netloc
        at, answer = url, self.ask("GET", url)
        for fields in ({"prompt": "login", "login": person, "password": "any"}, {"prompt": "consent"}):
            at, answer = self.follow(home, at, answer)
            action = re.search(r'action="([^"]+)"', answer.expect(200).body)[1]
            at = urljoin(at, action)
            answer = self.ask("POST", at, FORM, urlencode(fields))
        at, answer = self.follow(home, at, answer)
        assert answer is None, f"the provider shows another page: {answer}"
        return at

    def follow(self, home, at, answer):
        """Follows redirects to a page, or to where they leave the provider."""
        while answer.status in (302, 303):
            at = urljoin(at, answer.header("location"))
            if urlsplit(at).netloc != home:
                return at, None
            answer = self.ask("GET", at)
        return at, answer

    def ask(self, method, url, headers=(), body=None):
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        answer = ask(method, url, {**dict(headers), **cookie}, body)
        for cookie in answer.cookies():
            name, value = cookie.split(";")[0].split("=", 1)
            if value:
                self.jar[name] = value
            else:
                self.jar.pop(name, None)
        return answer
