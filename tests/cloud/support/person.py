"""A person with a browser of their own, who goes where they are sent and says yes."""

import re
from html import unescape
from urllib.parse import urljoin

import requests


class Person:
    def __init__(self, latchkey):
        self.latchkey, self.browser = latchkey, requests.Session()
        self.browser.headers["accept"] = "text/html"

    def follow(self, url):
        """Goes where it leads, and presses the first button of each page; until they would leave latchkey."""
        answer = self.browser.get(url, allow_redirects=False, timeout=60)
        for _ in range(20):
            if location := answer.headers.get("location"):
                url = urljoin(url, location)
                if not url.startswith(self.latchkey.url):
                    return url
                answer = self.browser.get(url, allow_redirects=False, timeout=60)
                continue
            form = re.search(r'<form[^>]*method="post".*?</form>', answer.text, re.DOTALL)
            assert form, answer.text
            action = re.search(r'action="([^"]*)"', form[0])
            tags = re.findall(r"<input[^>]*>", form[0]) + re.findall(r"<button[^>]*>", form[0])[:1]
            fields = {}
            for tag in tags:
                if name := re.search(r'name="([^"]*)"', tag):
                    value = re.search(r'value="([^"]*)"', tag)
                    fields[name[1]] = unescape(value[1]) if value else ""
            url = urljoin(url, unescape(action[1]) if action else "")
            answer = self.browser.post(url, fields, allow_redirects=False, headers={"sec-fetch-site": "same-origin"}, timeout=60)
        raise AssertionError(f"too many steps: {url}")
