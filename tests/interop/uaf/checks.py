"""The checks of the Cloud API, against the real service."""

from check_life import stops
from uaf import check_fido2, check_uaf
from uaf.cloud import Cloud


def cloud(tally, start, _work, _node):
    """`start` starts the service with arguments, and sees that it ends."""
    service = start("cloud.log", "--port", "0", "--fresh", data="data-cloud")
    demo = service.demo()
    backend = Cloud(demo["baseUrl"], next(origin["accessKey"] for origin in demo["origins"] if origin.get("accessKey")))
    with tally.check("UAF is checked to the end"):
        check_uaf.run(tally, backend)
    with tally.check("FIDO2 is checked to the end"):
        check_fido2.run(tally, backend)
    stops(tally, service)
