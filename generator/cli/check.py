"""`charter check`: check releases before publishing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from generator.cli.formats import FORMATS, writer_of
from generator.cli.options import Command, fail_on_option, online_option, today_option
from generator.cli.targets import Job, Outcome
from generator.translations import gettext as _


@click.command("check", cls=Command)
@click.argument("target", nargs=-1, metavar="[TARGET...]")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format."
)
@fail_on_option
@click.option(
    "--select", multiple=True, metavar="RULES", help="Run only these rules or families, such as LIN,HUB106; repeatable."
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Skip these rules or families; repeatable.")
@click.option("--fix", is_flag=True, help="Fix what is safe to fix, show the changes, and report the rest.")
@click.option("--bundle", metavar="DIR", help="Where the bundle was built. Default: the folder of TARGET.")
@click.option("--policy", metavar="FILE", help="Your organization's list of allowed and blocked licenses (rules POL).")
@click.option("--hash", "hashed", is_flag=True, help="Read all files whose digests the release file states.")
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
    policy: str | None,
    hashed: bool,
    online: bool,
    today: str | None,
) -> int:
    """Check releases before publishing.

    TARGET is a release file, a model folder, a card, or a Hub repo (hub:ORG/NAME). In a folder without a release file,
    charter checks the card and the LICENSE. Of a Hub repo it reads the card, the release file and the license files;
    only this uses the network. Exit codes: 0 ready to publish; 1 a finding at or above --fail-on; 2 a target could not
    be read.
    """
    from generator import api, progress
    from generator.checks.run import chosen_rules
    from generator.cli.date import the_day
    from generator.cli.targets import check_target, check_targets

    targets = target or (".",)
    if bundle and len(targets) > 1:
        raise click.UsageError(_("--bundle goes with one TARGET."))
    chosen_rules(select, ignore)  # an unknown rule is reported once, before anything is read
    day = the_day(today)
    held = api.read_policy(policy) if policy else None
    jobs = [Job(name, bundle, day, fail_on, select, ignore, online, fix, held, hashed) for name in targets]
    # One target that cannot be checked is an error of the command, unless a program waits for an answer in its format.
    alone = len(jobs) == 1 and format_ in ("text", "json")
    many = progress.track(check_targets(jobs), _("Checking"), len(jobs), "targets")
    outcomes: Iterable[Outcome] = [check_target(jobs[0])] if alone else many
    codes: set[int] = set()
    writer_of(format_)(_watch(outcomes, codes), len(jobs))
    return max(codes)


def _watch(outcomes: Iterable[Outcome], codes: set[int]) -> Iterator[Outcome]:
    """Yield outcomes, keep their exit codes, and show the fixes."""
    from generator import console

    shown: set[str] = set()
    for outcome in outcomes:
        codes.add(outcome.exit_code)
        for note in outcome.report.notes if outcome.report else ():
            if note not in shown:
                shown.add(note)
                console.status(note)
        for file in outcome.fixed:
            console.status(file.diff)
        yield outcome
