"""Callers at addresses of their own: the service limits logins and guesses by address, and there are many here."""

import itertools

import requests
from requests.adapters import HTTPAdapter

# All of 127.0.0.0/8 is this machine (on Linux, without more ado); 127.0.0.1 is where everything else comes from.
ADDRESSES = (f"127.1.{number >> 8}.{number & 255}" for number in itertools.count(1))


class From(HTTPAdapter):
    """Connections that come from one address."""

    def __init__(self, address):
        self._source = (address, 0)
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=self._source, **options)


def session():
    """A session of somebody who has not called before."""
    made = requests.Session()
    made.mount("http://", From(next(ADDRESSES)))
    return made
