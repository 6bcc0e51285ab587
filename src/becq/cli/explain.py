"""``becq explain``: how an order is served, or why not and what would serve it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from becq.errors import InputError

LANGUAGES = ("en", "zh")


def explain(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="Order, as the plan names it.")],
    plan: Annotated[Path, typer.Option(help="plan.json, or the folder it lies in.")],
    network: Annotated[Path, typer.Option(help="Network file of the plan: .yaml, .xlsx or a folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    lang: Annotated[str, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """How an order of a plan is served; or why it is not, what would serve it, and at what cost."""
    from becq.chain.reading import read_network
    from becq.cli.saved_plans import read_saved_plan
    from becq.planning.explanation import explain_order

    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: the languages are {' and '.join(LANGUAGES)}")
    document = read_saved_plan(plan)
    found = explain_order(read_network(network), document, order)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False))
        return
    zh = lang == "zh"
    for sentence in found.sentences_zh if zh else found.sentences:
        typer.echo(sentence)
    others = [remedy for remedy in found.remedies if remedy is not found.cheapest]
    if others:
        typer.echo("其他可行的改变：" if zh else "Other changes:")
    for remedy in others:
        typer.echo(f"- {remedy.sentence_zh if zh else remedy.sentence}")
    for load in found.loads:
        if zh:
            typer.echo(f"{load.resource}：占用{load.share:.0%}（{load.batches}个批次）")
        else:
            typer.echo(f"{load.resource}: {load.share:.0%} taken ({load.batches} batches)")
