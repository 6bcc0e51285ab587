"""``becq generator``: the eluates of a generator over days."""

from __future__ import annotations

from typing import Annotated

import typer

from becq.cli.answers import answer


def generator(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="mo99, ge68, sr90, w188, dy166, ra225, ac225 or sr82; or the parent, Mo-99."
        ),
    ],
    activity: Annotated[
        str, typer.Option(help="Of the parent, at the calibration time: 20GBq, '10 six-day Ci'.")
    ],
    calibrated: Annotated[str, typer.Option(help="Calibration time: 2026-12-07T08:00, or with +08:00.")],
    elute: Annotated[str, typer.Option(help="Times of the day: 08:00,13:00.")],
    days: Annotated[str, typer.Option(help="Number of days.")] = "",
    needed: Annotated[str, typer.Option(help="Activity needed of each elution: says until when.")] = "",
    needs: Annotated[
        str, typer.Option(help="Of the first day, for the best times: 10:00=3GBq,14:00=2GBq.")
    ] = "",
    preparation: Annotated[
        str, typer.Option(help="For the needs: from an elution until it can be used, none: 30min.")
    ] = "",
    gap: Annotated[str, typer.Option(help="For the needs: least time between two elutions, none: 2h.")] = "",
    first: Annotated[str, typer.Option(help="No elution before this moment.")] = "",
    efficiency: Annotated[str, typer.Option(help="Share of the daughter that an elution takes: 90%.")] = "",
    breakthrough: Annotated[str, typer.Option(help="Share of the parent that leaves with it: 0.001%.")] = "",
    rest: Annotated[str, typer.Option(help="Time since the last elution at the start: 24h.")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of the clock times: Asia/Shanghai.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What each elution of a schedule yields, what may break through, and until when it is enough."""
    texts = {
        "kind": kind,
        "activity": activity,
        "calibrated": calibrated,
        "elute": elute,
        "days": days,
        "needed": needed,
        "needs": needs,
        "preparation": preparation,
        "gap": gap,
        "first": first,
        "efficiency": efficiency,
        "breakthrough": breakthrough,
        "rest": rest,
        "zone": zone,
    }
    answer("generator", texts, as_json)
