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
        for complaint in error.complaints:
            console.status(str(complaint))
        number = len(error.complaints)
        console.status(
            f"{number} error{'s' if number != 1 else ''}; nothing was written. See docs/fields.md or `charter schema`."
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
        here = _here()
        if error.filename is None and here is None:
            return CharterError("The current folder was removed.", "Go to a folder that exists, and run it again.")
        return of_system(error, here or Path())
    if isinstance(error, MemoryError):
        return CharterError("There is not enough memory.", "Run it where more memory is free, or on fewer targets.")
    said = " ".join(str(error).split())[:200]
    remedy = "Please report this, with the command and what it prints when CHARTER_DEBUG=1 is set."
    return CharterError(f"This is a bug in charter ({type(error).__name__}{f': {said}' if said else ''}).", remedy)


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        return None
