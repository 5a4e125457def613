"""Check what `sam local invoke` answered against what the event expects.

Usage: invoked.py event.json answer.json

The event is a filled-in one of events/ (`cargo local event`): its member `expect` has `status`, `body` and `location`
(in which each `*` stands for anything) of an API's answer, `result` of a job's, or a part of its `error`. What it does
not name may be anything.
"""

import base64
import json
import pathlib
import re
import sys


def fault(at: str, found: object, wanted: object) -> str | None:
    """Where `found` lacks what `wanted` has; null wants null or nothing."""
    match found, wanted:
        case dict(), dict():
            pairs = [(f"{at}.{name}", found.get(name), inner) for name, inner in wanted.items()]
        case list(), list() if len(found) == len(wanted):
            pairs = [(f"{at}[{place}]", item, inner) for place, (item, inner) in enumerate(zip(found, wanted))]
        case list(), dict():  # a list of which some items are of interest, by their places
            pairs = [
                (f"{at}[{place}]", found[int(place)] if int(place) < len(found) else None, inner)
                for place, inner in wanted.items()
            ]
        case _:
            return None if found == wanted else f"{at} is {json.dumps(found)}, not {json.dumps(wanted)}"
    return next((told for told in (fault(*pair) for pair in pairs) if told), None)


def misdirected(answer: dict, wanted: str | None) -> str | None:
    """Where the answer leads to, if that is not what was wanted."""
    if wanted is None:
        return None
    location = answer.get("headers", {}).get("location", "")
    pattern = ".*".join(map(re.escape, wanted.split("*")))
    return None if re.fullmatch(pattern, location) else f"location is {location}, not {wanted}"


def parsed(answer: dict) -> object:
    """The body of an API's answer; null where there is none, or none that is JSON."""
    body = answer.get("body") or "null"
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    try:
        return json.loads(body)
    except ValueError:
        return None


def judge(expect: dict, answer: object) -> str | None:
    """What is wrong with the answer."""
    failed = isinstance(answer, dict) and "errorMessage" in answer
    if failed or "error" in expect:
        right = failed and "error" in expect and expect["error"] in answer["errorMessage"]
        return None if right else f"it answered {json.dumps(answer)}"
    if "status" not in expect:
        return fault("result", answer, expect["result"])
    if not isinstance(answer, dict):
        return f"no answer of an API: {json.dumps(answer)}"
    body = parsed(answer)
    return (
        fault("status", answer.get("statusCode"), expect["status"])
        or fault("body", body, expect.get("body"))
        or misdirected(answer, expect.get("location"))
    )


def main() -> int:
    event, answer = (json.loads(pathlib.Path(path).read_text() or "null") for path in sys.argv[1:])
    print(json.dumps(answer)[:200])
    if told := judge(event["expect"], answer):
        print(told, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
