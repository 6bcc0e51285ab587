"""``becq rules``: what the rules are, what they can speak of, and what they say of a document."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from becq.errors import InputError
from becq.rules.finding import Finding
from becq.rules.rulebook import Rulebook, builtin

BLOCKED = 3
"""Exit status of a check in which a rule of severity "block" is broken."""
UNJUDGED = 4
"""Exit status of a strict check that found notes: rules that could not be judged, or that only remark."""
MOST = 5
"""Findings of one rule that are listed before the rest is counted."""
MARKS = {"block": "BLOCK", "warn": "WARN", "note": "NOTE", "ok": "OK"}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Rules as data, and checks by them.",
)
Own = Annotated[list[Path] | None, typer.Option("--rules", help="More rules: a .csv or .yaml file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def show_rules(
    subject: Annotated[str | None, typer.Option(help="Only rules of this subject.")] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="Only rules that hold there, as CN or IAEA.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Only rules in force on this day, YYYY-MM-DD.")] = None,
    rules: Own = None,
    as_json: AsJson = False,
) -> None:
    """List the rules with their limits and sources."""
    from becq.rules.subject import subject as known

    if subject is not None:
        known(subject)
    whole = _book(rules)
    if jurisdiction is not None and not len(whole.of(jurisdiction=jurisdiction)):
        known_places = dict.fromkeys(rule.jurisdiction for rule in whole.rules)
        raise InputError(
            f"No rule holds in '{jurisdiction}'; there are rules of {', '.join(known_places)} and, with "
            "--rules, of your own; a province is named like CN-51"
        )
    book = whole.of(subject, jurisdiction, _day(on))
    if as_json:
        typer.echo(json.dumps([rule.as_dict() for rule in book.rules], ensure_ascii=False, indent=2))
        return
    for rule in book.rules:
        bound = f"{rule.quantity} {rule.comparison} {rule.limit} {rule.unit}".strip()
        condition = f"  if {rule.condition}" if rule.condition else ""
        typer.echo(f"{rule.id}  [{rule.jurisdiction}, {rule.subject}, {rule.severity}]  {rule.title}")
        typer.echo(f"    {bound}{condition}")
        typer.echo(f"    {', '.join(filter(None, (rule.source, rule.article)))}")
        if rule.note:
            typer.echo(f"    note: {rule.note}")
    typer.echo(f"{len(book)} rule{'s' if len(book) != 1 else ''}")


@app.command("facts")
def show_facts(
    subject: Annotated[str | None, typer.Argument(help="One subject; all where left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the subjects of rules and the facts that rules may read of each."""
    from becq.rules.subject import subject as known
    from becq.rules.subject import subjects

    wanted = [known(subject)] if subject is not None else list(subjects().values())
    if as_json:
        data = {
            each.name: [
                {
                    "fact": f.name,
                    "type": f.type,
                    "unit": f.unit,
                    "name": f.title,
                    "name_zh": f.title_zh,
                    "choices": list(f.choices),
                    "choices_en": list(f.choices_en),
                    "choices_zh": list(f.choices_zh),
                    "meaning": f.meaning,
                    "meaning_zh": f.meaning_zh,
                }
                for f in each.facts.values()
            ]
            for each in wanted
        }
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for each in wanted:
        typer.echo(each.name)
        for fact in each.facts.values():
            kind = f"{fact.type}, {fact.unit}" if fact.unit else fact.type
            typer.echo(f"    {fact.name} ({kind}): {fact.meaning}")
            if fact.choices and not all(each in fact.meaning for each in fact.choices):
                pairs = zip(fact.choices, fact.choices_en, strict=True)
                said = [code if code == name else f"{code} ({name})" for code, name in pairs]
                typer.echo(f"        one of {', '.join(said)}")


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A consignment, waste, site_day, posting, facts, or a plan.json.")
    ],
    network: Annotated[
        Path | None,
        typer.Option(help="Network file whose licences and approvals hold (plan, site_day, posting)."),
    ] = None,
    rules: Own = None,
    everything: Annotated[bool, typer.Option("--all", help="Also list the rules that are kept.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit status 4 if anything was left unjudged (a note).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a document by the rules. Exit status 3 if a rule that blocks is broken, 2 for bad input.

    A rule whose facts are not known is a note and leaves the status at 0: nothing was found, which is not
    the same as that all is well. --strict makes it 4.
    """
    from becq.rules.evaluation import evaluate

    facts, is_plan = _facts(file, network)
    verdicts = evaluate(_book(rules), facts)
    counts = verdicts.counts()
    if not sum(counts.values()):
        raise InputError(f"{file}: no rule concerns what the document holds; check its jurisdiction")
    kinds = ("block", "warn", "note", "ok") if everything else ("block", "warn", "note")
    findings = verdicts.findings([kind for kind in kinds if not (is_plan and kind == "note")])
    if is_plan:
        from becq.rules.grouping import group_notes

        findings += group_notes(verdicts)
    if as_json:
        report = {
            "file": str(file),
            "worst": verdicts.worst,
            "counts": counts,
            "findings": [finding.as_dict() for finding in findings],
        }
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for same in _by_rule(findings):
            _say(same, len(same) if everything else MOST)
        said = ", ".join(f"{counts[name]} {name}" for name in ("block", "warn", "note", "ok"))
        typer.echo(f"{file}: {said}")
    if counts["block"]:
        raise typer.Exit(BLOCKED)
    if strict and counts["note"]:
        raise typer.Exit(UNJUDGED)


def _facts(file: Path, network_file: Path | None) -> tuple[dict[str, Any], bool]:
    """The facts of a document, or of a plan as ``becq plan`` writes it, and whether it is a plan."""
    from becq.chain.reading import read_network
    from becq.rules.document import read_document

    network = read_network(network_file) if network_file is not None else None
    plan = _read_plan(file)
    if plan is None:
        return read_document(file, network), False
    if network is None:
        raise InputError(f"{file}: a plan is judged against its network; name it with --network")
    from becq.planning.compliance import plan_facts

    return plan_facts(plan, network), True


def _read_plan(file: Path) -> dict[str, Any] | None:
    """The plan that the file is, or None where it is something else."""
    if file.suffix.lower() != ".json":
        return None
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None  # the reader of documents says what is wrong
    return data if isinstance(data, dict) and "schema" in data else None


def _by_rule(findings: list[Finding]) -> list[list[Finding]]:
    """Findings of the same rule and severity together, in the order they come."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    return list(groups.values())


def _say(same: list[Finding], most: int) -> None:
    first = same[0]
    sentences = list(dict.fromkeys(finding.sentence for finding in same))
    for sentence in sentences[:most]:
        typer.echo(f"{MARKS[first.severity]:<6}{sentence}")
    if len(sentences) > most:
        typer.echo(f"      and {len(sentences) - most} more of this rule; --all or --json lists them")
    if first.remedy and first.severity in ("block", "warn"):
        typer.echo(f"      {first.remedy}")
    typer.echo(f"      [{first.rule}] {first.source}")
    if first.note and first.severity in ("block", "warn"):
        typer.echo(f"      note: {first.note}")


def _book(files: list[Path] | None) -> Rulebook:
    book = builtin()
    if files:
        from becq.rules.rulebook import read_rules

        for file in files:
            book = book.with_rules(read_rules(file))
    return book


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"--on '{text}' is not a date; write YYYY-MM-DD, for example 2026-12-07") from None
