"""How an exception becomes a message and an exit code: ours, the system's, and a bug, which asks for a report."""

from __future__ import annotations

import os
from pathlib import Path

from generator import console
from generator.errors import CharterError, InterruptedWizard, ReleaseFileError


def write(error: Exception) -> int:
    """Write an error to standard error, and return the exit code.

    Args:
        error: What ended the command.
    """
    if isinstance(error, ReleaseFileError):
        from generator.translations import ngettext

        for complaint in error.complaints:
            console.status(str(complaint))
        number = len(error.complaints)
        console.status(
            ngettext(
                "{number} error; nothing was written. See docs/fields.md or `charter schema`.",
                "{number} errors; nothing was written. See docs/fields.md or `charter schema`.",
                number,
            ).format(number=number)
        )
        return 2
    failed = to_charter_error(error)
    if isinstance(error, InterruptedWizard):
        console.status(f"{failed.message} {failed.remedy}")
        return 130
    console.print_error(failed.message, failed.remedy)
    return 2


def to_charter_error(error: Exception) -> CharterError:
    """Return an error with a message for people; with CHARTER_DEBUG=1 the traceback of a bug is shown as well.

    Args:
        error: Any exception.
    """
    if isinstance(error, CharterError):
        return error
    if os.environ.get("CHARTER_DEBUG") == "1":
        import traceback

        console.status("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, OSError):
        try:
            from generator.documents.storage.transaction import to_charter_error as of_system
        except OSError:  # not even our own files can be opened
            return CharterError(f"{error.filename or 'a file'}: {error.strerror or error}.")
        from generator.translations import gettext as _

        here = _here()
        if error.filename is None and here is None:
            return CharterError(
                _("The current folder was removed."), _("Go to a folder that exists, and run it again.")
            )
        return of_system(error, here or Path())
    from generator.translations import gettext as _

    if isinstance(error, MemoryError):
        return CharterError(
            _("There is not enough memory."), _("Run it where more memory is free, or on fewer targets.")
        )
    said = " ".join(str(error).split())[:200]
    fix = _("Please report this, with the command and what it prints when CHARTER_DEBUG=1 is set.")
    name = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return CharterError(_("This is a bug in charter ({name}).").format(name=name), fix)


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        return None
