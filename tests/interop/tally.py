"""One line per check, and the count at the end."""

import traceback
from contextlib import contextmanager


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def line(self, name, problem=None):
        if problem is None:
            self.passed += 1
            print(f"ok      {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {name}: {problem}", flush=True)

    @contextmanager
    def check(self, name):
        """Passes unless the block raises. Later checks run all the same."""
        try:
            yield
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.line(name, f"{type(error).__name__} {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})")
        else:
            self.line(name)

    def close(self):
        """Prints the count; the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def expect(reply, status, error=None):
    """The reply's JSON (None for 204), if status and error code are these; else the exchange is the problem."""
    if reply.status_code != status or (error and reply.json().get("error") != error):
        sent = reply.request
        proof = sent.headers.get("Device-Proof") or sent.headers.get("Authorization")
        raise AssertionError(
            f"expected {status} {error or ''}, got {reply.status_code} {reply.text!r} for {sent.method} {sent.url} "
            f"with {proof} and {sent.body!r}")
    return reply.json() if reply.content else None


def equal(found, expected):
    """`assert` with both sides in the message."""
    if found != expected:
        raise AssertionError(f"expected {expected!r}, got {found!r}")


def raises(errors, act, *arguments):
    """Fails unless the call raises one of these."""
    try:
        act(*arguments)
    except errors:
        return
    raise AssertionError(f"{act.__name__} took what it must refuse")
