"""Check a built site: links lead from the first page to every other one. python tools/check_site.py FOLDER."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Links(HTMLParser):
    """The targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def reachable(folder: Path) -> set[Path]:
    """Return the pages that links lead to from the first page.

    Args:
        folder: The root of the site.
    """
    found, waiting = set[Path](), [folder / "index.html"]
    while waiting:
        page = waiting.pop()
        if page in found or not page.is_file() or page.suffix != ".html":
            continue
        found.add(page)
        links = _Links()
        links.feed(page.read_text(encoding="utf-8"))
        for link in links.found:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc and parts.path:
                target = (page.parent / unquote(parts.path)).resolve()
                waiting.append(target / "index.html" if target.is_dir() else target)
    return found


def main() -> None:
    """Name the pages that no link leads to."""
    folder = Path(sys.argv[1]).resolve()
    pages = {page for page in folder.rglob("*.html") if page.name != "404.html"}
    orphans = sorted(str(page.relative_to(folder)) for page in pages - reachable(folder))
    if orphans:
        sys.exit("No link leads to these pages: " + ", ".join(orphans))


if __name__ == "__main__":
    main()
