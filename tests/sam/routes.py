"""Call every route of the template through `sam local start-api`, as a caller without credentials.

Usage: routes.py template.yaml base-url

What is public must be answered; every other operation must reach its function and be refused by it. Fails on a server error and on the gateway's own answers to a path that it does not know.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.request

from samcli.yamlhelper import parse_yaml_file

# A container starts on the first call to its function; a call that takes longer than this is stuck. In seconds.
PATIENCE = 120
# Each with what its answer has.
PUBLIC = {"/.well-known/jwks.json": b'"keys"', "/ping": b"PONG", "/_app/uaf/1.1/facets": b'"trustedFacets"'}


def routes(path: str) -> list[tuple[str, str, str]]:
    """Method, path and function of every route."""
    found = []
    for name, resource in parse_yaml_file(path)["Resources"].items():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "HttpApi":
                found.append((event["Properties"]["Method"], event["Properties"]["Path"], name))
    return found


def call(method: str, url: str) -> tuple[int, bytes]:
    """Status and body of one call."""
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    request = urllib.request.Request(url, data=body, method=method, headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def fault(path: str, status: int, body: bytes) -> str | None:
    """What is wrong with an answer."""
    if path in PUBLIC:
        return None if status == 200 and PUBLIC[path] in body else f"not answered: {body[:200]!r}"
    try:
        answer = json.loads(body)
    except ValueError:
        return f"no JSON: {body[:200]!r}"
    if not 400 <= status < 500:
        return f"not refused: {answer}"
    # SAM's own answer to a route that it does not know.
    if answer == {"message": "Missing Authentication Token"}:
        return "the route leads nowhere"
    return None


def main() -> int:
    template, base = sys.argv[1:]
    faults = 0
    for method, path, function in routes(template):
        url = base + re.sub(r"\{[^}]+\}", "0197f2a0-0000-7000-8000-000000000000", path)
        started = time.monotonic()
        call(method, url)
        warmed = time.monotonic()
        status, body = call(method, url)
        ended = time.monotonic()
        wrong = fault(path, status, body)
        faults += wrong is not None
        times = f"first {warmed - started:.2f} s, then {ended - warmed:.3f} s"
        print(f"{status} {method:6} {path} {function}: {times} {wrong or ''}".rstrip())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
