"""The provider by itself: real in what the other checks need, and each disturbance what its name says."""

from concurrent.futures import ThreadPoolExecutor

import requests
from joserfc.errors import JoseError

from idp.browser import Browser, Page, changed, query
from idp.client import REDIRECT_URI, TIMEOUT, Client
from idp.provider import ACCESS_TOKEN_SECONDS
from tally import equal, expect, raises

OIDC_SCOPE = "openid profile offline_access"
AMAZON_SCOPE = "profile profile:user_id"
EXPIRED = ACCESS_TOKEN_SECONDS + 1
# Every way to spoil an id token (tampering.mjs), but "no id token"; and what a client that looks says of it.
SPOILED = {
    "alg none": "unsupported_algorithm",
    "no signature": "bad_signature",
    "payload changed": "bad_signature",
    "unknown key": "invalid_key_id",
    "unknown key, known id": "bad_signature",
    "HS256 by the client secret": "unsupported_algorithm",
    "HS256 by the public key": "unsupported_algorithm",
    "other audience": "'aud'",
    "two audiences": "another authorized party",
    "expired": "expired_token",
    "no expiry": "'exp'",
    "no nonce": "Missing claim: 'nonce'",
    "other nonce": "Invalid claim: 'nonce'",
    "other issuer": "'iss'",
    "no subject": "'sub'",
}


def tokens(client, account):
    """What a login ends in."""
    callback = Browser().log_in(client.authorization_url(), account)
    equal(query(callback)["state"], client.state)
    return expect(client.exchange(callback), 200)


def run(tally, provider):
    for shape in (provider.oidc, provider.oauth2):
        shape.register(REDIRECT_URI)
    open_id_connect(tally, provider)
    amazon(tally, provider)
    for shape, scope, resource in ((provider.oidc, OIDC_SCOPE, "userinfo"), (provider.oauth2, AMAZON_SCOPE, "profile")):
        refreshing(tally, provider, shape, scope, resource)
        disturbances(tally, shape, scope, resource)
    provider.oidc.calls()
    provider.oauth2.calls()


def open_id_connect(tally, provider):
    check, shape = tally.check, provider.oidc
    client = Client(shape, OIDC_SCOPE)
    with check("provider: login, consent, code, id token, userinfo, introspection and revocation"):
        browser = Browser()
        callback = browser.log_in(client.authorization_url(), "ann")
        equal(query(callback)["iss"], shape.addresses["issuer"])
        found = expect(client.exchange(callback), 200)
        equal(client.id_token_claims(found["id_token"])["sub"], "ann")
        equal(expect(client.get("userinfo", found["access_token"]), 200)["sub"], "ann")
        equal(expect(client.post("introspection", token=found["access_token"]), 200)["active"], True)
        expect(client.post("revocation", token=found["access_token"]), 200)
        equal(expect(client.post("introspection", token=found["access_token"]), 200), {"active": False})
        expect(client.get("userinfo", found["access_token"]), 401, "invalid_token")
    with check("provider: who is logged in is not asked for the password again, only for consent"):
        shown = Page(browser.http.get(client.authorization_url(), timeout=TIMEOUT).text)
        equal(shown.fields, {"prompt": "consent"})
    with check("provider: a cancelled login"):
        callback = query(Browser().log_in(client.authorization_url(), "ann", cancel=True))
        equal((callback["error"], callback["state"]), ("access_denied", client.state))
    with check("provider: a code is taken once, and the second time ends what the first time gave"):
        callback = Browser().log_in(client.authorization_url(), "ann")
        found = expect(client.exchange(callback), 200)
        expect(client.exchange(callback), 400, "invalid_grant")
        expect(client.get("userinfo", found["access_token"]), 401, "invalid_token")
    with check("provider: PKCE is asked for, and a code needs its own verifier"):
        url = client.authorization_url(code_challenge=None, code_challenge_method=None)
        equal(query(Browser().log_in(url, "ann"))["error"], "invalid_request")
        callback = Browser().log_in(client.authorization_url(), "ann")
        expect(client.exchange(callback, code_verifier="v" * 43), 400, "invalid_grant")
    with check("provider: another secret is refused"):
        callback = Browser().log_in(client.authorization_url(), "ann")
        client.secret += "x"
        expect(client.exchange(callback), 401, "invalid_client")
        client.secret = client.secret[:-1]
    for kind, problem in SPOILED.items():
        with check(f"provider: an id token with {kind} is no good, and the one after it is"):
            shape.tamper(kind)
            spoiled = tokens(client, "ann")["id_token"]
            try:
                claims = client.id_token_claims(spoiled)
            except (JoseError, ValueError) as error:
                assert problem in str(error), error
            else:
                raise AssertionError(f"taken: {claims}")
            equal(client.id_token_claims(tokens(client, "ann")["id_token"])["sub"], "ann")
    with check("provider: no id token"):
        shape.tamper("no id token")
        assert "id_token" not in tokens(client, "ann")
    with check("provider: new keys replace the old ones, and tokens from before live on"):
        before = tokens(client, "ann")
        raises(AssertionError, equal, shape.rotate_keys(), [])
        raises((JoseError, ValueError), client.id_token_claims, before["id_token"])
        expect(client.get("userinfo", before["access_token"]), 200)
        equal(client.id_token_claims(tokens(client, "ann")["id_token"])["sub"], "ann")
    with check("provider: id tokens by ES256"):
        shape.register(REDIRECT_URI, id_token_signed_response_alg="ES256")
        equal(client.id_token_claims(tokens(client, "ann")["id_token"], "ES256")["sub"], "ann")
        shape.register(REDIRECT_URI)


def amazon(tally, provider):
    shape = provider.oauth2
    client = Client(shape, AMAZON_SCOPE)
    with tally.check("provider: plain OAuth2 has Amazon's paths and field names, and no id token"):
        callback = Browser().log_in(client.authorization_url(), "bob")
        equal(set(query(callback)), {"code", "state"})
        found = expect(client.exchange(callback), 200)
        equal(set(found), {"access_token", "expires_in", "refresh_token", "scope", "token_type"})
        profile = expect(client.get("profile", found["access_token"]), 200)
        equal((profile["user_id"], set(profile)), ("amzn1.account.bob", {"user_id", "name", "email"}))
        told = expect(requests.get(changed(shape.addresses["tokenInfo"], access_token=found["access_token"]),
                                   timeout=TIMEOUT), 200)
        equal((told["user_id"], 0 < told["exp"] <= ACCESS_TOKEN_SECONDS), ("amzn1.account.bob", True))
    with tally.check("provider: Amazon's endpoints refuse tokens that are none"):
        expect(client.get("profile", "Atza|none"), 400, "invalid_token")
        expect(requests.get(shape.addresses["profile"], timeout=TIMEOUT), 400, "invalid_token")
        expect(requests.get(changed(shape.addresses["tokenInfo"], access_token="x"), timeout=TIMEOUT), 400,
               "invalid_token")


def refreshing(tally, provider, shape, scope, resource):
    client = Client(shape, scope)
    name = shape.name
    with tally.check(f"provider ({name}): access tokens expire, and refresh tokens rotate"):
        found = tokens(client, "ann")
        shape.calls()
        for times in range(1, 4):
            with provider.clock_ahead(times * EXPIRED):
                assert client.get(resource, found["access_token"]).status_code in (400, 401)
                renewed = expect(client.refresh(found["refresh_token"]), 200)
                assert renewed["refresh_token"] != found["refresh_token"], "the refresh token stayed"
                expect(client.get(resource, renewed["access_token"]), 200)
                found = renewed
        equal(shape.refreshes(), [200] * 3)
    with tally.check(f"provider ({name}): a refresh token used twice ends the grant"):
        found = tokens(client, "ann")
        renewed = expect(client.refresh(found["refresh_token"]), 200)
        expect(client.refresh(found["refresh_token"]), 400, "invalid_grant")
        expect(client.refresh(renewed["refresh_token"]), 400, "invalid_grant")
        assert client.get(resource, renewed["access_token"]).status_code in (400, 401)
    with tally.check(f"provider ({name}): of two refreshes at the same moment one is refused, and the grant ends"):
        found = tokens(client, "ann")
        with shape.slow_refreshes(200), ThreadPoolExecutor() as pool:
            replies = list(pool.map(client.refresh, [found["refresh_token"]] * 2))
        equal(sorted(reply.status_code for reply in replies), [200, 400])
        renewed = next(reply.json() for reply in replies if reply.ok)
        expect(client.refresh(renewed["refresh_token"]), 400, "invalid_grant")
    with tally.check(f"provider ({name}): revoked refresh tokens, and revoked grants"):
        found = tokens(client, "refresh-revoked")
        shape.revoke("refresh-revoked", "refresh")
        expect(client.get(resource, found["access_token"]), 200)
        expect(client.refresh(found["refresh_token"]), 400, "invalid_grant")
        found = tokens(client, "grant-revoked")
        shape.revoke("grant-revoked", "grant")
        assert client.get(resource, found["access_token"]).status_code in (400, 401)
        expect(client.refresh(found["refresh_token"]), 400, "invalid_grant")


def disturbances(tally, shape, scope, resource):
    client = Client(shape, scope)
    with tally.check(f"provider ({shape.name}): down, as a whole and in part"):
        found = tokens(client, "ann")
        for status in (429, 500, 503):
            with shape.outage(status):
                equal(client.get(resource, found["access_token"]).status_code, status)
                equal(client.refresh(found["refresh_token"]).status_code, status)
        with shape.outage("destroy"):
            raises(requests.ConnectionError, client.get, resource, found["access_token"])
        with shape.outage("destroy", "token"):
            raises(requests.ConnectionError, client.refresh, found["refresh_token"])
            expect(client.get(resource, found["access_token"]), 200)
        expect(client.refresh(found["refresh_token"]), 200)
    with tally.check(f"provider ({shape.name}): the calls are counted"):
        shape.calls()
        client.get(resource, "none")
        client.refresh("none")
        grants = [(call["path"], call["grant"]) for call in shape.calls()]
        equal(grants, [(shape.path(resource), None), (shape.path("token"), "refresh_token")])
