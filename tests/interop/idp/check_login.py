"""Binding through the identity provider: from the login to an answered challenge, and the provider's settings."""

import check_outcome
from check_device import BUTTONS, asked
from device import Device, EdDsa, Es256, link_values
from idp.app_space import APP_PROTOCOL, app_link, enrol, error_of, oauth2_flags, oidc_flags, subject
from idp.browser import Browser, query
from idp.provider import CLIENT_ID, CLIENT_SECRET
from tally import equal, expect


def run(tally, provider, app_space, receiver):
    """The App Space was started with OpenID Connect."""
    device = whole(tally, app_space, provider.oidc, receiver, "ann")
    again(tally, app_space, device)
    beginning(tally, app_space)
    logins_that_lead_nowhere(tally, app_space)
    settings(tally, provider, app_space)
    with tally.check("idp: OAuth2 takes the place of OpenID Connect while the service runs"):
        app_space.use(provider.oauth2)
    device = whole(tally, app_space, provider.oauth2, receiver, "bob")
    again(tally, app_space, device)
    oauth2_settings(tally, provider, app_space)
    simple(tally, provider, app_space)


def whole(tally, app_space, shape, receiver, account):
    """A device from a login, and an answer of it to the end."""
    check, backend = tally.check, app_space.backend
    account_id = subject(shape, account)
    device = Device(Es256(), EdDsa())
    with check(f"idp ({shape.name}): a device begins to bind, and the URL has all that a login needs"):
        begun = expect(app_space.begin(device, appProtocol=APP_PROTOCOL), 201)
        url = begun["authorizationUrl"]
        equal(url.split("?")[0], shape.addresses["authorization"])
        told = query(url)
        fixed = ("response_type", "client_id", "redirect_uri", "code_challenge_method")
        equal([told[name] for name in fixed], ["code", CLIENT_ID, app_space.verify_url(shape), "S256"])
        equal(len(told["code_challenge"]), 43)
        assert len(told["state"]) >= 22, told["state"]
        if shape.name == "oidc":
            equal(set(told["scope"].split()), {"openid", "profile", "offline_access"})
            equal(told["prompt"], "consent")
            assert len(told["nonce"]) >= 22, told["nonce"]
        else:
            equal(told["scope"], "profile profile:user_id")
        assert begun["expiresAt"].endswith("Z"), begun["expiresAt"]
        other = query(expect(app_space.begin(device), 201)["authorizationUrl"])
        single_use = {"state", "code_challenge", "nonce"} & set(told)
        equal([name for name in single_use if told[name] == other[name]], [])
    with check(f"idp ({shape.name}): the login ends in a link to the app, and the device enrols by it"):
        browser = Browser()
        link = app_link(browser.follow(browser.log_in(url, account)))
        values = link_values(link)
        equal(set(values), {"st", "appSpaceGuid", "appSpaceName", "privakeyId", "displayName", "serviceUrl"})
        equal((values["appSpaceGuid"], values["serviceUrl"]), (app_space.guid, app_space.base_url))
        found = expect(device.lookup(link), 200)
        equal((found["accountId"], found["privakeyId"]), (account_id, values["privakeyId"]))
        expect(device.enrol(device.enrolment(found["nonce"])), 201)
        seen = expect(app_space.account(account), 200)
        equal((seen["status"], seen["privakeyId"]), ("active", device.user))
        equal([one["guid"] for one in seen["devices"]], [device.guid])
    with check(f"idp ({shape.name}): its answer is taken, with receipt and callback"):
        shape.calls()
        request, event = check_outcome.answered(tally, backend, device, receiver, account_id)
        used = shape.path("userinfo" if shape.name == "oidc" else "tokenInfo")
        equal([(call["path"], call["status"]) for call in shape.calls()], [(used, 200)])
        key_set = backend.key_set()
        check_outcome.webhooks(tally, app_space.origin["webhookSecret"], key_set, request, event)
        check_outcome.receipts(tally, backend, device, key_set, request)
    return device


def again(tally, app_space, device):
    """The same person, on a second device."""
    name, account = app_space.shape.name, "ann" if app_space.shape.name == "oidc" else "bob"
    with tally.check(f"idp ({name}): who logs in again on a second device is the same user, and both devices answer"):
        second = app_space.enrolled(account)
        equal(second.user, device.user)
        seen = expect(app_space.account(account), 200)
        equal({one["guid"] for one in seen["devices"]}, {device.guid, second.guid})
        for one in (device, second):
            answers(app_space, one, account)


def answers(app_space, device, account):
    """Asks, and the device answers."""
    _, challenge = asked(
        app_space.backend, device, subject(app_space.shape, account), buttons=BUTTONS, showNotification=False)
    equal(expect(device.answer(challenge, 0), 200)["status"], "answered")


def beginning(tally, app_space):
    device = Device(Es256(), Es256())
    with tally.check("idp: no device begins in an App Space that does not exist, or with a thumbprint that is none"):
        expect(app_space.begin(device, appSpaceGuid=another_guid(app_space)), 404, "not_found")
        for bad in ("", "short", "x" * 44, "+" * 43, None, 7):
            expect(app_space.begin(device, authKeyThumbprint=bad), 400)
    with tally.check("idp: a Request Origin cannot bind users who live at a provider"):
        expect(app_space.backend.bind("simple"), 422, "wrong_state")


def another_guid(app_space):
    """The GUID with its last digit changed."""
    return app_space.guid[:-1] + ("0" if app_space.guid[-1] != "0" else "1")


def keys(tally, provider, app_space):
    with tally.check("idp: the provider changes its signing keys between two logins"):
        first = app_space.enrolled("keys")
        provider.oidc.rotate_keys()
        equal(app_space.enrolled("keys").user, first.user)
    with tally.check("idp: id tokens by ES256"):
        provider.oidc.register(app_space.verify_url(provider.oidc), id_token_signed_response_alg="ES256")
        app_space.enrolled("es256")
        provider.oidc.register(app_space.verify_url(provider.oidc))


def logins_that_lead_nowhere(tally, app_space):
    check, device = tally.check, Device(Es256(), Es256())
    with check("idp: who cancels at the provider comes back with the provider's own error"):
        callback = app_space.callback(device, "cancels", cancel=True)
        equal(error_of(Browser().follow(callback), app_space)[0], "access_denied")
        expect(app_space.account("cancels"), 404, "not_found")
        expect(Browser().follow(callback), 404, "not_found")
    with check("idp: the login of a suspended user is refused, and another one works when the user is restored"):
        app_space.enrolled("suspended")
        expect(app_space.backend.call("PATCH", "/api/account/suspend", {"accountId": "suspended"}), 200)
        callback = app_space.callback(device, "suspended")
        equal(error_of(Browser().follow(callback), app_space)[0], "user_not_active")
        equal(len(expect(app_space.account("suspended"), 200)["devices"]), 1)
        expect(app_space.backend.call("PATCH", "/api/account/restore", {"accountId": "suspended"}), 200)
        answers(app_space, app_space.enrolled("suspended"), "suspended")
    with check("idp: a provider that is down when the code is exchanged"):
        callback = app_space.callback(device, "down")
        with app_space.shape.outage(503, "token"):
            equal(error_of(Browser().follow(callback), app_space)[0], "provider_unavailable")
        expect(app_space.account("down"), 404, "not_found")
        app_space.enrolled("down")


def settings(tally, provider, app_space):
    check, device = tally.check, Device(Es256(), Es256())
    with check("idp: another client secret is used at once: a wrong one fails the login, the right one does not"):
        app_space.use(provider.oidc, client_secret=CLIENT_SECRET + "x")
        callback = app_space.callback(device, "settings")
        equal(error_of(Browser().follow(callback), app_space)[0], "provider_misconfigured")
        expect(app_space.account("settings"), 404, "not_found")
        app_space.use(provider.oidc)
        answers(app_space, app_space.enrolled("settings"), "settings")
    good = provider.oidc.addresses["discovery"]
    # Every one is refused, and the settings stay as they are.
    for name, changes in {
        "a discovery document that is not there": {"discovery_url": good.replace("/.well", "/none/.well")},
        "a provider that does not listen": {"discovery_url": "http://127.0.0.1:1/.well-known/openid-configuration"},
        "an issuer that is not where the document is": {"discovery_url": good.replace("127.0.0.1", "localhost")},
        "a discovery URL without HTTPS that is not loopback": {
            "discovery_url": "http://idp.example/.well-known/openid-configuration"},
        "no discovery URL": {"discovery_url": None},
        "a behaviour that is none": {"token_fail": "forget"},
    }.items():
        with check(f"idp: {name} is refused when it is set"):
            done = app_space.try_setting(oidc_flags(provider.oidc, **changes))
            assert done.returncode not in (0, 101) and done.stderr, (done.returncode, done.stderr)
            assert CLIENT_SECRET not in done.stderr, "the client secret is in the message"
    with check("idp: a provider on this machine is refused when it is set, unless that is allowed"):
        done = app_space.try_setting(oidc_flags(provider.oidc), loopback=False)
        assert done.returncode not in (0, 101) and done.stderr, (done.returncode, done.stderr)
    with check("idp: what was refused changed nothing"):
        app_space.enrolled("settings")


def oauth2_settings(tally, provider, app_space):
    check, device, shape = tally.check, Device(Es256(), Es256()), provider.oauth2
    for name in ("authorization_url", "access_token_url", "user_profile_url", "end_user_id_name"):
        with check(f"idp: OAuth2 without {name.replace('_', ' ')} is refused when it is set"):
            done = app_space.try_setting(oauth2_flags(shape, **{name: None}))
            assert done.returncode not in (0, 101) and done.stderr, (done.returncode, done.stderr)
    with check("idp: a profile without the end user ID field fails the login"):
        app_space.use(shape, end_user_id_name="userId")
        callback = app_space.callback(device, "nameless")
        equal(error_of(Browser().follow(callback), app_space)[0], "provider_misconfigured")
        app_space.use(shape)
        expect(app_space.account("nameless"), 404, "not_found")
    with check("idp: without a verify token URL the profile says whether a token is good"):
        app_space.use(shape, verify_token_url=None)
        device = app_space.enrolled("profile")
        shape.calls()
        answers(app_space, device, "profile")
        equal([(call["path"], call["status"]) for call in shape.calls()], [(shape.path("profile"), 200)])
        app_space.use(shape)


def simple(tally, provider, app_space):
    check, device = tally.check, Device(Es256(), Es256())
    with check("idp: without a provider Request Origins bind, and devices cannot begin"):
        app_space.remove()
        expect(app_space.begin(device), 422, "wrong_state")
        bound = expect(app_space.backend.bind("in-use"), 201)
        enrol(device, bound["bindUri"])
    with check("idp: who is known by a simple bind is not taken over by a login of the same name"):
        app_space.use(provider.oidc)
        callback = app_space.callback(Device(Es256(), Es256()), "in-use")
        equal(error_of(Browser().follow(callback), app_space)[0], "account_in_use")
        equal([one["guid"] for one in expect(app_space.account("in-use"), 200)["devices"]], [device.guid])
    with check("idp: the state of a login does not outlive the provider that it was begun with"):
        stranger = Device(Es256(), Es256())
        callback = app_space.callback(stranger, "moved")
        app_space.use(provider.oauth2)
        expect(Browser().follow(callback), 404, "not_found")
        app_space.use(provider.oidc)
        expect(app_space.account("moved"), 404, "not_found")
