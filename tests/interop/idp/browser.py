"""A browser as far as a login needs one: follows redirects, keeps cookies, fills in the provider's forms."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from idp import side

TIMEOUT = 20
# Redirects and forms of one login; more is a loop.
STEPS = 20


class Page(HTMLParser):
    """The form of a page, and its links by text."""

    def __init__(self, text):
        super().__init__()
        self.action, self.method, self.fields, self.links = None, "get", {}, {}
        self._link = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.action, self.method = found.get("action", ""), found.get("method", "get").lower()
        elif tag == "input" and found.get("name"):
            self.fields[found["name"]] = found.get("value", "")
        elif tag == "a":
            self._link = found.get("href")

    def handle_data(self, data):
        if self._link is not None:
            self.links[data.strip()] = self._link
            self._link = None


def changed(url, **parameters):
    """The URL with query parameters replaced, or taken away by None: what an attacker makes of a redirect."""
    parts = urlsplit(url)
    given = query(url) | parameters
    kept = {name: value for name, value in given.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def query(url):
    """The query parameters of a URL."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


class Browser:
    """One person's browser, at an address of its own, with nothing remembered at first."""

    def __init__(self):
        self.http = side.session()

    def _get(self, url):
        return self.http.get(url, allow_redirects=False, timeout=TIMEOUT)

    def log_in(self, authorization_url, account, cancel=False):
        """Logs in and consents, or cancels; gives the redirect to the client, which is not followed."""
        client = query(authorization_url)["redirect_uri"]
        reply = self._get(authorization_url)
        for _ in range(STEPS):
            here = reply.url
            if reply.is_redirect:
                target = urljoin(here, reply.headers["Location"])
                if target.split("?")[0] == client:
                    return target
                reply = self._get(target)
                continue
            page = Page(reply.text)
            if reply.status_code != 200 or page.action is None:
                raise AssertionError(f"the provider shows {reply.status_code} {reply.text!r} at {here}")
            if cancel:
                reply = self._get(urljoin(here, page.links["[ Cancel ]"]))
                continue
            fields = page.fields
            if "login" in fields:
                fields |= {"login": account, "password": "any"}
            if page.method != "post":
                raise AssertionError(f"a form by {page.method} at {here}")
            reply = self.http.post(urljoin(here, page.action), data=fields, allow_redirects=False, timeout=TIMEOUT)
        raise AssertionError(f"no end after {STEPS} steps, at {reply.url}")

    def follow(self, callback_url):
        """Follows the redirect to the client; gives the client's reply as it is."""
        return self._get(callback_url)
