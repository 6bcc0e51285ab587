"""``becq rounds``: a network and a plan of it in, the delivery rounds of its sites out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from becq.errors import InputError

LANGUAGES = ("en", "zh")
CATEGORIES = {"I-WHITE": "I", "II-YELLOW": "II", "III-YELLOW": "III"}


def rounds(
    network: Annotated[
        Path, typer.Argument(metavar="NETWORK", help="Network file: .yaml, .xlsx or a folder.")
    ],
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="plan.json as 'becq plan' writes it.")],
    site: Annotated[str | None, typer.Option(help="Only this site; all with vehicles if left out.")] = None,
    day: Annotated[
        str | None, typer.Option(help="Only this day, YYYY-MM-DD; all of the plan if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    time_limit: Annotated[float, typer.Option(help="Longest time for one site and day, in s.")] = 30.0,
    lang: Annotated[str, typer.Option(help="Language of the text: en or zh.")] = "en",
) -> None:
    """Drive a plan's deliveries by road: rounds of each vehicle, with windows and transport indexes."""
    from becq.chain.reading import read_network
    from becq.planning.rounds import make_rounds, rounds_of

    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: the languages are {' and '.join(LANGUAGES)}")
    if not 0 < time_limit <= 86400:
        raise InputError(f"--time-limit {time_limit:g}: give seconds, more than 0 and at most 86400")
    wanted = None if day is None else _day(day)
    found, document = read_network(network), _document(plan)
    if not found.vehicles:
        raise InputError(f"{network} has no vehicles: give them in its section 'vehicles'")
    if site is not None and site not in {vehicle.site for vehicle in found.vehicles}:
        homes = ", ".join(sorted({vehicle.site for vehicle in found.vehicles}))
        raise InputError(f"--site {site}: no vehicle stands there; they stand at {homes}")
    pairs = [
        pair
        for pair in rounds_of(document, found)
        if (site is None or pair[0] == site) and (wanted is None or pair[1] == wanted)
    ]
    made = [make_rounds(found, document, *pair, time_limit_s=time_limit) for pair in pairs]
    if as_json:
        rows = [each.as_dict() for each in made]
        typer.echo(json.dumps({"rounds": rows}, ensure_ascii=False, allow_nan=False))
        return
    if not made:
        typer.echo("这些日期没有公路配送" if lang == "zh" else "nothing is delivered by road then")
    for each in made:
        for line in _lines(each, found, lang == "zh"):
            typer.echo(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--day {text}: write a day as YYYY-MM-DD, for example 2026-12-07") from None


def _document(path: Path) -> dict[str, Any]:
    """A plan as ``becq plan`` writes it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}; give the plan.json of 'becq plan'") from error
    needed = ("from", "days", "batches", "deliveries")
    if not isinstance(document, dict) or any(name not in document for name in needed):
        raise InputError(
            f"{path} is no plan: it lacks {', '.join(needed)}; give the plan.json of 'becq plan'"
        )
    return document


def _lines(made: Any, network: Any, zh: bool) -> Iterator[str]:
    """The rounds of one site and day."""
    zone = ZoneInfo(made.timezone)

    def at(text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(zone):%H:%M}"

    def named(code: str) -> str:
        return str(network.site[code].name_zh if zh else network.site[code].name)

    driven = sum(len(day.rounds) for day in made.vehicles)
    served = made.deliveries - len(made.missed)
    if zh:
        yield (
            f"{named(made.site)}，{made.day}：{made.deliveries}份配送中送达{served}份，{len(made.vehicles)}辆车，"
            f"{driven}趟，{made.km:.0f}公里，费用{made.cost:,.0f}"
        )
    else:
        yield (
            f"{named(made.site)}, {made.day}: {served} of {made.deliveries} deliveries, "
            f"{len(made.vehicles)} vehicles, {driven} rounds, {made.km:.0f} km, cost {made.cost:,.0f}"
        )
    for day in made.vehicles:
        name = day.name_zh if zh else day.name
        yield f"  {name} {day.number}  {at(day.starts)}-{at(day.ends)}  {day.cost:,.0f} {day.currency}"
        for trip in day.rounds:
            if zh:
                index = f"{trip.packages}个货包，运输指数{trip.transport_index:.1f}"
                yield f"    {at(trip.departs)}出发，{at(trip.returns)}返回，{trip.km:.0f}公里，{index}"
            else:
                index = f"{trip.packages} packages, transport index {trip.transport_index:.1f}"
                yield f"    leaves {at(trip.departs)}, back {at(trip.returns)}, {trip.km:.0f} km, {index}"
            for hand, leg in zip(trip.handovers, trip.legs, strict=False):
                window = f"{at(hand.window_opens)}-{at(hand.window_closes)}"
                category = CATEGORIES.get(hand.category or "", "?")
                yield (
                    f"      {at(hand.begins)} [{window}]  TI {leg.transport_index:.1f}  {hand.order}  "
                    f"{named(hand.site)}  {hand.nuclide} ({category})"
                )
    for row in made.missed:
        sentence, remedy = (row.sentence_zh, row.remedy_zh) if zh else (row.sentence, row.remedy)
        head = "未送达" if zh else "missed"
        yield (
            f"  {head}: {row.order}，{named(row.site)}：{sentence}{remedy}"
            if zh
            else (f"  {head}: {row.order}, {named(row.site)}: {sentence} {remedy}")
        )
    for row in made.gaps:
        yield (
            f"  未知：{row['product']}的运输指数（缺少：{row['gap']}）"
            if zh
            else f"  not known: the transport index of {row['product']} (lacking: {row['gap']})"
        )


__all__ = ["rounds"]
