"""`charter check`: the gate before publishing."""

from __future__ import annotations

import click

from generator.cli.options import fail_on_option, format_option, online_option, today_option


@click.command("check")
@click.argument("target", nargs=-1, metavar="[TARGET...]")
@format_option
@fail_on_option
@online_option
@today_option
def command(target: tuple[str, ...], format_: str, fail_on: str, online: bool, today: str | None) -> int:
    """Judge each TARGET before it is published: a release file, or a folder.

    A folder without a release file is judged by its card and its LICENSE. Ends with 0, or with 1 where a finding at or
    above --fail-on stands.
    """
    from generator import api, console
    from generator.cli.today import the_day

    day = the_day(today)
    reports = []
    for name in target or (".",):
        release = api.load_target(name)
        if online:
            api.fetch_upstreams(release)
        reports.append(api.check(release, today=day, fail_on=fail_on))
    if format_ == "json":
        documents = [report.to_dict() for report in reports]
        console.document(documents[0] if len(documents) == 1 else documents)
    else:
        for report in reports:
            console.report(report)
    return max(report.exit_code for report in reports)
