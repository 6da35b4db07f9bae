"""Captures of a real interview for the docs: `python -m tests.interview.shots` (also `make shots`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.conftest import TESTS
from tests.interview.terminal import ENTER, Terminal
from tests.interview.test_interview import GIVEN, full

DOCS = TESTS.parent / "docs"
PAGE = """\
<!-- Made by `make shots` from a real run in a terminal; do not edit. -->

# Answer the questions of `charter init`

For everyone who has just finished a model or a data set. `charter init` reads the files of a folder, asks what is
missing, and writes `release.yaml`. It saves every answer at once: press Ctrl-C to pause, and run it again to continue.
`?` explains a question, `<` goes back. If you only press Enter, charter writes what the files state and nothing else.

![The interview, at the license of the weights](images/interview.svg)

## Answers from your files

```text
{first}
```

## Base models

```text
{upstream}
```

## Licenses that the base model forbids

```text
{license}
```

## Review

```text
Problems{review}
   ...
```

## Without a terminal

```console
charter init --defaults --set "release.copyright=2026 Lab" --set layers.data.availability=withheld
charter init --answers answers.yaml
charter init --from example-lab/some-model
```

`--defaults` takes what the files say and leaves the rest out. The fields are those of [the release file](fields.md);
the questions are [on their own page](questions.md).
"""


def last(terminal: Terminal, lines: int) -> str:
    """The last lines of the screen."""
    return "\n".join(terminal.text().splitlines()[-lines:]).strip("\n")


def picture(terminal: Terminal, path: Path) -> None:
    """Write the screen as an SVG picture."""
    console = Console(record=True, width=terminal.screen.columns, file=tempfile.TemporaryFile("w"))  # noqa: SIM115
    lines = [line for line in terminal.text().splitlines()][-34:]
    for line in lines:
        quiet = "Enter takes" in line or line.startswith(("Ranked", "Base models", "Empty", "Patterns", "Say what"))
        console.print(Text(line, style="bright_black" if quiet else "bold" if line.startswith("?") else ""))
    path.parent.mkdir(exist_ok=True)
    console.save_svg(str(path), title="charter init", unique_id="wizard")


def main() -> None:
    """Hold the interview, and write page and picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = full(Path(name) / "borealis")
        (folder / "README.md").write_text("---\nlicense: mit\nlanguage: en\n---\n# Borealis\n", encoding="utf-8")
        terminal = Terminal(folder, columns=100)
        first = last(terminal, 3)
        terminal.go_on(GIVEN, until="layers.weights.derived_from")
        terminal.choose("add one")
        terminal.press("google/gemma-2-9b" + ENTER)
        terminal.choose("finetune")
        terminal.press("n")
        terminal.press("gemma" + ENTER)
        upstream = last(terminal, 12)
        terminal.choose("done")
        license_ = last(terminal, 16)
        picture(terminal, DOCS / "images" / "interview.svg")
        terminal.choose("as it stands")
        terminal.go_on({key: value for key, value in GIVEN.items() if key not in ("layers.weights.license",)})
        review = "\n".join(terminal.text().rpartition("Problems")[2].splitlines()[:14])
        terminal.child.close(force=True)
    page = PAGE.format(first=first, upstream=upstream, license=license_, review=review)
    (DOCS / "interview.md").write_text(page, encoding="utf-8")
    sys.stdout.write(f"{DOCS / 'interview.md'}\n")


if __name__ == "__main__":
    main()
