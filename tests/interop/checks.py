"""Runs the checks against the real service. Usage: checks.py WORKDIR NODEDIR (run.sh prepares both)."""

import pathlib
import signal
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import check_backend
import check_device
import check_life
import check_outcome
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
        if event is not None:
            check_outcome.replayed(tally, backend, receiver, origin["webhookSecret"], event)
    kept = check_life.Kept(backend)
    check_life.stops(tally, service)
    return demo, kept


def main(work, node):
    tally = Tally()
    data = work / "data"
    # Whatever fails: nothing is left running.
    with ExitStack() as stack, tally.check("runs are checked to the end"):
        def start(log, *arguments):
            service = Service(data, *arguments, log=work / log)
            stack.callback(service.kill)
            return service

        demo, kept = first_run(tally, start("first.log", "--port", "0", "--fresh"), node)
        port = str(urlsplit(demo["baseUrl"]).port)
        again = start("again.log", "--port", port)
        check_life.after_restart(tally, again, demo, kept)
        check_life.stops(tally, again)
        # Options of the whole command stand before the subcommand.
        aws = start("aws.log", "aws", "--listen", "127.0.0.1:0")
        check_life.aws(tally, aws, demo, kept)
        check_life.stops(tally, aws, signal.SIGTERM)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(*(pathlib.Path(argument).resolve() for argument in sys.argv[1:])))
