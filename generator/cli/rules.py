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
    from generator.checks.run import all_rules
    from generator.cli.layout import wrap
    from generator.release.nearest import nearest
    from generator.site import rule_url

    rules = {known.id: known for known in all_rules()}
    if rule and (wanted := rule.upper()) not in rules:
        near = nearest(wanted, rules, 3)
        hint = f" Did you mean {', '.join(near)}?" if near else " `charter rules` lists them."
        raise click.BadParameter(f"there is no rule {rule!r}.{hint}", param_hint="RULE")
    chosen = [rules[rule.upper()]] if rule else list(rules.values())
    if format_ == "json":
        entries = [{"rule": r.id, "name": r.name, "severity": r.severity, "explanation": r.explanation} for r in chosen]
        console.document({"schema": "modelcharter.rules/1", "rules": entries})
        return
    if rule:
        one = chosen[0]
        url = rule_url(one.id)
        page = f"\n\n{url}" if url else ""
        console.data(f"{one.id} {one.name} ({one.severity})\n\n{one.explanation}{page}")
        return
    for one in chosen:
        head = f"{one.id:<7}  {one.severity:<8} "
        text = f"{one.name}: {one.explanation.splitlines()[0]}"
        console.data("\n".join(wrap(text, head, " " * len(head), console.width())))
