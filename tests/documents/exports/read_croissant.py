"""Run in an environment that has mlcroissant: load each file, and print what was read of it as JSON."""

from __future__ import annotations

import json
import logging
import sys

import mlcroissant

logging.disable()
read = []
for path in sys.argv[1:]:
    data = mlcroissant.Dataset(path)
    issues = data.metadata.ctx.issues
    read.append({"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "json": data.metadata.to_json()})
sys.stdout.write(json.dumps(read, default=str))
