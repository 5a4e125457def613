"""Runs the checks against the real service. Usage: checks.py WORKDIR (run.sh prepares it)."""

import pathlib
import sys

import check_device
from backend import Backend
from service import Service
from tally import Tally


def main(work):
    tally = Tally()
    service = Service(work / "data", "--port", "0", "--fresh", log=work / "service.log")
    try:
        demo = service.demo()
        origin = next(origin for origin in demo["origins"] if origin["keyType"] == "hmac")
        backend = Backend(demo["baseUrl"], origin["guid"], origin["key"])
        check_device.run(tally, backend)
    finally:
        service.kill()
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
