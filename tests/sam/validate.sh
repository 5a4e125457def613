#!/usr/bin/env bash
# Checks template.yaml with `sam validate --lint`, and the stack it turns into: within CloudFormation's 500 resources,
# none of which need each other in a circle. Reaches nothing outside this machine.

source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

sam validate --lint --template "$root/template.yaml"
python "$here/stack.py" "$root/template.yaml"
