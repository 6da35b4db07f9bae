"""Writing a release as a release file that reads back the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.release.model import Release
from generator.release.part import Many, Part, fields_of
from generator.release.yaml_text import block
from generator.site import schema_url


def format_release(release: Release) -> str:
    """Return a release as the text of a release file, keys in the order of the contract, defaults left out.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    return "\n".join(block(_stated(release))) + "\n"


def own_text(release: Release) -> str:
    """Return a release as the text of a release file, without what the settings of an organization state for it.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    return "\n".join(block(own_values(release))) + "\n"


def own_values(release: Release) -> dict[str, Any]:
    """Return what a release file states itself, without what the settings of an organization state for it.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    found = _stated(release)
    tree = release.origin.tree if release.origin else None
    if not isinstance(tree, dict) or not isinstance(tree.get("release"), dict):
        return found
    given = _stated(release.settings.values) if release.settings and release.settings.values else {}
    for key in ("publisher", "copyright"):
        if key in given and key not in tree["release"] and found["release"].get(key) == given[key]:
            del found["release"][key]
    if "outputs" in given and "outputs" not in tree and found.get("outputs") == given["outputs"]:
        del found["outputs"]
    for key, more in (
        ("rules", given.get("rules", {})),
        ("licenses", {**given.get("licenses", {}), **_of_plugins(found)}),
    ):
        own = tree.get(key) or {}
        left = {name: value for name, value in found.pop(key, {}).items() if name in own or more.get(name) != value}
        found |= {key: left} if left else {}
    return found


def _of_plugins(found: Mapping[str, Any]) -> dict[str, Any]:
    """The licenses of plugins that are among those of a release."""
    if "licenses" not in found:
        return {}
    from generator.release.plugin_licenses import plugin_licenses  # here, as few releases have custom licenses

    return {key: dict(one.values) for key, one in plugin_licenses().items()}


def add_schema_line(text: str) -> str:
    """Return the text of a new release file, with the line that leads editors to its schema where the site has one.

    Args:
        text: What `format_release` returned.
    """
    url = schema_url()
    return f"# yaml-language-server: $schema={url}\n{text}" if url else text


def stated_values(release: Release) -> dict[str, Any]:
    """Return what a release says beyond its defaults, as mappings, lists and values.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    return _stated(release)


def _stated(part: Any) -> dict[str, Any]:  # noqa: ANN401 - any type of the release file
    """What a part says beyond its defaults; a layer with one item stands without a list."""
    found: dict[str, Any] = {}
    for name, known in fields_of(part.__class__).items():
        value = getattr(part, name)
        if value is None or value == {} or (not known.required and value == known.default):
            continue
        made = _plain(value)
        one = isinstance(known.shape, Many) and known.shape.or_one and len(made) == 1
        found[name] = made[0] if one else made
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - a tree
    if isinstance(value, Part):
        return _stated(value)
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(child) for child in value] if isinstance(value, tuple) else value
