"""Replies as an iOS app reads them: every member of its own type."""

import re

from authenticator.app import typed
from tally import equal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
PENDING = ("pending",)
FINAL = ("confirmed", "denied", "error", "time_out", "unavailable")


def told(reply):
    return f"got {reply.status_code} {reply.text!r} for {reply.request.method} {reply.request.url}"


def data_of(reply):
    """`data` of a reply that is no refusal."""
    assert reply.status_code == 200 and list(reply.json()) == ["data"], told(reply)
    assert reply.headers["Content-Type"].split(";")[0] == "application/json", reply.headers
    return reply.json()["data"]


def refused(reply, status, error_class):
    """Fails unless the reply is this refusal; gives its body."""
    body = reply.json() if reply.content else {}
    assert (reply.status_code, body.get("error_class")) == (status, error_class), (
        f"expected {status} {error_class}, {told(reply)}")
    assert set(body) == {"error_class", "error_message"} and typed(body["error_message"], str), body
    return body


def time_text(value):
    """A time in UTC."""
    assert TIME.fullmatch(typed(value, str)), value
    return value


def authorization(app, item):
    """What an item of the list asks; fails where iOS would not read it."""
    typed(item["id"], app.id_type)
    content = app.opened(item)
    typed(content["title"], str)
    typed(content["authorization_code"], str)
    assert time_text(content["created_at"]) < time_text(content["expires_at"]), content
    if app.version == 1:
        equal(item["algorithm"], "AES-256-CBC")
        equal((content["id"], content["connection_id"]), (item["id"], app.id))
        typed(content["description"], str)
        assert all(type(value) is str for value in content.values()), content
    else:
        assert item["status"] in PENDING + FINAL + ("confirm_processing", "deny_processing", "closed"), item
        if item["status"] in FINAL:
            time_text(item["finished_at"])
        elif item["status"] != "closed":
            assert item.get("finished_at") is None, item
        description = typed(content["description"], dict)
        assert description and set(description) <= {"text", "html", "payment", "extra"}, description
    return content


def authorizations(app, **changes):
    """What is listed, as pairs of item and content."""
    return [(item, authorization(app, item)) for item in data_of(app.list(**changes))]


def pending(app):
    """The only one that waits, as item and content."""
    waiting = [pair for pair in authorizations(app) if pair[0].get("status", "pending") == "pending"]
    assert len(waiting) == 1, waiting
    return waiting[0]


def consents(app):
    """What is listed, decrypted."""
    found = []
    for item in data_of(app.consents()):
        content = app.opened(item)
        equal(content["id"], typed(item["id"], str))
        for name in ("user_id", "consent_type", "tpp_name"):
            typed(content[name], str)
        assert time_text(content["created_at"]) < time_text(content["expires_at"]), content
        assert all(typed(account["name"], str) for account in typed(content["accounts"], list)), content
        found.append(content)
    return found


def decided(app, reply, authorization, confirm):
    """Fails unless the decision was taken."""
    data = data_of(reply)
    equal(typed(data["id"], app.id_type), authorization)
    if app.version == 1:
        equal(data["success"], True)
    else:
        equal(data["status"], "confirmed" if confirm else "denied")


def not_decided(app, reply):
    """Fails unless the decision was refused because of its code."""
    if app.version == 1:
        equal(data_of(reply)["success"], False)
    else:
        refused(reply, 400, "WrongRequestFormat")
