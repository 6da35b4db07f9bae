"""Publish a release, or say why not: python publish.py RELEASE [--repo ORG/NAME] [--dry-run]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import modelcharter


def publish(path: Path, repo: str | None, *, dry_run: bool) -> str:
    """Load, check, build and push; every step raises where it cannot go on."""
    release = modelcharter.load_release(path)
    report = modelcharter.check(release)
    report.raise_for_errors()
    bundle = modelcharter.build(release)
    target = repo or release.release.repo
    if dry_run:
        return f"{report.summary}; would publish to {target or 'a repo to be named'}: {', '.join(bundle)}"
    if target is None:
        raise modelcharter.CharterError(
            "Nobody says where to publish.", "Write `repo:` under `release:`, or give --repo ORG/NAME."
        )
    modelcharter.push(bundle, target, create_pr=True)
    return f"{report.summary}; proposed to {target} as a pull request"


def main() -> int:
    """Run it, and end as `charter` does: 0 done, 2 could not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", help="a release file, or a folder that holds one")
    parser.add_argument("--repo", help="ORG/NAME; the release file's own by default")
    parser.add_argument("--dry-run", action="store_true", help="stop before anything is published")
    options = parser.parse_args()
    try:
        print(publish(Path(options.release), options.repo, dry_run=options.dry_run))
    except modelcharter.CharterError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
