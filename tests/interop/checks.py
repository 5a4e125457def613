"""Runs the checks against the real service. Usage: checks.py WORKDIR NODEDIR [PART] (run.sh prepares both folders)."""

import pathlib
import signal
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import authenticator.checks
import check_backend
import check_device
import check_life
import check_outcome
import check_provisioning
import idp.checks
import uaf.checks
from backend import Backend
from service import Service
from tally import Tally
from webhook import Receiver


def first_run(tally, service, node):
    """All that needs one run only; gives the demo, and what must survive."""
    demo = service.demo()
    origin = next(origin for origin in demo["origins"] if origin["keyType"] == "hmac")
    backend = Backend(demo["baseUrl"], origin["guid"], origin["key"])
    with Receiver() as receiver:
        event = None
        with tally.check("outcomes are checked to the end"):
            event = check_outcome.run(tally, backend, receiver, origin["webhookSecret"], node)
        with tally.check("devices are checked to the end"):
            check_device.run(tally, backend)
        with tally.check("backends are checked to the end"):
            check_backend.run(tally, backend)
        with tally.check("provisioning is checked to the end"):
            check_provisioning.run(tally, demo)
        if event is not None:
            check_outcome.replayed(tally, backend, receiver, origin["webhookSecret"], event)
    kept = check_life.Kept(backend)
    check_life.stops(tally, service)
    return demo, kept


def service_itself(tally, start, work, node):
    """The service without an identity provider."""
    demo, kept = first_run(tally, start("first.log", "--port", "0", "--fresh"), node)
    port = str(urlsplit(demo["baseUrl"]).port)
    again = start("again.log", "--port", port)
    check_life.after_restart(tally, again, demo, kept)
    check_life.stops(tally, again)
    # Options of the whole command stand before the subcommand.
    aws = start("aws.log", "aws", "--listen", "127.0.0.1:0")
    check_life.aws(tally, aws, demo, kept)
    check_life.stops(tally, aws, signal.SIGTERM)


# `provider` is what of `idp` needs no service.
PARTS = {
    "service": [service_itself],
    "idp": [idp.checks.identity_provider],
    "provider": [idp.checks.provider_alone],
    "cloud": [uaf.checks.cloud],
    "authenticator": [authenticator.checks.authenticator],
    "all": [
        service_itself, idp.checks.identity_provider, uaf.checks.cloud, authenticator.checks.authenticator],
}


def main(work, node, part="all"):
    tally = Tally()
    for run in PARTS[part]:
        # Whatever fails: nothing is left running, and the next part is checked all the same.
        with ExitStack() as stack, tally.check(f"{run.__name__.replace('_', ' ')}: checked to the end"):
            def start(log, *arguments, data="data"):
                service = Service(work / data, *arguments, log=work / log)
                stack.callback(service.kill)
                return service

            run(tally, start, work, node)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(*(pathlib.Path(argument).resolve() for argument in sys.argv[1:3]), *sys.argv[3:]))
