"""`charter check`: the gate before publishing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from generator.cli.formats import FORMATS, teller
from generator.cli.options import Command, fail_on_option, online_option, today_option
from generator.cli.targets import Job, Outcome


@click.command("check", cls=Command)
@click.argument("target", nargs=-1, metavar="[TARGET...]")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How to answer."
)
@fail_on_option
@click.option(
    "--select", multiple=True, metavar="RULES", help="Run only these: rules or families, as in LIN,HUB106; repeatable."
)
@click.option(
    "--ignore", multiple=True, metavar="RULES", help="Leave these out, also of what --select names; repeatable."
)
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, show the difference, and judge what is left.")
@click.option("--bundle", metavar="DIR", help="Where the bundle was built; the folder of TARGET by default.")
@online_option
@today_option
def command(
    target: tuple[str, ...],
    format_: str,
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    bundle: str | None,
    online: bool,
    today: str | None,
) -> int:
    """Judge each TARGET before it is published: a release file, or a folder.

    A folder without a release file is judged by its card and its LICENSE. Ends with 0, with 1 where a finding at or
    above --fail-on stands, or with 2 where a target could not be judged.
    """
    from generator import console
    from generator.checks.run import chosen_rules
    from generator.cli.date import the_day
    from generator.cli.targets import judge_all, judged

    targets = target or (".",)
    if bundle and len(targets) > 1:
        raise click.UsageError("--bundle goes with one TARGET.")
    chosen_rules(select, ignore)  # a word that names none is told once, before anything is read
    day = the_day(today)
    jobs = [Job(name, bundle, day, fail_on, select, ignore, online, fix) for name in targets]
    # One target that cannot be judged is an error of the command, unless a program waits for an answer in its format.
    alone = len(jobs) == 1 and format_ in ("text", "json")
    outcomes: Iterable[Outcome] = [judged(jobs[0])] if alone else console.progress(judge_all(jobs), len(jobs))
    codes: set[int] = set()
    teller(format_)(_watched(outcomes, codes), len(jobs))
    return max(codes)


def _watched(outcomes: Iterable[Outcome], codes: set[int]) -> Iterator[Outcome]:
    """Pass outcomes on, keep their exit codes, and show what was mended."""
    from generator import console

    for outcome in outcomes:
        codes.add(outcome.exit_code)
        for mended in outcome.mended:
            console.talk(mended.diff)
        yield outcome
