"""A bank that encrypts for the apps itself (docs/authenticator-api.md), against the real service: both ways."""

import json
import os
import re
import subprocess
import uuid
from urllib.parse import quote

from authenticator.app import App, query_of, typed
from authenticator.bank import LOGIN_PAGE, Bank, generate_token
from authenticator.check_app import in_days
from authenticator.crypto import generate, public_pem
from authenticator.reading import authorizations, data_of, refused, time_text
from backend import Backend
from check_life import REGION
from device import base64url
from service import ROOT, command, poll
from tally import equal, expect

PROVISION_SECONDS = 60


def provisioned(demo, bank, key_file):
    """A backend in an App Space of its own, whose bank this is."""
    key_file.write_text(public_pem(bank.key.public_key()))
    environment = os.environ | {
        "AWS_ENDPOINT_URL": demo["awsEndpointUrl"], "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    names = demo["environment"]
    ended = subprocess.run(
        [*command(), "provision", "--table", names["TABLE_NAME"], "--sealing-keys-secret", names["SEALING_KEYS_SECRET"],
         "--company", "Interop", "--app-space", "Interop Bank", "--app-protocol", "interopbank", "--origin", "Bank",
         "--key-type", "hmac", "--support-email", "help@bank.example", "--bank-url", bank.url,
         "--bank-key", str(key_file), "--allow-loopback"],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PROVISION_SECONDS)
    assert ended.returncode == 0, ended.stderr
    guid = re.search(r"^Request Origin  .*  (\S+)$", ended.stdout, re.M).group(1)
    key = re.search(r"^hmac key +(\S+)$", ended.stdout, re.M).group(1)
    return Backend(demo["baseUrl"], guid, key)


def run(tally, demo, key_file):
    with Bank(demo["baseUrl"]) as bank:
        with tally.check("bank: the settings say what it must know of the service"):
            backend = provisioned(demo, bank, key_file)
            settings = expect(backend.send("GET", "/api/authenticator/settings"), 200)
            bank.meets(settings["providerId"], settings["publicKey"])
            equal((settings["configurationUrlV1"], settings["connectUriV1"]), (None, None))
        link = settings["connectUriV2"]
        connecting(tally, bank, link)
        not_its_own(tally, bank, link)
        actions(tally, bank, link)
        instant_actions(tally, bank, link)
        consents(tally, bank, link)
        revoking(tally, bank, link)


def connected(bank, link, user):
    """An app whose person the bank knows already."""
    query = base64url(generate_token())
    bank.known_queries[query] = user
    app = App(2)
    return app.connected(app.connect(f"{link}&connect_query={quote(query)}"))


def connecting(tally, bank, link):
    with tally.check("bank: apps encrypt to the bank, and a connect_query is the bank's affair"):
        app = connected(bank, link, "bank-instant")
        equal(app.provider_key, bank.key.public_key())
        equal(authorizations(app), [])
        told = bank.next("POST", "/connections")
        equal(told.data["connection_id"], str(app.id))
    with tally.check("bank: a person logs in at the bank"):
        app = App(2)
        made = data_of(app.connect(link))
        connection = str(typed(made["connection_id"], int))
        equal(made["authentication_url"], f"{LOGIN_PAGE}?connection={connection}")
        app.redirected(bank.logged_in(connection, "bank-login"), made["connection_id"])
        equal(authorizations(app), [])
        again = bank.succeed(connection, *bank.users[connection])
        equal((again.status_code, authorizations(app)), (200, []))
    with tally.check("bank: a login that failed ends nowhere"):
        app = App(2)
        connection = str(data_of(app.connect(link))["connection_id"])
        data_of(bank.fail(connection))
        assert bank.succeed(connection, "bank-failed", base64url(generate_token())).status_code == 401
    with tally.check("bank: a bank that does not help connects nobody"):
        bank.replies["POST", "/api/sca/v1/connections"] = (500, {})
        refused(App(2).connect(link), 503, "ServiceUnavailable")
        del bank.replies["POST", "/api/sca/v1/connections"]


def not_its_own(tally, bank, link):
    with tally.check("bank: calls that are not signed by the bank, in time, for its App Space"):
        app = connected(bank, link, "bank-forged")
        path = f"/connections/{app.id}/revoke"
        refused(bank.call("PUT", path, {}, key=generate()), 400, "InvalidSignature")
        refused(bank.call("PUT", path, {}, header="x"), 400, "InvalidSignature")
        refused(bank.call("PUT", path, {}, expires=1), 400, "SignatureExpired")
        refused(bank.call("PUT", path, {}, expires=2**40), 400, "SignatureExpired")
        refused(bank.call("PUT", path, {}, provider_id="7"), 404, "ProviderNotFound")
        equal(authorizations(app), [])


def content(code, title="Pay?"):
    return {
        "title": title, "description": {"payment": {"payee": "ACME", "amount": "120 \u20ac"}},
        "authorization_code": code, "created_at": in_days(0), "expires_at": in_days(0.003)}


def asked(bank, app, user, **more):
    """An action of the bank's with its code, and the item that the app sees."""
    action, code = str(uuid.uuid4()), base64url(generate_token())
    data_of(bank.act(action, user, {str(app.id): content(code)}, in_days(0.003), **more))
    waiting = [pair for pair in authorizations(app) if pair[0]["status"] == "pending"]
    assert len(waiting) == 1, waiting
    equal(waiting[0][1]["authorization_code"], code)
    return action, code, waiting[0][0]["id"]


def becomes(app, authorization, status):
    """Waits until the authorization has this status."""
    def has():
        item = data_of(app.get(authorization))
        return item if item["status"] == status else None

    item = poll(f"the authorization does not become {status}", has)
    if status != "closed":
        time_text(item["finished_at"])


def actions(tally, bank, link):
    user = "bank-actions"
    app = connected(bank, link, user)
    for confirm, status in ((True, "confirmed"), (False, "denied")):
        verb = "confirm" if confirm else "deny"
        with tally.check(f"bank: {verb} is the bank's to take"):
            action, code, authorization = asked(bank, app, user)
            told = data_of(app.decide(authorization, confirm, code, by="biometrics"))
            assert told["status"] in (f"{verb}_processing", status), told
            call = bank.next("PUT", f"/actions/{action}/{verb}")
            equal(call.data["connection_id"], str(app.id))
            decision = bank.decision(call)
            equal((decision["authorization_code"], decision["user_authorization_type"]), (code, "biometrics"))
            becomes(app, authorization, status)
            refused(app.decide(authorization, confirm, code), 404, "AuthorizationNotFound")
    with tally.check("bank: a decision that the bank refuses is an error"):
        action, code, authorization = asked(bank, app, user)
        bank.replies["PUT", f"/api/sca/v1/actions/{action}/confirm"] = (400, {"error_class": "Wrong", "error_message": ""})
        data_of(app.decide(authorization, True, "not its code"))
        becomes(app, authorization, "error")
    with tally.check("bank: what it closes is closed, and what it asks twice is asked once"):
        action, code, authorization = asked(bank, app, user)
        again = bank.act(action, user, {str(app.id): content(code)}, in_days(0.003))
        assert again.status_code in (400, 409), again.text
        data_of(bank.close(action))
        becomes(app, authorization, "closed")
        refused(app.decide(authorization, True, code), 404, "AuthorizationNotFound")
    with tally.check("bank: what is for nobody's connection is not asked"):
        sealed = bank.sealed(str(app.id), content("x"))
        for data in (
                {"user_id": "bank-nobody", "authorizations": [{"connection_id": str(app.id), **sealed}]},
                {"user_id": user, "authorizations": [{"connection_id": "7", **sealed}]},
                {"user_id": user, "authorizations": []}):
            reply = bank.call("POST", "/actions", {
                "action_id": str(uuid.uuid4()), "expires_at": in_days(0.003), **data})
            assert 400 <= reply.status_code < 500, reply.text
        equal([one for one, _ in authorizations(app) if one["status"] == "pending"], [])


def instant_actions(tally, bank, link):
    user = "bank-scans"
    app = connected(bank, link, user)
    with tally.check("bank: the bank says what an action is that is scanned"):
        action, code = str(uuid.uuid4()), base64url(generate_token())

        def what(data):
            equal((data["connection_id"], data["access_token"]), (str(app.id), app.token))
            return {
                "action_id": action, "user_id": user, "expires_at": in_days(0.003),
                "authorization": bank.sealed(str(app.id), content(code))}

        bank.actions[action] = what
        scan = f"authenticator://saltedge.com/action?api_version=2&action_id={action}&provider_id={bank.provider_id}"
        equal(query_of(scan, "/action")["action_id"], action)
        told = data_of(app.scan(scan))
        authorization = typed(told["authorization_id"], int)
        equal(data_of(app.scan(scan))["authorization_id"], authorization)
        equal(app.opened(data_of(app.get(authorization)))["authorization_code"], code)
        data_of(app.decide(authorization, True, code))
        equal(bank.decision(bank.next("PUT", f"/actions/{action}/confirm"))["authorization_code"], code)
        becomes(app, authorization, "confirmed")
    with tally.check("bank: an action that the bank does not know"):
        bank.replies["POST", "/api/sca/v1/actions/unknown"] = (404, {"error_class": "ActionNotFound", "error_message": ""})
        refused(app.scan(scan.replace(action, "unknown")), 404, "ActionNotFound")


def consents(tally, bank, link):
    user = "bank-consents"
    app = connected(bank, link, user)
    with tally.check("bank: consents of the bank, taken back by the app and by the bank"):
        for name in ("first", "second"):
            said = {
                "id": name, "user_id": user, "consent_type": "aisp", "tpp_name": f"Planner {name}", "accounts": [],
                "created_at": in_days(0), "expires_at": in_days(90)}
            data_of(bank.consent(name, user, {str(app.id): said}, in_days(90)))

        def listed():
            return {app.opened(item)["id"]: typed(item["id"], str) for item in data_of(app.consents())}

        found = listed()
        equal(set(found), {"first", "second"})
        data_of(app.revoke_consent(found["first"]))
        bank.next("PUT", "/consents/first/revoke")
        equal(set(listed()), {"second"})
        data_of(bank.revoke_consent("second"))
        equal(listed(), {})


def revoking(tally, bank, link):
    with tally.check("bank: connections end from either side"):
        app = connected(bank, link, "bank-revokes")
        data_of(app.revoke())
        bank.next("PUT", f"/connections/{app.id}/revoke")
        refused(app.list(), 401, "ConnectionNotFound")
        app = connected(bank, link, "bank-revokes")
        data_of(bank.revoke(str(app.id)))
        refused(app.list(), 401, "ConnectionNotFound")
    with tally.check("bank: nothing of the service was signed or shaped in another way"):
        equal([json.dumps(str(problem)) for problem in bank.problems], [])
