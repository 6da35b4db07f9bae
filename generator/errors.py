"""The exceptions: each has a message that names the problem, and a remedy."""

from typing import TypeVar

_T = TypeVar("_T")


class CharterError(Exception):
    """The tool could not do its work.

    Args:
        message: What happened, and where.
        remedy: What to do next; empty where nothing can be advised.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def not_empty(name: str, value: _T) -> _T:
    """Return an argument that is not an empty text: an empty one, as from an unset variable, is never the default.

    Args:
        name: What the argument is called.
        value: What was passed.

    Raises:
        CharterError: It is an empty text.
    """
    if isinstance(value, str) and not value.strip():
        from generator.translations import gettext as _

        fix = _("Pass a value for {name}, or leave it out to use the default.").format(name=name)
        raise CharterError(_("{name} is empty.").format(name=name), fix)
    return value


class Complaint:
    """One thing that is wrong in a release, and where.

    Args:
        file: The file as the user named it; for a value set in Python, the type that has the field.
        line: Line, counted from 1; 0 for a value set in Python.
        column: Column, counted from 1.
        path: The field, as in `layers.weights.license`.
        message: What stands there, and what was expected.
        remedy: The nearest valid value or the next step; empty where there is none.
    """

    __slots__ = ("column", "file", "line", "message", "path", "remedy")

    def __init__(self, file: str, line: int, column: int, path: str, message: str, remedy: str = "") -> None:
        self.file, self.line, self.column = file, line, column
        self.path, self.message, self.remedy = path, message, remedy

    @property
    def summary(self) -> str:
        """What is wrong, without the place in the file."""
        field = f"{self.path}: " if self.path else ""
        return f"{field}{self.message}" + (f" {self.remedy}" if self.remedy else "")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.summary}" if self.line else f"{self.file}.{self.summary}"


class ReleaseError(CharterError):
    """A release cannot have these values; it has every error, not only the first."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


class ReleaseFileError(ReleaseError):
    """A release file cannot be read."""


class UnknownLicenseError(CharterError):
    """A license id that no list knows; `suggestions` are the nearest ids."""

    def __init__(self, message: str, remedy: str = "", suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.suggestions = suggestions


class LicenseTextError(CharterError):
    """A license text must be written and is not available."""


class NotInteractiveError(CharterError):
    """A question would have to be asked, and there is no terminal to ask it on."""


class InterruptedWizard(CharterError):
    """The interview was paused; `saved_to` names the file with the answers."""

    def __init__(self, saved_to: str) -> None:
        from generator.translations import gettext as _

        message = _("Paused. Your answers are saved in {file}.").format(file=saved_to)
        super().__init__(message, _("Run `charter init` to continue."))
        self.saved_to = saved_to


class HubError(CharterError):
    """The Hub could not be reached, or refused."""


class TemplateError(CharterError):
    """A template could not be filled."""


class BundleConflictError(CharterError):
    """A file that somebody wrote stands where the bundle wants to write; `paths` names them."""

    def __init__(self, message: str, remedy: str = "", paths: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.paths = paths
