"""docs/authenticator-api.md from outside: what apps of either version do, with an app in Python."""

import json
from datetime import UTC, datetime, timedelta

import receipt
from authenticator.app import App, query_of, typed
from authenticator.crypto import bytes_of, public_of_jwk, verify, verify_detached
from authenticator.reading import authorizations, consents, data_of, decided, pending, refused
from device import sha256, thumbprint
from tally import equal, expect

YES_NO = [{"title": "Pay", "strongAuth": True}, {"title": "No", "strongAuth": False}]
PAYMENT = {"payee": "ACME", "amount": "120.00 EUR", "account": "DE89370400440532013000", "reference": "T-1"}


def bound(backend, version, account, **fields):
    """The link that connects a user of this account."""
    fields = {"accountId": account, "deviceKind": f"authenticatorV{version}", **fields}
    reply = backend.call("PUT", "/api/account/bind", fields)
    assert reply.status_code in (200, 201), reply.text
    return reply.json()["bindUri"]


def connected(backend, version, account):
    """An app with a connection."""
    app = App(version)
    return app.connected(app.connect(bound(backend, version, account)))


def run(tally, backend, cloud, version):
    connecting(tally, backend, version)
    deciding(tally, backend, version)
    approvals(tally, backend, cloud, version)
    dynamic_linking(tally, backend, version)
    actions(tally, backend, version)
    consenting(tally, backend, version)
    if version == 2:
        of_version_2(tally, backend)
    revoking(tally, backend, version)


def connecting(tally, backend, version):
    name = f"authenticator-v{version}-connecting"
    with tally.check(f"v{version}: the link of bind leads to a configuration that iOS reads"):
        link = bound(backend, version, name)
        said = query_of(link, "/connect")
        equal(set(said), {"configuration", "connect_query"})
        assert said["configuration"].startswith(f"{backend.base_url}/api/authenticator/v{version}/configurations/"), said
        app = App(version)
        app.configure(said["configuration"])
        equal(app.base_url, backend.base_url)
        unknown = said["configuration"].rsplit("/", 1)[0] + "/" + {1: "0" * 12, 2: "7"}[version]
        refused(app.http.get(unknown), 404, "ProviderNotFound")
    with tally.check(f"v{version}: a connect_query connects at once, and the same key gets the same answer"):
        app.connected(app.connect(link))
        first = (app.id, app.token)
        app.connected(app.connect(link))
        equal((app.id, app.token), first)
        equal(authorizations(app), [])
        account = expect(backend.call("GET", "/api/account/get", {"accountId": name}), 200)
        equal(len(account["devices"]), 1)
        if version == 1:
            equal(account["devices"][0]["guid"], app.id)
        else:
            equal(int(account["devices"][0]["guid"].replace("-", "")[-16:], 16) % 2**53, app.id)
    with tally.check(f"v{version}: a connect_query serves one key, and no other text serves any"):
        refused(App(version).connect(link), 401, "UserNotFound")
        refused(App(version).connect(link, query="A" * 43), 401, "UserNotFound")
        refused(App(version).connect(link, query=""), 401, "UserNotFound")
    with tally.check(f"v{version}: the token of any enrolment connects"):
        reply = backend.bind(f"{name}-any")
        assert reply.status_code in (200, 201), reply.text
        app = App(version)
        app.connected(app.connect(link, query=reply.json()["sessionToken"]))
    with tally.check(f"v{version}: what is no connection is refused"):
        link = bound(backend, version, f"{name}-malformed")
        key = {1: "public_key", 2: "enc_rsa_public_key"}[version]
        wrong = {1: "MIIB", 2: {"key": "AAAA", "iv": "AAAA", "data": "AAAA"}}[version]
        for changes in ({key: None}, {key: wrong}, {"return_url": "http://a.example/"}, {"return_url": None}):
            refused(App(version).connect(link, **changes), 400, "WrongRequestFormat")
        app = App(version)
        app.connected(app.connect(link))


def asked(backend, account, content="Pay 120 EUR to ACME?", **fields):
    """What `request/add` made."""
    return expect(backend.ask(account, content, **{"buttons": YES_NO, **fields}), 201)


def cancelled(backend, request):
    """Whether the backend could take its request back."""
    return backend.call("PATCH", "/api/request/cancel", {"requestGuid": request["guid"]}).ok


def deciding(tally, backend, version):
    name = f"authenticator-v{version}-deciding"
    app = connected(backend, version, name)
    with tally.check(f"v{version}: what a backend asks is listed, got, and decrypted"):
        request = asked(backend, name)
        item, content = pending(app)
        assert "Pay 120 EUR to ACME?" in str(content["description"]), content
        equal(content["authorization_code"].rstrip("="), content["authorization_code"])
        got = data_of(app.get(item["id"]))
        equal(got["id"], item["id"])
        assert got["data"] != item["data"] and got["key"] != item["key"], "it is encrypted anew each time"
        equal(app.opened(got), content)
    with tally.check(f"v{version}: yes is the first answer, with where and how as evidence"):
        reply = app.decide(
            item["id"], True, content["authorization_code"], geolocation="GEO:52.506931;13.144558", by="biometrics")
        decided(app, reply, item["id"], True)
        outcome = expect(backend.request(request["guid"]), 200)
        equal((outcome["status"], outcome["buttonSelected"]), ("answered", 0))
    with tally.check(f"v{version}: the evidence holds without asking anybody"):
        evidence = outcome["evidence"]
        equal(public_of_jwk(evidence["key"]), app.key.public_key())
        equal(evidence["keyThumbprint"], thumbprint(evidence["key"]))
        equal(sha256(evidence["document"].encode()), outcome["documentDigest"])
        answer = json.loads(evidence["answer"])
        equal((answer["geolocation"], answer["authorizationType"]), ("GEO:52.506931;13.144558", "biometrics"))
        body = answer["body"].encode()
        if version == 1:
            signed = f"{answer['method']}|{answer['url']}|{answer['expiresAt']}|".encode() + body
            verify(app.key.public_key(), bytes_of(answer["signature"]), signed)
            equal(json.loads(body)["data"], {"confirm": True, "authorization_code": content["authorization_code"]})
        else:
            verify_detached(app.key.public_key(), answer["jws"], body)
        claims = receipt.verify(evidence["receipt"], backend.key_set(), backend.base_url, backend.guid)
        equal((claims["deviceSignature"], claims["answer"]), (evidence["answer"], 0))
    with tally.check(f"v{version}: the right code counts once"):
        refused(app.decide(item["id"], True, content["authorization_code"]), 404, "AuthorizationNotFound")
        refused(app.decide(item["id"], False, content["authorization_code"]), 404, "AuthorizationNotFound")
    with tally.check(f"v{version}: what is decided is seen as the version has it"):
        listed = authorizations(app)
        if version == 1:
            equal(listed, [])
            refused(app.get(item["id"]), 404, "AuthorizationNotFound")
        else:
            equal([(one["id"], one["status"]) for one, _ in listed], [(item["id"], "confirmed")])
            equal(data_of(app.get(item["id"]))["status"], "confirmed")
    with tally.check(f"v{version}: no is the second answer"):
        request = asked(backend, name)
        item, content = pending(app)
        decided(app, app.decide(item["id"], False, content["authorization_code"]), item["id"], False)
        outcome = expect(backend.request(request["guid"]), 200)
        equal((outcome["status"], outcome["buttonSelected"]), ("answered", 1))
    with tally.check(f"v{version}: a question that has more answers, or a matching code, is not shown"):
        for fields in (
                {"buttons": YES_NO + [{"title": "Later", "strongAuth": False}]}, {"showCode": True},
                {"buttons": [{"title": "A", "strongAuth": True}, {"title": "B", "strongAuth": True}]}):
            request = asked(backend, name, **fields)
            equal([one for one, _ in authorizations(app) if one.get("status", "pending") == "pending"], [])
            assert cancelled(backend, request)
    with tally.check(f"v{version}: what is cancelled leaves the list"):
        request = asked(backend, name)
        item, content = pending(app)
        assert cancelled(backend, request)
        assert item["id"] not in [one["id"] for one, _ in authorizations(app)]
        refused(app.decide(item["id"], True, content["authorization_code"]), 404, "AuthorizationNotFound")
        if version == 2:
            equal(data_of(app.get(item["id"]))["status"], "closed")


def approvals(tally, backend, cloud, version):
    name = f"authenticator-v{version}-approvals"
    app = connected(backend, version, name)
    with tally.check(f"v{version}: an approval of the Cloud API is decided here"):
        for confirm, status in ((True, "succeeded"), (False, "failed")):
            approval = expect(cloud.approve(name, message="Pay 120 EUR to ACME?"), 201)
            item, content = pending(app)
            assert "Pay 120 EUR to ACME?" in str(content["description"]), content
            decided(app, app.decide(item["id"], confirm, content["authorization_code"]), item["id"], confirm)
            ended = expect(cloud.status(approval["statusToken"]), 200)
            equal((ended["status"], ended["username"]), (status, name))
            introspected = expect(cloud.introspect(ended["token"]), 200)
            equal(introspected["active"], True)


def dynamic_linking(tally, backend, version):
    name = f"authenticator-v{version}-linking"
    app = connected(backend, version, name)
    with tally.check(f"v{version}: a template is its title and its lines"):
        keys = [{"key": "To", "value": "ACME & Sons"}, {"key": "Amount", "value": "120 \u20ac"}]
        asked(backend, name, {"title": "Pay?", "keys": keys})
        item, content = pending(app)
        equal(content["title"], "Pay?")
        text = content["description"] if version == 1 else content["description"]["text"]
        assert "To: ACME & Sons" in text and "Amount: 120 \u20ac" in text, text
        decided(app, app.decide(item["id"], False, content["authorization_code"]), item["id"], False)
    codes = set()
    with tally.check(f"v{version}: a payment is told whole, and its code changes with payee and amount"):
        for changes in ({}, {"payee": "ACME Ltd"}, {"amount": "120.01 EUR"}, {}):
            payment = {**PAYMENT, **changes}
            asked(backend, name, {
                "title": "Confirm the payment", "description": {"payment": payment, "extra": {"device": "Firefox"}}})
            item, content = pending(app)
            equal(content["title"], "Confirm the payment")
            if version == 1:
                assert all(value in content["description"] for value in payment.values()), content
            else:
                equal(content["description"], {"payment": payment, "extra": {"device": "Firefox"}})
            codes.add(content["authorization_code"])
            decided(app, app.decide(item["id"], True, content["authorization_code"]), item["id"], True)
        equal(len(codes), 4)
    with tally.check(f"v{version}: HTML is cleaned"):
        html = "<p>Pay <b>1</b></p><script>alert(1)</script><a href='javascript:alert(1)' onclick='x()'>more</a>"
        asked(backend, name, {"description": {"html": html}})
        item, content = pending(app)
        shown = content["description"] if version == 1 else content["description"]["html"]
        assert "<b>1</b>" in shown, shown
        for bad in ("<script", "javascript:", "onclick", "alert(1)</"):
            assert bad not in shown, shown
        decided(app, app.decide(item["id"], True, content["authorization_code"]), item["id"], True)


def in_days(days):
    """A time to come, as RFC 3339 has it."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


def action_link(made, version):
    return made[f"actionUriV{version}"]


def actions(tally, backend, version):
    name = f"authenticator-v{version}-actions"
    app = connected(backend, version, name)

    def scanned(made):
        data = data_of(app.scan(action_link(made, version)))
        if version == 1:
            equal(data["success"], True)
            equal(data.get("connection_id", app.id), app.id)
            authorization = data.get("authorization_id")
            return authorization if authorization is None else typed(authorization, str)
        equal(typed(data["connection_id"], int), app.id)
        return typed(data["authorization_id"], int)

    with tally.check(f"v{version}: an action that is scanned waits for a decision"):
        made = expect(backend.call("POST", "/api/action/add", {"content": "Log in at the web bank?"}), 201)
        authorization = scanned(made)
        item, content = pending(app)
        if authorization is not None:
            equal(item["id"], authorization)
        assert "web bank" in str(content), content
        decided(app, app.decide(item["id"], True, content["authorization_code"]), item["id"], True)
        outcome = expect(backend.request(made["guid"]), 200)
        equal((outcome["status"], outcome["accountId"]), ("answered", name))
    with tally.check(f"v{version}: an action that needs no decision is answered when it is scanned"):
        made = expect(backend.call("POST", "/api/action/add", {"content": "Log in?", "confirm": False}), 201)
        scanned(made)
        outcome = expect(backend.request(made["guid"]), 200)
        equal((outcome["status"], outcome["buttonSelected"], outcome["accountId"]), ("answered", 0, name))
    with tally.check(f"v{version}: an action is of the first user who scans it"):
        made = expect(backend.call("POST", "/api/action/add", {"content": "Log in?"}), 201)
        first = scanned(made)
        equal(scanned(made), first)
        other = connected(backend, version, f"{name}-other")
        refused(other.scan(action_link(made, version)), 404, "ActionNotFound")
        link = action_link(made, version)
        said = query_of(link, "/action")
        token = said[{1: "action_uuid", 2: "action_id"}[version]]
        refused(app.scan(link.replace(token, "A" * len(token))), 404, "ActionNotFound")


def consenting(tally, backend, version):
    name = f"authenticator-v{version}-consents"
    app = connected(backend, version, name)
    with tally.check(f"v{version}: consents are listed, encrypted, and taken back once"):
        equal(consents(app), [])
        made = [
            expect(backend.call("POST", "/api/consent/add", {
                "accountId": name, "consentType": kind, "tppName": "Budget Planner", "expiresAt": in_days(90),
                "accounts": [{"name": "Current", "iban": "DE89370400440532013000"}], **more}), 201)
            for kind, more in (
                ("aisp", {"sharedData": {"balance": True, "transactions": False}}), ("pisp_recurring", {}))]
        listed = {one["consent_type"]: one for one in consents(app)}
        equal(set(listed), {"aisp", "pisp_recurring"})
        aisp = listed["aisp"]
        equal(aisp["tpp_name"], "Budget Planner")
        equal(aisp["accounts"], [{"name": "Current", "iban": "DE89370400440532013000"}])
        equal(aisp["shared_data"], {"balance": True, "transactions": False})
        told = data_of(app.revoke_consent(aisp["id"]))
        if version == 1:
            equal(told, {"success": True, "consent_id": aisp["id"]})
        else:
            equal(str(typed(told["id"], int)), aisp["id"])
        equal([one["consent_type"] for one in consents(app)], ["pisp_recurring"])
        refused(app.revoke_consent(aisp["id"]), 404, "ConsentNotFound")
    with tally.check(f"v{version}: a consent that the backend takes back is gone, and others' do not exist"):
        left = listed["pisp_recurring"]["id"]
        other = connected(backend, version, f"{name}-other")
        equal(consents(other), [])
        refused(other.revoke_consent(left), 404, "ConsentNotFound")
        equal(len(consents(app)), 1)
        assert backend.call("PUT", "/api/consent/revoke", {"consentGuid": made[1]["guid"]}).ok
        equal(consents(app), [])


def of_version_2(tally, backend):
    name = "authenticator-v2-connection"
    app = connected(backend, 2, name)
    with tally.check("v2: what the service knows of a connection, and a new push token"):
        path = f"/connections/{app.id}"
        known = data_of(app.call("GET", path))
        equal(typed(known["id"], int), app.id)
        equal(known["status"], "active")
        told = data_of(app.call("PATCH", f"{path}/update", {"push_token": "another"}))
        equal(told, {"connection_id": app.id})
        other = connected(backend, 2, f"{name}-other")
        refused(app.call("GET", f"/connections/{other.id}"), 401, "ConnectionNotFound")
    with tally.check("v2: the list of one action"):
        made = expect(backend.call("POST", "/api/action/add", {"content": "Log in?"}), 201)
        asked(backend, name)
        authorization = data_of(app.scan(made["actionUriV2"]))["authorization_id"]
        action = query_of(made["actionUriV2"], "/action")["action_id"]
        equal([one["id"] for one in data_of(app.call("GET", f"/authorizations?action_id={action}"))], [authorization])
        equal(len(data_of(app.list())), 2)


def revoking(tally, backend, version):
    name = f"authenticator-v{version}-revoking"
    app = connected(backend, version, name)
    with tally.check(f"v{version}: a connection that the app ended is known no more"):
        told = data_of(app.revoke())
        equal(told, {"success": True, "access_token": app.token} if version == 1 else {"connection_id": app.id})
        for reply in (app.list(), app.revoke(), app.consents()):
            refused(reply, 401, "ConnectionNotFound")
    with tally.check(f"v{version}: a connection that the backend ended is known no more"):
        app = connected(backend, version, name)
        (device,) = [
            one for one in expect(backend.call("GET", "/api/account/get", {"accountId": name}), 200)["devices"]
            if one.get("status", "active") == "active"]
        reply = backend.call("PATCH", "/api/device/revoke", {"deviceGuid": device["guid"]})
        assert reply.ok, reply.text
        refused(app.list(), 401, "ConnectionNotFound")
