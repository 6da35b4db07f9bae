"""Licenses of plugins: custom licenses that releases can name, each with what its maker states of it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from generator import plugins
from generator.errors import CharterError
from generator.release.fields import TERMS_ID, Refused
from generator.release.model import LocalTerms
from generator.translations import gettext as _


class PluginLicense(NamedTuple):
    """A license of a plugin: its values as in a release file, and where its text is."""

    values: Mapping[str, Any]
    text: tuple[Path, str] | None


def plugin_licenses() -> Mapping[str, PluginLicense]:
    """Return the licenses of plugins by id; nothing where plugins are off.

    Raises:
        CharterError: A plugin cannot be loaded, or what it has is no license.
    """
    found = plugins.installed(plugins.LICENSES)
    return {} if plugins.are_off() else _load(found)


def add_licenses(stated: Any, raw: bytes) -> Any:  # noqa: ANN401 - the values of a release file
    """Return the values of a release file with the licenses of plugins that it names and does not define.

    Args:
        stated: The values; they are not changed.
        raw: The file.
    """
    own = stated.get("licenses", {}) if isinstance(stated, dict) else None
    if not isinstance(own, dict):
        return stated
    named = {key: dict(one.values) for key, one in plugin_licenses().items() if key.encode() in raw}
    return {**stated, "licenses": {**named, **own}} if named.keys() - own.keys() else stated


@lru_cache(maxsize=1)
def _load(found: tuple[plugins.Plugin, ...]) -> dict[str, PluginLicense]:
    held: dict[str, PluginLicense] = {}
    for plugin in found:
        loaded = plugins.load(plugin)
        if not isinstance(loaded, Mapping):
            raise plugins.fault(plugin, _("The plugin {name} of {package} is no mapping of license ids."))
        for key, values in loaded.items():
            try:
                held[TERMS_ID.read(key)] = _license(values)
            except (CharterError, Refused, TypeError, AttributeError, ValueError) as error:
                said = " ".join(str(error).split())
                raise plugins.fault(
                    plugin,
                    _("The plugin {name} of {package} has a license {license!r} that can't be read: {reason}."),
                    license=str(key)[:60],
                    reason=said,
                ) from error
    return held


def _license(stated: Mapping[str, Any]) -> PluginLicense:
    values = dict(stated)
    text = values.pop("license_text", None)
    place = None
    if text is not None:
        file = Path(text)
        place = (file.parent, file.name)
        values["license_text"] = file.name
    LocalTerms(**values)  # it checks each value
    return PluginLicense(values, place)
