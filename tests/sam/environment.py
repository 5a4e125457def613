"""Turn what the embedded AWS made into the environment that `sam local --env-vars` takes.

Usage: environment.py demo.json endpoint-url

SAM would set logical ids for table and secrets, so the values that demo.json lists under `environment` (a map from
variable to value) are set for every function instead. AWS_ENDPOINT_URL is set here and not by the template's parameter
because SAM does not resolve a condition that may leave a variable out.
"""

import json
import pathlib
import sys

demo = json.loads(pathlib.Path(sys.argv[1]).read_text())
json.dump({"Parameters": demo["environment"] | {"AWS_ENDPOINT_URL": sys.argv[2]}}, sys.stdout, indent=2)
