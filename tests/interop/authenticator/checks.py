"""The checks of the Authenticator API, against the real service."""

from authenticator import check_app, check_bank, check_refusals, check_vectors
from backend import Backend
from check_life import stops
from uaf.cloud import Cloud


def authenticator(tally, start, work, _node):
    """`start` starts the service with arguments, and sees that it ends."""
    check_vectors.run(tally)
    service = start("authenticator.log", "--port", "0", "--fresh", data="data-authenticator")
    demo = service.demo()
    origin = next(origin for origin in demo["origins"] if origin["keyType"] == "hmac")
    backend = Backend(demo["baseUrl"], origin["guid"], origin["key"])
    cloud = Cloud(demo["baseUrl"], next(origin["accessKey"] for origin in demo["origins"] if origin.get("accessKey")))
    for version in (1, 2):
        with tally.check(f"Authenticator API v{version} is checked to the end"):
            check_app.run(tally, backend, cloud, version)
        with tally.check(f"refusals of the Authenticator API v{version} are checked to the end"):
            check_refusals.run(tally, backend, version)
    with tally.check("a bank that encrypts for the apps is checked to the end"):
        check_bank.run(tally, demo, work / "bank.pem")
    stops(tally, service)
