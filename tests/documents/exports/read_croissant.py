"""Run in an environment that has mlcroissant: read files whose paths come on standard input, one a line.

What was read of each is printed as a line of JSON.
"""

from __future__ import annotations

import json
import logging
import sys

import mlcroissant

logging.disable()
for line in sys.stdin:
    data = mlcroissant.Dataset(line.rstrip("\n"))
    issues = data.metadata.ctx.issues
    read = {"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "json": data.metadata.to_json()}
    sys.stdout.write(json.dumps(read, default=str) + "\n")
    sys.stdout.flush()
