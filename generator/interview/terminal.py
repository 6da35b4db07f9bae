"""The interview on a terminal, with prompt_toolkit: options with a filter, a line of text, help, and a footer."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.containers import VerticalAlign
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from generator.interview.prompts import BACK, Option, Prompt, Prose
from generator.translations import gettext as _
from generator.translations import ngettext

STYLE = Style.from_dict(
    {
        "bar": "ansibrightblack",
        "quiet": "ansibrightblack",
        "barred": "ansibrightblack",
        "title": "bold",
        "focus": "bold ansicyan",
        "error": "ansired",
        "warning": "ansiyellow",
        "done": "ansigreen",
    }
)
Line = list[tuple[str, str]]
_BAR = "│  "
_MARKS = {"error": "✕", "warning": "!"}
_INDENT = 6
"""Columns before the lines under an option."""


class TerminalPrompter:
    """Asks one prompt at a time on the terminal. Use it in a `with` block: keys between prompts are not echoed."""

    def __enter__(self) -> TerminalPrompter:
        self._state = _set_echo(on=False)
        self._records = 0  # lines of answers above the cursor, with nothing between them
        return self

    def __exit__(self, *_: object) -> None:
        _restore(self._state)

    def ask(self, prompt: Prompt | Prose, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401 - by the prompt
        """Return the value of a prompt, or BACK.

        Args:
            prompt: What to ask.
            place: The number of the step and of all steps, such as `2/6`, or an empty text.
            can_go_back: Whether Esc goes back.
        """
        if isinstance(prompt, Prose):
            return self._prose(prompt, place, can_go_back=can_go_back)
        screen = _Choice(prompt, place, can_go_back=can_go_back)
        value = screen.run()
        if value is BACK:
            self._take_back()
        else:
            self._record(place, prompt.title, screen.answer)
        return value

    def show(self, text: str, style: str = "") -> None:
        """Show a text, filled to the width of the terminal."""
        self._records = 0
        for part in plain(text).split("\n"):
            for line in fill(part, _columns() - len(_BAR)):
                _print([("class:bar", _BAR), (f"class:{style}" if style else "", line)])

    def begin(self, title: str, note: str, lines: Iterable[str]) -> None:
        """Show what the interview is about: the name, the time it takes, and what was found."""
        columns = _columns()
        left = f"modelcharter · {plain(title)}"
        gap = columns - 3 - get_cwidth(left) - get_cwidth(note)
        if gap >= 2:
            _print([("class:bar", "┌  "), ("class:title", left), ("class:quiet", f"{' ' * gap}{note}")])
        else:
            _print([("class:bar", "┌  "), ("class:title", cut(left, columns - 3))])
            self.show(note, "quiet")
        for text in lines:
            self.show(text)

    def end(self, text: str) -> None:
        """Show the last line."""
        first, *rest = fill(plain(text), _columns() - 3) or [""]
        _print([("class:bar", "└  "), ("", first)])
        for line in rest:
            _print([("", f"   {line}")])

    def _record(self, place: str, title: str, answer: str) -> None:
        """Leave one line for a prompt that was answered."""
        head = f"{place} {title}".strip()
        room = _columns() - 3
        width = 22 if room > 70 else 0
        text = cut(f"{head:<{width}}  {plain(answer)}", room) if answer else cut(head, room)
        _print([("class:done", "◇  "), ("", text)])
        self._records += 1

    def _take_back(self) -> None:
        """Remove the line of the answer before: it is asked again."""
        if self._records:
            self._records -= 1
            output = _output()
            output.cursor_up(1)
            output.erase_down()
            output.flush()

    def _prose(self, prompt: Prose, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401
        if prompt.in_editor and (text := edit(prompt.text)) is not None:
            self._record(place, prompt.title, f"{len(text.split())} words")
            return text
        value = _Prose(prompt, place, can_go_back=can_go_back).run()
        if value is BACK:
            self._take_back()
        else:
            self._record(place, prompt.title, f"{len(str(value or '').split())} words")
        return value


def _set_echo(*, on: bool) -> list[Any] | None:
    """Turn the echo of keys on or off, and return the state of the terminal before; None where there is none."""
    try:
        import termios

        state = termios.tcgetattr(sys.stdin.fileno())
        changed = list(state)
        changed[3] = changed[3] | termios.ECHO if on else changed[3] & ~termios.ECHO
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, changed)
    except (ImportError, OSError, ValueError):
        return None
    return state


def _restore(state: list[Any] | None) -> None:
    """Put a terminal back into a state."""
    if state is not None:
        import termios

        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, state)


def edit(text: str) -> str | None:
    """Return a text as the person's editor left it; None if there is no editor, or it failed.

    Args:
        text: The text to begin with.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not command:
        return None
    with tempfile.TemporaryDirectory(prefix="modelcharter-") as folder:
        path = Path(folder) / "card.md"
        path.write_text(text, encoding="utf-8")
        quiet = _set_echo(on=True)
        try:
            done = subprocess.run([*command, str(path)], check=False)
            return path.read_text(encoding="utf-8", errors="replace") if done.returncode == 0 else None
        except OSError:
            return None
        finally:
            _restore(quiet)


class _Screen:
    """What all prompts share: title, help, footer, and the keys for them."""

    def __init__(self, prompt: Prompt | Prose, place: str, *, can_go_back: bool) -> None:
        self.prompt = prompt
        self.place = place
        self.can_go_back = can_go_back
        self.helping = False
        self.error = ""
        self.keys = KeyBindings()
        self.buffer = Buffer(on_text_changed=lambda _: self.changed())
        self._bind()

    def changed(self) -> None:
        """Forget the last error: the text is another one."""
        self.error = ""

    def run(self) -> Any:  # noqa: ANN401 - by the prompt
        """Show the prompt until it is answered."""
        self.app: Application[Any] = Application(
            layout=self.layout(),
            key_bindings=self.keys,
            style=STYLE,
            erase_when_done=True,
            output=_output(),
        )
        # A lone Esc is a key of its own: don't wait long for the rest of a sequence.
        self.app.ttimeoutlen = self.app.timeoutlen = 0.05
        return self.app.run()

    def layout(self) -> Layout:
        """Return the layout: what is above the line of text, that line, what is below, and the footer."""
        raise NotImplementedError

    def back(self) -> None:
        """Go back, if that is possible."""
        if self.can_go_back:
            self.app.exit(result=BACK)

    def _bind(self) -> None:
        bind = self.keys.add

        @bind("c-c")
        def _pause(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt())

        @bind("f1")
        @bind("c-g", eager=True)
        def _help(event: KeyPressEvent) -> None:
            self.helping = not self.helping

        @bind("escape", eager=True)
        def _back(event: KeyPressEvent) -> None:
            self.back()

    def head(self) -> list[Line]:
        """The lines above: the title, the question, and the help if it is open."""
        room = _columns() - len(_BAR)
        title = f"{self.place} {self.prompt.title}".strip()
        lines: list[Line] = [[("class:focus", "◆  "), ("class:title", cut(title, room))]]
        lines += barred_lines(fill(plain(self.prompt.question), room), "")
        if self.helping:
            lines += barred_lines(fill(plain(self.prompt.help), room), "quiet")
        return lines

    def foot(self, keys: list[str]) -> Line:
        """The footer: the keys that work now."""
        names = [*keys, _("F1 close help") if self.helping else _("F1 help")]
        names += [_("Esc back")] if self.can_go_back else []
        text = " · ".join(names)
        room = _columns() - 3
        while get_cwidth(text) > room and len(names) > 2:
            names.pop(0)
            text = " · ".join(names)
        return [("class:bar", "└  "), ("class:quiet", cut(text, room))]


class _Choice(_Screen):
    """Options with a filter, and a line of text where one is accepted."""

    prompt: Prompt

    def __init__(self, prompt: Prompt, place: str, *, can_go_back: bool) -> None:
        super().__init__(prompt, place, can_go_back=can_go_back)
        self.position = prompt.default
        self.answer = ""
        self._hidden: tuple[Option, ...] | None = None
        self._rows: tuple[str, list[Option]] | None = None

    def changed(self) -> None:
        """Go to the first option that fits what was typed."""
        super().changed()
        self.position = 0 if self.buffer.text else self.prompt.default

    def rows(self) -> list[Option]:
        """The options that are shown: all, or those that fit what was typed."""
        typed = self.buffer.text.strip()
        if self._rows is None or self._rows[0] != typed:
            self._rows = (typed, self._filtered(typed) if typed else list(self.prompt.options))
        return self._rows[1]

    def _filtered(self, typed: str) -> list[Option]:
        if self._hidden is None:
            self._hidden = self.prompt.hidden()
        words = typed.casefold().split()
        shown: dict[str, Option] = {}
        for option in (*self.prompt.options, *self._hidden):
            text = f"{option.label} {option.note} {option.value if isinstance(option.value, str) else ''}".casefold()
            if all(word in text for word in words):
                shown.setdefault(str(option.value), option)
        found = sorted(shown.values(), key=lambda option: _rank(option, typed))
        exact = any(typed.casefold() in (o.label.casefold(), str(o.value).casefold()) for o in found[:1])
        if self.prompt.check is not None and not exact:
            free = Option(typed, self.prompt.typed_as(typed))
            found = [free, *found] if self.prompt.example else [*found, free]
        return found

    def layout(self) -> Layout:
        """Return the layout of options."""
        body = HSplit(
            [
                _window(self._top),
                VSplit(
                    [
                        Window(FormattedTextControl(self._input_mark), width=5, height=1),
                        Window(BufferControl(self.buffer, input_processors=[_Placeholder(self._hint())]), height=1),
                    ]
                ),
                _window(self._below),
            ],
            align=VerticalAlign.TOP,
        )
        return Layout(body, focused_element=self.buffer)

    def _input_mark(self) -> FormattedText:
        return FormattedText([("class:bar", "│  "), ("class:focus", "> ")])

    def _top(self) -> FormattedText:
        lines = self.head()
        for style, text in self.prompt.notes:
            lines += barred_lines(fill(plain(text), _columns() - len(_BAR)), style)
        return _joined(lines)

    def _below(self) -> FormattedText:
        errors = barred_lines(fill(plain(self.error), _columns() - len(_BAR)), "error") if self.error else []
        above = len(self.head()) + sum(len(fill(plain(t), _columns() - 3)) for _, t in self.prompt.notes)
        room = _rows() - above - 1 - len(errors) - 2
        return _joined([*self._options(max(3, room)), *errors, self.foot(self._keys())])

    def _hint(self) -> str:
        hint = _("type a value") if len(self.prompt.options) < 3 else _("type to filter")
        if self.prompt.example:
            hint = _("type a value, such as {example}").format(example=self.prompt.example)
        return cut(hint, _columns() - 6)

    def _keys(self) -> list[str]:
        rows = self.rows()
        barred = bool(rows) and bool(rows[self.position % len(rows)].barred)
        return [
            _("↑↓ move"),
            *([_("Enter choose")] if rows and not barred else []),
            *([_("Tab edit")] if self._editable() else []),
        ]

    def _editable(self) -> bool:
        rows = self.rows()
        return self.prompt.check is not None and bool(rows) and _is_text(rows[self.position % len(rows)])

    def _options(self, room: int) -> list[Line]:
        """The options, with the lines under them where there is room, and the one in focus in sight."""
        rows = self.rows()
        if not rows:
            return [[("class:bar", _BAR), ("class:quiet", "  " + _("nothing fits what you typed"))]]
        self.position %= len(rows)
        made = [self._option(row, n == self.position, full=True) for n, row in enumerate(rows)]
        if sum(map(len, made)) > room:
            made = [self._option(row, n == self.position, full=False) for n, row in enumerate(rows)]
        return _in_sight(made, self.position, room)

    def _option(self, option: Option, focused: bool, *, full: bool) -> list[Line]:
        columns = _columns()
        mark = "✕" if option.barred else "●" if focused else _MARKS.get(option.style, "○")
        style = "class:focus" if focused else f"class:{option.style}" if option.style else ""
        if option.barred and not focused:
            style = "class:barred"
        label = plain(option.label)
        if not focused and not full:
            label = cut(label, columns - 5)
        first, *rest = fill(label, columns - 5) or [""]
        head: Line = [("class:bar", _BAR), (style, f"{mark} {first}")]
        lines = [head, *([("class:bar", _BAR), (style, f"  {line}")] for line in rest)]
        note = plain(option.note)
        if note:
            used = sum(get_cwidth(text) for _, text in lines[-1])
            if used + 3 + get_cwidth(note) <= columns:
                lines[-1] += [("class:quiet", f"   {note}")]
            elif full or focused:
                lines += barred_lines(fill(note, columns - _INDENT - 1), "quiet", _INDENT)
            elif columns - used - 3 > 12:
                lines[-1] += [("class:quiet", f"   {cut(note, columns - used - 3)}")]
        if full or focused:
            for text in (*option.lines, option.barred):
                lines += barred_lines(fill(plain(text), columns - _INDENT - 1)[:3], "quiet", _INDENT) if text else []
        return lines

    def _bind(self) -> None:
        super()._bind()
        bind = self.keys.add

        @bind("up")
        def _up(event: KeyPressEvent) -> None:
            self.error, self.position = "", self.position - 1

        @bind("down")
        def _down(event: KeyPressEvent) -> None:
            self.error, self.position = "", self.position + 1

        @bind("enter")
        def _enter(event: KeyPressEvent) -> None:
            self.choose()

        @bind("tab")
        def _tab(event: KeyPressEvent) -> None:
            if self._editable():
                row = self.rows()[self.position % len(self.rows())]
                text = row.value if _typeable(row.value) else row.label
                self.buffer.text = text
                self.buffer.cursor_position = len(text)

        self._bind_text()

    def _bind_text(self) -> None:
        """Keys that are text in some prompts, and pasted text."""
        bind = self.keys.add

        @bind("?")
        def _mark(event: KeyPressEvent) -> None:
            if self._takes_marks():
                self.buffer.insert_text("?")
            else:
                self.helping = not self.helping

        @bind("<")
        def _less(event: KeyPressEvent) -> None:
            if self._takes_marks():
                self.buffer.insert_text("<")
            else:
                self.back()

        @bind(Keys.BracketedPaste)
        def _paste(event: KeyPressEvent) -> None:
            text = " ".join(event.data.split())
            if not getattr(self.prompt, "has_marks", False):
                text = text.replace("?", "").replace("<", "")
            self.buffer.insert_text(plain(text))

    def back(self) -> None:
        """Clear what was typed; else go back."""
        if self.buffer.text:
            self.buffer.text = ""
        else:
            super().back()

    def foot(self, keys: list[str]) -> Line:
        """The footer, by whether there is something to clear."""
        if not self.buffer.text:
            return super().foot(keys)
        was, self.can_go_back = self.can_go_back, False
        line = super().foot([*keys, _("Esc clear")])
        self.can_go_back = was
        return line

    def _takes_marks(self) -> bool:
        return self.prompt.has_marks and bool(self.buffer.text)

    def choose(self) -> None:
        """Take the option in focus, unless it can't be chosen."""
        rows = self.rows()
        if not rows:
            self.error = _("Nothing fits what you typed.")
            return
        option = rows[self.position % len(rows)]
        if option.barred:
            self.error = option.barred
            return
        known = option in self.prompt.options
        if not known and self.prompt.check is not None:
            self.error = self.prompt.check(str(option.value))
        if self.error:
            return
        self.answer = option.label
        self.app.exit(result=option.value)


class _Placeholder(Processor):
    """Shows in an empty line what can be typed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def apply_transformation(self, ti: TransformationInput) -> Transformation:
        """Return the line, or the hint if nothing was typed."""
        return Transformation(ti.fragments if ti.document.text else [("class:quiet", self.text)])


class _Prose(_Screen):
    """A text of several lines."""

    prompt: Prose

    def __init__(self, prompt: Prose, place: str, *, can_go_back: bool) -> None:
        super().__init__(prompt, place, can_go_back=can_go_back)
        self.buffer.text = prompt.text
        self.buffer.cursor_position = len(prompt.text)

    def layout(self) -> Layout:
        """Return the layout of a text."""
        height = max(4, min(12, _rows() - 8))
        body = HSplit(
            [
                _window(lambda: _joined(self.head())),
                VSplit(
                    [
                        Window(width=3, height=height, char="│", style="class:bar"),
                        Window(BufferControl(self.buffer), height=height, wrap_lines=True),
                    ]
                ),
                _window(lambda: _joined([self.foot([_("Enter new line"), _("Ctrl-D done")])])),
            ],
            align=VerticalAlign.TOP,
        )
        return Layout(body, focused_element=self.buffer)

    def _bind(self) -> None:
        super()._bind()

        @self.keys.add("c-d")
        def _done(event: KeyPressEvent) -> None:
            text = self.buffer.text.strip("\n")
            event.app.exit(result=f"{text}\n" if text.strip() else None)


def _is_text(option: Option) -> bool:
    return isinstance(option.value, str) and (_typeable(option.value) or option.value == "\0keep")


def _typeable(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _rank(option: Option, typed: str) -> tuple[bool, int, int]:
    """Exact first, then those that begin so; what can't be chosen last among equals."""
    text = (str(option.value) if isinstance(option.value, str) else option.label).casefold()
    label = option.label.casefold()
    typed = typed.casefold()
    exact = 0 if typed in (text, label) else 1 if typed in label.split() else 2
    starts = 0 if text.startswith(typed) or label.startswith(typed) else 1
    return bool(option.barred) and exact > 1, exact, starts


def _in_sight(made: list[list[Line]], position: int, room: int) -> list[Line]:
    """As many options as fit, around the one in focus; how many are above and below is counted."""
    if sum(map(len, made)) <= room:
        return [line for lines in made for line in lines]
    first = last = position
    height = len(made[position])
    while True:
        spare = room - 2 - height
        if (
            last + 1 < len(made)
            and len(made[last + 1]) <= spare
            and (last - position <= position - first or first == 0)
        ):
            last += 1
            height += len(made[last])
        elif first > 0 and len(made[first - 1]) <= spare:
            first -= 1
            height += len(made[first])
        elif last + 1 < len(made) and len(made[last + 1]) <= spare:
            last += 1
            height += len(made[last])
        else:
            break
    lines = [line for lines in made[first : last + 1] for line in lines][: max(1, room - 2)]
    above: list[Line] = [_count("↑", first)] if first else []
    rest = len(made) - last - 1
    below: list[Line] = [_count("↓", rest)] if rest else []
    return [*above, *lines, *below]


def barred_lines(texts: Iterable[str], style: str, indent: int = 3) -> list[Line]:
    """Return lines with the bar before them.

    Args:
        texts: The lines.
        style: A style, or an empty text.
        indent: The column where the text begins.
    """
    name = f"class:{style}" if style else ""
    return [[("class:bar", f"│{' ' * (indent - 1)}"), (name, text)] for text in texts]


def fill(text: str, columns: int) -> list[str]:
    """Return a text as lines of at most some columns, broken between words; a longer word ends in `…`.

    Args:
        text: One paragraph.
        columns: The width.
    """
    if get_cwidth(text) <= columns:
        return [text]
    lines: list[str] = []
    indent = " " * (len(text) - len(text.lstrip(" ")))
    for word in text.split():
        word = cut(word, columns)
        if lines and get_cwidth(lines[-1]) + 1 + get_cwidth(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word if lines else cut(f"{indent}{word}", columns))
    return lines


def cut(text: str, columns: int) -> str:
    """Return a text that fits into some columns; a longer one ends in `…`, between words if possible.

    Args:
        text: One line.
        columns: The width.
    """
    if get_cwidth(text) <= columns:
        return text
    held = ""
    for char in text:
        if get_cwidth(held + char) > columns - 1:
            break
        held += char
    words = held.rpartition(" ")[0].rstrip(" ·,")
    return f"{words if len(words) * 2 > len(held) else held.rstrip()}…"


def plain(text: str) -> str:
    """Return a text without control characters, which a terminal would obey.

    Args:
        text: A text of files or people.
    """
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in str(text))


@cache
def _output() -> Output:
    return create_output()


def _columns() -> int:
    return max(30, _output().get_size().columns)


def _rows() -> int:
    return max(8, _output().get_size().rows)


def _window(text: Any) -> Window:  # noqa: ANN401 - a function that returns formatted text
    return Window(FormattedTextControl(text), dont_extend_height=True, wrap_lines=False, always_hide_cursor=True)


def _joined(lines: Iterable[Line]) -> FormattedText:
    return FormattedText(list(_with_ends(lines)))


def _with_ends(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines):
        if number:
            yield "", "\n"
        yield from line


def _print(line: Line) -> None:
    print_formatted_text(FormattedText(line), style=STYLE, output=_output())


def _count(arrow: str, number: int) -> Line:
    """The line that says how many options are above or below those that are shown."""
    text = ngettext("{number} more", "{number} more", number).format(number=number)
    return [("class:bar", _BAR), ("class:quiet", f"{arrow} {text}")]
