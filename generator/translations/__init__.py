"""The language of what people read: English, or a catalog of translations.

Documents of a release are in the language of its release file; the interface is in the language of the user. English
needs no catalog, so nothing but this module is loaded for it. JSON is made in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

_Inputs = ParamSpec("_Inputs")
_Result = TypeVar("_Result")
ENGLISH = "en"
CATALOGS = Path(__file__).parent
LANGUAGES = (ENGLISH, *sorted(path.stem for path in CATALOGS.glob("*.po")))
"""The languages that documents and the interface can be in: each has a catalog here, except English."""

_interface: ContextVar[str | None] = ContextVar("interface", default=None)
_documents: ContextVar[str | None] = ContextVar("documents", default=None)
_of_process = ENGLISH


def get_language() -> str:
    """Return the language of texts that are made here: of the documents that are written, else the interface's."""
    return _documents.get() or get_interface_language()


def get_interface_language() -> str:
    """Return the language of messages to the user."""
    return _interface.get() or _of_process


def set_interface_language(language: str) -> None:
    """Set the language of messages for all threads of this process; the command line does.

    Args:
        language: One of `LANGUAGES`.
    """
    global _of_process
    _of_process = language


@contextmanager
def use_interface_language(language: str) -> Iterator[None]:
    """Use a language for messages, in this thread or task only.

    Args:
        language: One of `LANGUAGES`.
    """
    token = _interface.set(language)
    try:
        yield
    finally:
        _interface.reset(token)


@contextmanager
def use_document_language(language: str | None) -> Iterator[None]:
    """Use a language for all texts, in this thread or task only, while documents are written.

    Args:
        language: One of `LANGUAGES`; None for English.
    """
    token = _documents.set(language or ENGLISH)
    try:
        yield
    finally:
        _documents.reset(token)


def choose_language(environment: Mapping[str, str]) -> str:
    """Return the language that the environment asks for; English where it names none that has a catalog.

    `CHARTER_LANG` comes first, then the locale. The locale is ignored in CI, so that logs stay in English.

    Args:
        environment: The variables of the process.
    """
    names = ("CHARTER_LANG",) if environment.get("CI") else ("CHARTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    stated = next((environment[name] for name in names if environment.get(name)), "")
    language = stated.partition(".")[0].partition("_")[0].partition("-")[0].lower()
    return language if language in LANGUAGES else ENGLISH


def gettext(message: str) -> str:
    """Return a text in the language of this context.

    Args:
        message: The text in English, whole; values have named braces, which the caller fills afterwards.
    """
    language = _documents.get() or get_interface_language()
    if language == ENGLISH:
        return message
    from generator.translations.catalog import load_catalog

    return load_catalog(language).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a text that fits a number.

    Args:
        singular: The text in English for one.
        plural: The text in English for several.
        number: How many.
    """
    language = _documents.get() or get_interface_language()
    if language == ENGLISH:
        return singular if number == 1 else plural
    from generator.translations.catalog import load_catalog

    return load_catalog(language).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """Return a text that needs its context to be understood, such as a single word.

    Args:
        context: Where it is used.
        message: The text in English.
    """
    language = _documents.get() or get_interface_language()
    if language == ENGLISH:
        return message
    from generator.translations.catalog import load_catalog

    return load_catalog(language).pgettext(context, message)


def error_text(message: str) -> str:
    """Return a text of an error: in the language of messages, also while documents are written in another one.

    Args:
        message: As for `gettext`.
    """
    language = get_interface_language()
    if language == ENGLISH:
        return message
    from generator.translations.catalog import load_catalog

    return load_catalog(language).gettext(message)


def format_names(names: Sequence[str], shown: int) -> str:
    """Return names in one line, the first of them and how many more there are.

    Args:
        names: The names.
        shown: How many of them are written out.
    """
    if len(names) <= shown:
        return ", ".join(names)
    more = len(names) - shown
    text = ngettext("{names} and {number} more", "{names} and {number} more", more)
    return text.format(names=", ".join(names[:shown]), number=more)


def mark_text(message: str) -> str:
    """Return a text as it is: marks texts of tables for the catalogs. `gettext` translates them where they are used.

    Args:
        message: The text in English.
    """
    return message


def mark_in_context(context: str, message: str) -> str:
    """Return a text as it is: marks texts of tables that need their context. `pgettext` translates them.

    Args:
        context: Where it is used; read by the extraction only.
        message: The text in English.
    """
    return message


def mark_plural(singular: str, plural: str) -> tuple[str, str]:
    """Return both forms of a text as they are: marks texts of tables. `ngettext` translates them.

    Args:
        singular: The text in English for one.
        plural: The text in English for several.
    """
    return singular, plural


def format_number(number: int) -> str:
    """Return a whole number with its digits in groups.

    Args:
        number: The number.
    """
    return f"{number:,}".replace(",", pgettext("thousands separator", ","))


def format_decimal(number: float) -> str:
    """Return a number with one digit behind the decimal point.

    Args:
        number: The number.
    """
    return f"{number:.1f}".replace(".", pgettext("decimal point", "."))


def translate_fact(message: str) -> str:
    """Return a sentence about a license; one that has no translation is marked as English.

    Args:
        message: One or more sentences in English.
    """
    language = get_language()
    if language == ENGLISH or not message:
        return message
    from generator.translations.catalog import translate_fact as translate

    return translate(language, message)


def language_cache(maxsize: int) -> Callable[[Callable[_Inputs, _Result]], Callable[_Inputs, _Result]]:
    """Return a decorator like `functools.lru_cache`, for a function whose result has texts: kept for each language.

    Args:
        maxsize: How many results are kept.
    """

    def decorate(function: Callable[_Inputs, _Result]) -> Callable[_Inputs, _Result]:
        def compute(_: str, *args: _Inputs.args, **kwargs: _Inputs.kwargs) -> _Result:
            return function(*args, **kwargs)

        cached: Callable[..., _Result] = lru_cache(maxsize=maxsize)(compute)

        @wraps(function)
        def call(*args: _Inputs.args, **kwargs: _Inputs.kwargs) -> _Result:
            return cached(get_language(), *args, **kwargs)

        return call

    return decorate
