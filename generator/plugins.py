"""Installed packages that add rules, documents or licenses, found by entry points and loaded when needed."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.cache import cache_folder
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.translations import error_text as _

RULES, DOCUMENTS, LICENSES = "modelcharter.rules", "modelcharter.documents", "modelcharter.licenses"
OFF = "MODELCHARTER_NO_PLUGINS"
"""The environment variable that turns plugins off; `--no-plugins` sets it."""
_MARK = b"modelcharter."
_LIMIT = 1024 * 1024
_PAUSE = 0.25
"""Seconds between two looks at the folders on the path."""
_ENDS = (".dist-info", ".egg-info")


class Plugin(NamedTuple):
    """An entry point of an installed package.

    Attributes:
        group: What it adds: `RULES`, `DOCUMENTS` or `LICENSES`.
        name: Its name: the family of its rules, the output of its document.
        value: The module, and behind a colon the attribute.
        package: The package that it belongs to.
    """

    group: str
    name: str
    value: str
    package: str


def are_off() -> bool:
    """Return whether plugins are turned off."""
    return os.environ.get(OFF, "") not in ("", "0")


def turn_off() -> None:
    """Turn plugins off, also in processes that this one starts."""
    os.environ[OFF] = "1"


def installed(group: str) -> tuple[Plugin, ...]:
    """Return the plugins of a group that are installed, by name, also where plugins are turned off.

    Args:
        group: `RULES`, `DOCUMENTS` or `LICENSES`.
    """
    return tuple(plugin for plugin in _find() if plugin.group == group)


def load(plugin: Plugin) -> Any:  # noqa: ANN401 - whatever a plugin has there
    """Return what an entry point names.

    Args:
        plugin: The plugin.

    Raises:
        CharterError: It cannot be imported.
    """
    from importlib import import_module

    module, __, attributes = plugin.value.partition(":")
    try:
        found: Any = import_module(module.strip())
        for name in filter(None, attributes.strip().split(".")):
            found = getattr(found, name)
    except Exception as error:
        raise fault(
            plugin, _("The plugin {name} of {package} cannot be loaded ({reason})."), reason=_words(error)
        ) from error
    return found


def fault(plugin: Plugin, text: str, **values: object) -> CharterError:
    """Return the error of a plugin.

    Args:
        plugin: The plugin.
        text: What is wrong with it; `{name}` and `{package}` are the plugin's.
        values: What else the text names.
    """
    remedy = _("Report it to its maker. `charter --no-plugins` runs without plugins.")
    return CharterError(text.format(name=plugin.name, package=plugin.package, **values), remedy)


def failure(plugin: Plugin, error: Exception) -> CharterError:
    """Return the error of a plugin whose code failed.

    Args:
        plugin: The plugin.
        error: What it raised.
    """
    if isinstance(error, CharterError):
        return error
    return fault(plugin, _("The plugin {name} of {package} failed ({reason})."), reason=_words(error))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _find() -> tuple[Plugin, ...]:
    """The plugins on the path of this process; what is found is kept until a package is installed or removed."""
    # A check asks several times, and there may be a thousand checks in a row: the folders are looked at now and then.
    return _look(tuple(sys.path), int(time.monotonic() / _PAUSE))


@lru_cache(maxsize=1)
def _look(path: tuple[str, ...], moment: int) -> tuple[Plugin, ...]:
    stamps: list[tuple[str, int]] = []
    for folder in dict.fromkeys(path):
        with contextlib.suppress(OSError, ValueError):
            stamps.append((folder, os.stat(folder or ".").st_mtime_ns))  # noqa: PTH116 - asked for every check
    return _search(tuple(stamps))


@lru_cache(maxsize=4)
def _search(stamps: tuple[tuple[str, int], ...]) -> tuple[Plugin, ...]:
    """The plugins in folders with these times: as an earlier run found them, else searched.

    The entry points of the standard library take fifty milliseconds to import, which every check would pay.
    """
    base = cache_folder("plugins")
    file = base / "found.json" if base else None
    wanted = [list(stamp) for stamp in stamps]
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        if file and file.stat().st_size <= _LIMIT:
            held = json.loads(file.read_bytes())
            if held["path"] == wanted:
                return tuple(Plugin(*map(str, entry)) for entry in held["plugins"])
    found = sorted({plugin for folder, __ in stamps for plugin in _scan(Path(folder or "."))})
    if file:
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_name(f".{os.getpid()}.json")
            partial.write_text(json.dumps({"path": wanted, "plugins": found}), encoding="utf-8")
            partial.replace(file)
    return tuple(found)


def _scan(folder: Path) -> list[Plugin]:
    """The plugins of the packages that are installed in one folder."""
    found: list[Plugin] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_ENDS):
                with contextlib.suppress(OSError):
                    file = Path(entry.path, "entry_points.txt")
                    content = file.read_bytes() if file.stat().st_size <= _LIMIT else b""
                    if _MARK in content:
                        found += _parse(content.decode("utf-8", "replace"), entry.name)
    return found


def _parse(text: str, folder: str) -> list[Plugin]:
    """The entry points of ours in an `entry_points.txt`."""
    package, group = folder.rpartition(".")[0].partition("-")[0], ""
    found: list[Plugin] = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group in (RULES, DOCUMENTS, LICENSES) and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.append(Plugin(group, name.strip(), value.strip(), package))
    return found
