"""`charter rules`: what a rule means and how to fix what it finds."""

from __future__ import annotations

import click

from generator.cli.options import Command, format_option


@click.command("rules", cls=Command)
@click.argument("rule", required=False)
@format_option
def command(rule: str | None, format_: str) -> None:
    """List the rules of check, or explain one."""
    from generator import console
    from generator.checks.report import SEVERITIES
    from generator.checks.run import all_rules
    from generator.cli.formats.text import SEVERITY_WORDS
    from generator.cli.layout import wrap
    from generator.release.nearest import nearest
    from generator.site import rule_url
    from generator.translations import gettext as _
    from generator.translations import pgettext

    rules = {known.id: known for known in all_rules()}
    if rule and (wanted := rule.upper()) not in rules:
        near = nearest(wanted, rules, 3)
        message = (
            _("there is no rule {name}. Did you mean {near}?")
            if near
            else _("there is no rule {name}. `charter rules` lists them.")
        )
        raise click.BadParameter(message.format(name=repr(rule), near=", ".join(near)), param_hint="RULE")
    chosen = [rules[rule.upper()]] if rule else list(rules.values())
    if format_ == "json":
        entries = [{"rule": r.id, "name": r.name, "severity": r.severity, "explanation": r.explanation} for r in chosen]
        console.document({"schema": "modelcharter.rules/1", "rules": entries})
        return
    words = {severity: pgettext("severity", SEVERITY_WORDS[severity]) for severity in SEVERITIES}
    if rule:
        one = chosen[0]
        url = rule_url(one.id)
        paragraphs = (part if part.startswith("    ") else "\n".join(console.wrap(part)) for part in one.paragraphs)
        console.data("\n\n".join((f"{one.id} {one.name} ({words[one.severity]})", *paragraphs, *filter(None, (url,)))))
        return
    width = max(map(len, words.values()))
    for one in chosen:
        head = f"{one.id:<7}  {words[one.severity]:<{width}}  "
        text = f"{one.name}: {one.paragraphs[0]}"
        console.data("\n".join(wrap(text, head, " " * len(head), console.width())))
