"""Documents of plugins: each is written if `outputs` has its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator import plugins
from generator.documents.storage.transaction import is_plain
from generator.licenses.assess import Assessment
from generator.release.model import Release
from generator.release.vocabulary import OUTPUTS
from generator.translations import error_text as _


class PluginDocument(NamedTuple):
    """A document that a plugin writes.

    Attributes:
        path: Its path in the bundle.
        write: Returns its text, or None where a release has no need of it.
    """

    path: str
    write: Callable[[Assessment], str | None]


def requested_documents(
    release: Release, taken: frozenset[str]
) -> Iterator[tuple[plugins.Plugin, PluginDocument | None]]:
    """Yield the documents of plugins that a release wants, each with its plugin; None where plugins are off.

    Args:
        release: The release.
        taken: Paths that are charter's own.

    Raises:
        CharterError: A plugin cannot be loaded, or has no document, or one at a path that is taken.
    """
    wanted = [name for name in release.outputs if name not in OUTPUTS]
    known = {plugin.name: plugin for plugin in plugins.installed(plugins.DOCUMENTS)} if wanted else {}
    for name in wanted:
        plugin = known[name]
        if plugins.are_off():
            yield plugin, None
            continue
        document = plugins.load(plugin)
        if not isinstance(document, PluginDocument):
            raise plugins.fault(plugin, _("The plugin {name} of {package} is no `modelcharter.plugins.Document`."))
        if not is_plain(document.path) or document.path in taken or document.path.startswith(("LICENSES/", ".")):
            raise plugins.fault(
                plugin,
                _("The plugin {name} of {package} writes {path!r}, which a plugin can't write."),
                path=document.path,
            )
        yield plugin, document
