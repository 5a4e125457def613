"""Check what `sam local invoke` answered.

Usage: invoked.py event.json answer.json

A function must not have failed (`errorMessage`, as the runtime reports it); one with a route must answer with a status
under 500.
"""

import json
import pathlib
import sys

event, answer = sys.argv[1], json.loads(pathlib.Path(sys.argv[2]).read_text() or "null")
routed = "rawPath" in json.loads(pathlib.Path(event).read_text())
print(f"{event}: {json.dumps(answer)[:200]}")
if isinstance(answer, dict) and "errorMessage" in answer:
    sys.exit(f"{event}: the function failed")
if routed and not (isinstance(answer, dict) and 200 <= answer.get("statusCode", 0) < 500):
    sys.exit(f"{event}: no answer of the API")
