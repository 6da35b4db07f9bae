"""Check targets, one after another or many at once. A target that cannot be checked does not stop the others."""

from __future__ import annotations

import datetime
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.cli.failure import to_charter_error
from generator.errors import CharterError, Complaint, ReleaseFileError
from generator.named_tuple import NamedTuple
from generator.translations import get_interface_language, set_interface_language
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.checks.fix import FixedFile
    from generator.checks.report import Report
    from generator.licenses.policy import Policy

_FEW = 24
"""Targets that are checked in this process: below it, starting others costs more than they save."""
_AT_ONCE = 8
"""Targets that a process takes at a time."""


class Job(NamedTuple):
    """A target, and how it is checked."""

    target: str
    bundle: str | None
    today: datetime.date | None
    fail_on: str
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    online: bool
    fix: bool
    policy: Policy | None = None
    hash: bool = False


class Failure(NamedTuple):
    """Why a target could not be checked; the errors about its release file, where these are the reason."""

    message: str
    remedy: str
    complaints: tuple[Complaint, ...]


class Outcome(NamedTuple):
    """What came of a target: a report, or why there is none."""

    target: str
    report: Report | None
    failure: Failure | None = None
    fixed: tuple[FixedFile, ...] = ()

    @property
    def exit_code(self) -> int:
        """That of the report; 2 where there is none."""
        return self.report.exit_code if self.report else 2


def judge(job: Job) -> Outcome:
    """Check a target; what cannot be checked is an outcome too.

    Args:
        job: The target, and how it is checked.
    """
    try:
        return check_target(job)
    except ReleaseFileError as error:
        return Outcome(job.target, None, Failure(error.message, _("See `charter schema`."), error.complaints))
    except Exception as error:
        failed = to_charter_error(error)
        return Outcome(job.target, None, Failure(failed.message, failed.remedy, ()))


def check_target(job: Job) -> Outcome:
    """Check a target.

    Args:
        job: The target, and how it is checked.

    Raises:
        CharterError: It cannot be checked.
    """
    report = _check_job(job)
    if not job.fix:
        return Outcome(job.target, report)
    from generator.checks.fix import apply_fixes

    fixed = apply_fixes(report)
    return Outcome(job.target, _check_job(job) if fixed else report, None, fixed)


def check_targets(jobs: Sequence[Job]) -> Iterator[Outcome]:
    """Yield what comes of targets, in their order; many are checked by several processes.

    Args:
        jobs: The targets.

    Raises:
        CharterError: A process was ended from outside.
    """
    workers = min(_processors(), len(jobs))
    if len(jobs) < _FEW or workers < 2:
        yield from map(judge, jobs)
        return
    # What the first one loads, the processes that are forked from this one have.
    yield judge(jobs[0])
    yield from _run_in_processes(jobs[1:], workers)


def _check_job(job: Job) -> Report:
    from generator import api
    from generator.api.hub_target import hub_ref, name_hub_places, refuse_option, repo_folder

    if ref := hub_ref(job.target):
        if job.fix or job.bundle:
            raise refuse_option("--fix" if job.fix else "--bundle", ref)
        with repo_folder(ref) as folder:
            return name_hub_places(
                _check_job(job._replace(target=str(folder))), folder, f"hub:{ref.removeprefix('hub:')}"
            )
    release = api.load_target(job.target.removeprefix("path:"))
    if job.online:
        api.fetch_upstreams(release)
    if job.hash:
        from generator.api.digests import read_stated_files

        read_stated_files(release)
    return api.check(
        release,
        bundle=job.bundle,
        today=job.today,
        fail_on=job.fail_on,
        select=job.select,
        ignore=job.ignore,
        policy=job.policy,
    )


def _run_in_processes(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    pool: ProcessPoolExecutor | None = None
    outcomes: Iterator[Outcome] | None = None
    try:
        pool = ProcessPoolExecutor(workers, context, _ends_quietly, (get_interface_language(),))
        outcomes = pool.map(judge, jobs, chunksize=_AT_ONCE)
    except (OSError, ImportError, NotImplementedError, RuntimeError):
        # No process can be started here, as where few files may be open or /dev/shm cannot be written.
        pool = outcomes = None
    if pool is None or outcomes is None:
        for started in multiprocessing.active_children():
            started.terminate()
        gc.collect()  # the files that the pool holds open
        yield from map(judge, jobs)
        return
    whole = False
    try:
        yield from outcomes
        whole = True
    except BrokenProcessPool:
        remedy = _("Look at the memory of the machine, and give fewer targets at a time.")
        raise CharterError(_("A process that checked targets was ended from outside."), remedy) from None
    finally:
        # Without waiting, the interpreter may end while the pool closes its pipes, and report that as an error.
        pool.shutdown(wait=whole, cancel_futures=True)


def _ends_quietly(language: str) -> None:
    """Ctrl+C is for the first process, which then hands out no more; where that one ends, so does this one.

    Args:
        language: The language of messages in the first process.
    """
    import signal
    import threading

    set_interface_language(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_ends_with_parent, daemon=True).start()


def _ends_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(2)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
