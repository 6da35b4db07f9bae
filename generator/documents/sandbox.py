"""Templates of users: they see plain values only, and have limits of time, memory and size."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from generator.errors import CharterError
from generator.translations import error_text as _
from generator.translations import format_number

if TYPE_CHECKING:
    from jinja2 import Environment

SECONDS = 5.0
"""How long a template may take."""
MEMORY = 512 * 1024 * 1024
"""Bytes that a template may use beyond what the process has (on Linux)."""
OUTPUT = 4 * 1024 * 1024
"""Characters that a template may write."""
FILTERS = (
    *("abs", "capitalize", "default", "d", "dictsort", "first", "float", "int", "items", "join", "last", "length"),
    *("list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select"),
    *("selectattr", "sort", "string", "sum", "title", "trim", "unique", "upper", "wordcount"),
)
"""Filters of Jinja that a template may use; the others run code, format numbers into space, or are random."""
Read = Callable[[str], str | None]


def render_template(
    place: str, read: Read, name: str, values: Mapping[str, Any], *, base: str, filters: Mapping[str, Any]
) -> str:
    """Return a filled template of a user.

    Args:
        place: Where the templates are, for messages.
        read: Returns a template by its path; None where there is none.
        name: The path of the template.
        values: Plain values that it sees.
        base: The template that `{% extends "card" %}` means.
        filters: Filters beside those of Jinja.

    Raises:
        CharterError: It uses something that is not there, is not a template, or takes too much.
    """
    files: set[str] = set()
    environment = _environment(place, read, base, files)
    environment.filters = {key: environment.filters[key] for key in FILTERS} | dict(filters)
    written: list[str] = []
    size = 0
    try:
        with _limits(files):
            for part in environment.get_template(name).generate(**values):
                size += len(part)
                if size > OUTPUT:
                    raise _TooMuch(_("it writes more than {number} characters").format(number=format_number(OUTPUT)))
                written.append(part)
    except CharterError:
        raise
    except Exception as error:
        raise _located(error, f"{place}/{name}", files) from None
    return "".join(written)


class _TooMuch(Exception):
    """A template takes more than it may."""


def _environment(place: str, read: Read, base: str, files: set[str]) -> Environment:
    from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound
    from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

    class Loader(BaseLoader):
        """Reads our base, and the templates of the user."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
            """Return the text of a template and the name that errors have."""
            text = base if template == "card" else read(template)
            if text is None:
                raise TemplateNotFound(template)
            files.add(f"{place}/{template}")
            return text, f"{place}/{template}", None

    made = ImmutableSandboxedEnvironment(
        loader=Loader(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals = {"range": safe_range}
    return made


@contextlib.contextmanager
def _limits(files: set[str]) -> Iterator[None]:
    """Stop the code of templates at a line after the time is up, and keep memory below the limit."""
    end = time.monotonic() + SECONDS

    def in_template(frame: FrameType, event: str, arg: object) -> Any:  # noqa: ANN401 - a trace function
        if time.monotonic() > end:
            raise _TooMuch(_("it takes longer than {seconds} seconds").format(seconds=f"{SECONDS:g}"))
        return in_template

    def on_call(frame: FrameType, event: str, arg: object) -> Any:  # noqa: ANN401 - a trace function
        return in_template(frame, event, arg) if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    with _memory_limit():
        sys.settrace(on_call)
        try:
            yield
        finally:
            sys.settrace(before)


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = pages * resource.getpagesize() + MEMORY
    except (ImportError, OSError, ValueError):  # not Linux
        yield
        return
    if soft != resource.RLIM_INFINITY and soft < limit:
        limit = soft
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _located(error: Exception, template: str, files: set[str]) -> CharterError:
    """The error of a template with its file and line."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    said = " ".join(str(error).split())[:300]
    if isinstance(error, TemplateSyntaxError):
        return CharterError(f"{error.filename or template}:{error.lineno}: {said}.", _("Correct the template."))
    line, file = _line_of(error.__traceback__, files)
    at = f"{file or template}:{line}: "
    if isinstance(error, TemplateNotFound):
        return CharterError(
            at + _("there is no template {name!r} in its folder.").format(name=said),
            _("Add the file, or correct the name."),
        )
    if isinstance(error, UndefinedError):
        return CharterError(f"{at}{said}.", _("docs/organisations.md lists what a template can use."))
    if isinstance(error, SecurityError):
        return CharterError(f"{at}{said}.", _("Templates see plain values only."))
    if isinstance(error, MemoryError):
        return CharterError(at + _("the template takes too much memory."), _("Make it write less."))
    if isinstance(error, RecursionError):
        return CharterError(at + _("the template includes itself."), _("Remove the loop."))
    if isinstance(error, _TooMuch):
        return CharterError(f"{at}{said}.", _("Make the template shorter."))
    return CharterError(f"{at}{said or type(error).__name__}.", _("Correct the template."))


def _line_of(trace: TracebackType | None, files: set[str]) -> tuple[int, str]:
    """The last line of a template that an error went through; Jinja has put its lines into the traceback."""
    found = (1, "")
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            found = (trace.tb_lineno, file)
        trace = trace.tb_next
    return found
