"""``becq replan``: a saved plan made anew from now, with what has happened since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from becq.errors import InputError

MANY = 10
"""Changed orders and notes that are printed; all of them are in changes.json."""
KINDS = {
    "lost": ("lost", "失去供应"),
    "new": ("gained", "新获供应"),
    "refused": ("refused", "无法供应"),
    "changed": ("changed", "变更"),
}


def replan(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="plan.json, or the folder it lies in.")],
    network: Annotated[Path, typer.Option(help="Network file of the plan: .yaml, .xlsx or a folder.")],
    out: Annotated[Path, typer.Option(help="Folder for the new plan, changes.json and messages.txt.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help='What happened, for example "late batch=ID by=6h"; may be repeated.'),
    ] = None,
    events: Annotated[Path | None, typer.Option(help="JSON file of events (becq.events/1).")] = None,
    now: Annotated[
        str,
        typer.Option(
            help="Nothing before it can be changed, e.g. 2026-12-10T14:00; the present if left out."
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="Name of this what-if, shown where plans are compared.")] = "",
    pins: Annotated[Path | None, typer.Option(help="JSON of further pins, as for becq plan.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print plan and changes as one JSON object.")
    ] = False,
    time_limit: Annotated[float, typer.Option(help="Longest time for the solver, in seconds.")] = 60.0,
    lang: Annotated[str, typer.Option(help="Language of the page and the summary: en or zh.")] = "en",
) -> None:
    """Plan anew from now: what is done stays done, pins are kept, little changes without need."""
    from becq.chain.reading import read_network
    from becq.cli.plan import LANGUAGES, make_folder, read_pins, show_progress, write_plan
    from becq.cli.saved_plans import read_moment, read_saved_plan
    from becq.planning.changes import find_changes
    from becq.planning.events import parse_event, read_scenario
    from becq.planning.replan import replan as make_replan

    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: the languages are {' and '.join(LANGUAGES)}")
    if not 0 < time_limit <= 86400:
        raise InputError(f"--time-limit {time_limit:g}: give seconds, more than 0 and at most 86400")
    previous = read_saved_plan(plan)
    scenario = read_scenario(events) if events else None
    read = read_network(network)
    moment = read_moment(now, "--now") if now else scenario.now if scenario and scenario.now else None
    moment = read.instant(moment) if moment else datetime.now(read.zone).replace(microsecond=0)
    happened = list(scenario.events) if scenario else []
    happened += [parse_event(text, moment) for text in event or []]
    title = name or (scenario.name or "" if scenario else "")
    fixed = read_pins(pins)
    folder = make_folder(out)
    with show_progress() as report:
        found = make_replan(
            read, previous, happened, moment, pins=fixed, name=title, time_limit_s=time_limit, progress=report
        )
    document = found.plan.as_dict(found.network)
    changes = find_changes(previous, document)
    written = write_plan(found.plan, found.network, folder, lang)
    written += _write_changes(changes, folder)
    if as_json:
        both = {"plan": document, "changes": changes.as_dict()}
        typer.echo(json.dumps(both, ensure_ascii=False, allow_nan=False))
        return
    for line in _summary(previous, document, changes, written, lang):
        typer.echo(line)


def _write_changes(changes: Any, folder: Path) -> list[Path]:
    data, text = folder / "changes.json", folder / "messages.txt"
    try:
        data.write_text(json.dumps(changes.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
        parts = []
        for message in changes.messages:
            parts.append(f"{message.subject_zh}\n{message.body_zh}\n\n{message.subject}\n{message.body}\n")
        text.write_text(f"\n{'-' * 60}\n".join(parts), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: the changes cannot be written: {error.strerror}") from error
    return [data, text]


def _summary(previous: Any, document: Any, changes: Any, written: list[Path], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    at = 1 if zh else 0
    served = f"{document['orders_served']}/{document['orders']}"
    before = f"{previous['orders_served']}/{previous['orders']}"
    share, was = (f"{each['served_fraction']:.1%}" for each in (document, previous))
    cost, cost_was = (f"{each['cost']:,.0f}" for each in (document, previous))
    title, since = document["scenario"] or document["name"], document["now"]
    if zh:
        yield f"{title}，自{since}起重新计划"
        yield f"满足订单{served}（原为{before}），供应活度占订单{share}（原为{was}）"
        yield f"费用{cost}元（原为{cost_was}元），与理论最优相差不超过{document['gap']:.2%}"
    else:
        yield f"{title}, planned anew from {since}"
        yield f"{served} orders served (before: {before}), {share} of the activity (before: {was})"
        yield f"cost {cost} CNY (before: {cost_was}), at most {document['gap']:.2%} from the best possible"
    for note in document["notes"][:MANY]:
        yield f"- {note['sentence_zh'] if zh else note['sentence']}"
    counts = Counter(change.kind for change in changes.orders)
    words = ", ".join(f"{KINDS[kind][at]} {count}" for kind, count in counts.items())
    if zh:
        yield f"变更订单{len(changes.orders)}份" + (
            f"（{words}），涉及{len(changes.messages)}家客户：" if words else ""
        )
    else:
        yield f"{len(changes.orders)} orders change" + (
            f" ({words}), {len(changes.messages)} customers to tell:" if words else ""
        )
    for change in changes.orders[:MANY]:
        yield f"- {change.sentence_zh if zh else change.sentence}"
    if len(changes.orders) > MANY:
        rest = len(changes.orders) - MANY
        yield f"  另有{rest}份，见changes.json" if zh else f"  and {rest} more in changes.json"
    yield ("文件：" if zh else "files: ") + ("，" if zh else ", ").join(str(path) for path in written)
