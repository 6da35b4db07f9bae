"""Captures of a real interview for the docs: `python -m tests.interview.shots` (also `make shots`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.conftest import TESTS
from tests.interview.folders import gemma_lora
from tests.interview.terminal import Terminal

DOCS = TESTS.parent / "docs"
COLOURS = {"brown": "yellow", "brightblack": "bright_black", "default": ""}
PAGE = """\
<!-- Made by `make shots` from a real run in a terminal; do not edit. -->

# Answer the questions of `charter init`

For everyone who has just finished a model or a data set. `charter init` reads the files of a folder, asks what they
don't show, and writes `release.yaml`, the model card and the license files. It takes about two minutes.

![The interview, at the license of an adapter for Gemma](images/interview.svg)

- Enter takes the option with the cursor. If you only press Enter, charter writes what the files state and nothing else.
- Type to filter the options, or to write a value of your own.
- F1 or Ctrl-G explains a question. Esc goes back. Ctrl-C pauses: every answer is saved, and `charter init` continues.
- "Decide later" leaves a field out. The review and `charter check` then report what is missing.

## The kind of release

charter looks at the files and proposes the kind. The kind decides which questions come.

```text
{kind}
```

## Where the data comes from

charter asks where the data comes from before it asks for a license. It never offers CC0 for other people's data.

```text
{data}
```

## The license

The terms of the base model come first, with what they allow and require. Licenses that the base forbids are marked with
the reason. **Help me choose** asks three questions and ends in one answer.

```text
{license}
```

## The review

The problems come first. Choose one to fix it, or choose an answer to change it. Then build, open the preview, or see
what `charter push` would send.

```text
{review}
```

`charter init` in a folder with a `release.yaml` opens this review again, with all answers.

## Every field

```console
charter init --expert
```

`--expert` asks for every field, layer by layer. All questions are [on their own page](questions.md).

## Without a terminal

```console
charter init --defaults --set "release.copyright=2026 Lab" --set layers.data.availability=withheld
charter init --answers answers.yaml
charter init --from example-lab/some-model
```

`--defaults` takes what the files show and leaves the rest out. The fields are those of [the release file](fields.md).
"""


def picture(terminal: Terminal, path: Path) -> None:
    """Write the screen, with its colours, as an SVG picture."""
    console = Console(record=True, width=terminal.screen.columns, file=tempfile.TemporaryFile("w"))  # noqa: SIM115
    used = len(terminal.text().splitlines())
    for row in range(used):
        line = Text()
        for column in range(terminal.screen.columns):
            cell = terminal.screen.buffer[row][column]
            colour = COLOURS.get(cell.fg, cell.fg)
            line.append(cell.data, f"{'bold ' if cell.bold else ''}{colour}".strip())
        line.rstrip()
        console.print(line)
    path.parent.mkdir(exist_ok=True)
    console.save_svg(str(path), title="charter init", unique_id="interview")


def main() -> None:
    """Hold the interview, and write page and picture."""
    shown = {}
    with tempfile.TemporaryDirectory() as name:
        terminal = Terminal(gemma_lora(Path(name)), columns=100, rows=30)
        shown["kind"] = terminal.prompt()
        terminal.follow({"Name on the Hub": "=annab/gemma-poet"}, until="Training data")
        terminal.choose("Collected from the web")
        terminal.find("Describe it")
        shown["data"] = terminal.prompt()
        terminal.follow(
            {"Release of the data": "Describe it", "Description": "Poems from public sites."}, until="License"
        )
        terminal.find("same as the base")
        shown["license"] = terminal.prompt()
        picture(terminal, DOCS / "images" / "interview.svg")
        terminal.follow({"License": "same as the base", "You": "=Anna B"})
        shown["review"] = terminal.prompt()
        terminal.close()
    (DOCS / "interview.md").write_text(PAGE.format(**shown), encoding="utf-8")
    sys.stdout.write(f"{DOCS / 'interview.md'}\n")


if __name__ == "__main__":
    main()
