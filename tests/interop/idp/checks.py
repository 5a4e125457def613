"""The checks of the identity provider binding, against the real service and the provider of provider.mjs."""

from contextlib import ExitStack

from check_life import stops
from idp import check_attacks, check_login, check_provider, check_tokens
from idp.app_space import AppSpace, oidc_flags
from idp.provider import Provider
from webhook import Receiver


def provider_alone(tally, _start, work, node):
    """What needs no service."""
    with ExitStack() as stack:
        provider = Provider(node, work / "provider-alone.log")
        stack.callback(provider.kill)
        with tally.check("the provider is checked to the end"):
            check_provider.run(tally, provider)


def identity_provider(tally, start, work, node):
    """`start` starts the service with arguments, and sees that it ends."""
    provider_alone(tally, start, work, node)
    with ExitStack() as stack:
        provider = Provider(node, work / "provider.log")
        stack.callback(provider.kill)
        service = start("idp.log", "--port", "0", "--fresh", *oidc_flags(provider.oidc), data="data-idp")
        app_space = AppSpace(service.demo(), provider)
        with Receiver() as receiver, tally.check("logins are checked to the end"):
            check_login.run(tally, provider, app_space, receiver)
        with tally.check("tokens are checked to the end"):
            check_tokens.run(tally, provider, app_space)
        with tally.check("attacks are checked to the end"):
            check_attacks.run(tally, provider, app_space)
        with tally.check("keys are checked to the end"):
            check_login.keys(tally, provider, app_space)
        stops(tally, service)
