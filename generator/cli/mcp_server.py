"""The server of `charter mcp`: read-only tools and resources, by the official SDK of the Model Context Protocol."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from generator import __version__, api
from generator.artifacts.folder import is_file, is_folder
from generator.errors import CharterError
from generator.release.vocabulary import ACTS, RELATIONS

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=50)]
Facts = Annotated[
    dict[str, str | int | float],
    Field(
        max_length=10,
        description="monthly_active_users, annual_revenue_usd, country (ISO 3166), purpose or name, with a value",
    ),
]
Words = Annotated[str, Field(max_length=200, description="Part of an id or a name")]
Target = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        description="A license id, alias or expression, a known base model ORG/NAME, or a path of a release or folder",
    ),
]
_LIMIT = 50
_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "modelcharter answers questions about the licenses of machine learning models and data sets. Each answer is yes, "
    "conditional, unclear or no, with the clause of the license. `unclear` means that the text does not settle it: "
    "say so, and never present it as a permission. Name the conditions of a conditional answer. Not legal advice."
)


def create_server(root: Path) -> MCPServer[Any]:
    """Return the server; nothing runs yet.

    Args:
        root: The folder whose releases may be read; no path outside it is.
    """
    server: MCPServer[Any] = MCPServer("modelcharter", instructions=INSTRUCTIONS, version=__version__)
    tools = _Tools(root)
    for tool in (
        tools.rights,
        tools.summary,
        tools.derive,
        tools.check,
        tools.openness,
        tools.search_licenses,
        tools.search_bases,
    ):
        server.tool(annotations=_READ_ONLY)(_with_tool_errors(tool))
    server.resource("license://{license_id}", mime_type="application/json")(license_facts)
    server.resource("rule://{rule_id}", mime_type="text/markdown")(rule_explanation)
    return server


class _Tools:
    """The tools, which read releases below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rights(
        self,
        target: Target,
        acts: Annotated[list[str] | None, Field(max_length=len(ACTS), description=", ".join(ACTS))] = None,
        facts: Facts | None = None,
    ) -> dict[str, Any]:
        """Return what a recipient may do, act by act, with conditions, limits and clauses."""
        name, base = self._resolve(target)
        return api.rights(name, acts=acts or None, given=facts or {}).to_dict() | {"target": target} | base

    def summary(self, target: Target, facts: Facts | None = None) -> dict[str, Any]:
        """Return the rights in brief: what you may do, must do, may not do, and what is not settled."""
        name, base = self._resolve(target)
        found = api.rights(name, given=facts or {}).to_dict()
        brief = [{"layer": layer["layer"], "summary": layer["summary"]} for layer in found["layers"]]
        return {"target": target, "layers": brief} | base

    def derive(
        self,
        bases: Names,
        relation: Annotated[str, Field(max_length=40, description=", ".join((*RELATIONS, "trained_with")))],
        license: Name,
        facts: Facts | None = None,
    ) -> dict[str, Any]:
        """Return whether something made from base models or data sets may be published under a license."""
        licenses, known = [], []
        for entry in bases:
            name, base = self._resolve(entry, paths=False)
            licenses.append(name.removeprefix("license:"))
            known += [base["known_base"]] if base else []
        found = api.derive(licenses, relation, license, given=facts or {}).to_dict()
        return found | ({"known_bases": known} if known else {})

    def check(self, path: Annotated[str, Field(max_length=500)] = ".") -> dict[str, Any]:
        """Check a release file or a model folder, and return each problem with its line and a fix."""
        return api.check(api.load_target(self._inside(path))).to_dict()

    def openness(self, path: Annotated[str, Field(max_length=500)] = ".") -> dict[str, Any]:
        """Return how open a release is: both interpretations, MOF class, OSAID, and the EU AI Act's exemption."""
        return api.openness(f"path:{self._inside(path)}").to_dict() | {"target": path}

    def search_licenses(self, words: Words) -> dict[str, Any]:
        """Return the licenses of the catalog whose id or name has some words."""
        from generator.licenses.catalog import get_known_name, hub_id
        from generator.licenses.choose import filter_licenses

        keys = tuple(filter_licenses(None, words))
        rows = [{"id": key, "hub_id": hub_id(key), "name": get_known_name(key)} for key in keys[:_LIMIT]]
        return {"licenses": rows, "more": max(0, len(keys) - _LIMIT)}

    def search_bases(self, words: Words) -> dict[str, Any]:
        """Return known base models and data sets with their licenses, as of a date."""
        from generator.licenses.known_bases import near_bases, search_bases

        found = search_bases(words)
        rows = [row.to_dict() for row in found[:_LIMIT]]
        return {"bases": rows, "more": len(found) - len(rows), "near": [] if found else list(near_bases(words))}

    def _resolve(self, target: str, *, paths: bool = True) -> tuple[str, dict[str, Any]]:
        """Return what `rights` is asked for a target, and the row of the known base that it rests on."""
        from generator.licenses.answers import is_license
        from generator.licenses.known_bases import find_either, near_bases

        if is_license(target):
            return f"license:{target}", {}
        rows = [row for row in find_either(target) if row.license]
        if rows:
            return f"license:{rows[0].license}", {"known_base": rows[0].to_dict()}
        if paths and (is_file(self.root / target) or is_folder(self.root / target)):
            return f"path:{self._inside(target)}", {}
        near = ", ".join(near_bases(target)) or "search_licenses or search_bases finds ids"
        raise CharterError(f"{target} is no license and no base model that charter knows.", f"Near: {near}.")

    def _inside(self, path: str) -> Path:
        """Return a path below the folder, or refuse it."""
        place = (self.root / path).resolve()
        if place != self.root and self.root not in place.parents:
            raise CharterError(f"{path} is outside the folder of this server.", f"Name a path below {self.root}.")
        return place


def license_facts(license_id: str) -> str:
    """Return the facts of a license as JSON."""
    import json

    from generator.cli.licenses_text import facts_document

    try:
        return json.dumps(facts_document(license_id), ensure_ascii=False)
    except CharterError as error:
        raise ResourceNotFoundError(error.message) from None


def rule_explanation(rule_id: str) -> str:
    """Return what a rule of the checks means, and how to fix what it finds."""
    from generator.checks.run import all_rules

    rules = {rule.id: rule for rule in all_rules()}
    if (rule := rules.get(rule_id.upper())) is None:
        raise ResourceNotFoundError(f"There is no rule {rule_id}. `charter rules` lists them.")
    return f"# {rule.id} {rule.name} ({rule.severity})\n\n{rule.explanation}"


def _with_tool_errors(tool: Callable[..., Mapping[str, Any]]) -> Callable[..., Any]:
    """Return a tool whose expected errors are answers with a fix, not failures of the server."""

    @functools.wraps(tool)
    def answer(**arguments: Any) -> Any:  # noqa: ANN401 - the arguments of any tool
        try:
            return tool(**arguments)
        except CharterError as error:
            raise ToolError(f"{error.message} {error.remedy}".strip()) from None

    return answer
