"""Compile templates, license facts and translations into the wheel, so that an installed copy never pays for it."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTemplates(BuildHookInterface):  # type: ignore[type-arg]
    """Write `generator/_compiled/` before a wheel is packed; an editable install reads `templates/` as they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile for a standard wheel only."""
        root = Path(self.root)
        target = root / "generator" / "_compiled"
        shutil.rmtree(target, ignore_errors=True)
        if self.target_name != "wheel" or version == "editable":
            return
        from jinja2 import FileSystemLoader

        environment = _own_module(root, "generator.documents.render").make_environment(
            FileSystemLoader(root / "templates")
        )
        environment.compile_templates(target, zip=None, ignore_errors=False)
        _compile_facts(root / "generator" / "knowledge" / "licenses", target / "licenses")
        _compile_catalogs(root, target / "translations")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave the checkout as it was."""
        shutil.rmtree(Path(self.root) / "generator" / "_compiled", ignore_errors=True)


def _compile_facts(source: Path, target: Path) -> None:
    """Write each fact file as JSON."""
    import yaml

    target.mkdir()
    for path in sorted(source.glob("*.yaml")):
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        (target / f"{path.stem}.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def _compile_catalogs(root: Path, target: Path) -> None:
    """Write each catalog in the form that gettext reads."""
    target.mkdir()
    catalog = _own_module(root, "generator.translations.catalog")
    for path in sorted((root / "generator" / "translations").glob("*.po")):
        (target / f"{path.stem}.mo").write_bytes(catalog.compile_catalog(path))


def _own_module(root: Path, name: str) -> Any:  # noqa: ANN401 - a module
    """A module of the project, so that what is compiled is made as it will be read."""
    import sys

    sys.path.insert(0, str(root))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(root))
