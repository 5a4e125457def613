"""Check the stack that SAM makes of a template, in what `sam validate --lint` does not look at.

Usage: stack.py template.yaml

Prints the count by resource type (one function is a function, a role and a permission). Fails past CloudFormation's
limit, and where resources need each other in a circle, which CloudFormation refuses only when it deploys.
"""

import collections
import graphlib
import re
import sys

from samcli.yamlhelper import parse_yaml_file
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

# CloudFormation quotas: resources in a stack.
MOST_RESOURCES = 500


def deployed(template: dict) -> dict:
    """The resources that CloudFormation gets, by logical id: no SAM resource is left among them."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        # `sam package` puts each bundle's address here; which one makes no difference to the stack's shape.
        if "CodeUri" in properties:
            properties["CodeUri"] = "s3://bundles/bootstrap.zip"
    return Translator({}, Parser()).translate(template, parameter_values={})["Resources"]


def needs(value: object) -> set[str]:
    """Every name that Ref, GetAtt, Sub and DependsOn mention within a value."""
    if isinstance(value, list):
        return set().union(*map(needs, value))
    if not isinstance(value, dict):
        return set()
    found = set()
    for key, inner in value.items():
        match key, inner:
            case ("Ref", str()) | ("DependsOn", str()):
                found.add(inner)
            case "DependsOn", list():
                found.update(inner)
            case "Fn::GetAtt", [name, *_]:
                found.add(name)
            case "Fn::GetAtt", str():
                found.add(inner.split(".")[0])
            case "Fn::Sub", str() | [str(), *_]:
                text = inner if isinstance(inner, str) else inner[0]
                found.update(name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text))
        found |= needs(inner)
    return found


def circle(resources: dict) -> list[str]:
    """Resources that need each other in a circle, the first named again at the end; empty where there is none."""
    graph = {name: needs(resource) & resources.keys() for name, resource in resources.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def main() -> int:
    resources = deployed(parse_yaml_file(sys.argv[1]))
    for kind, count in sorted(collections.Counter(it["Type"] for it in resources.values()).items()):
        print(f"{count:4} {kind}")
    print(f"{len(resources):4} resources of {MOST_RESOURCES}")
    if found := circle(resources):
        print("a circle: " + " <- ".join(found), file=sys.stderr)
        return 1
    return 0 if len(resources) <= MOST_RESOURCES else 1


if __name__ == "__main__":
    sys.exit(main())
