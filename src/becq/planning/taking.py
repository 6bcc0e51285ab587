"""A change that an explanation names, as variations of the network and pins to take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from becq.planning.variation import (
    Divided,
    Drive,
    Lifted,
    Limit,
    Partial,
    Permit,
    Positions,
    Seats,
    Slot,
    Variation,
    Window,
)

HOUR_S = 3600.0


@dataclass(frozen=True)
class Taken:
    """What a plan made with the change needs: variations, and pins that go."""

    variations: list[Variation]
    unpin: tuple[str, ...] = ()


def take_remedy(kind: str, what: Mapping[str, Any], order: str, site: str) -> Taken:
    """The change of kind ``kind`` for ``order`` of ``site``; ``what`` is as in ``Remedy.what``.

    Raises ValueError for a kind that no explanation has.
    """
    if kind == "none":
        return Taken([])
    if kind == "pin":
        return Taken([], tuple(what["pins"]))
    if kind == "batch":
        return Taken([Slot(process=row["process"], start=_at(row["start"])) for row in what["batches"]])
    if kind == "position":
        return Taken([Positions(resource=what["resource"], positions=what["positions"])])
    if kind == "licence":
        return Taken(
            [
                Limit.model_construct(site=row["site"], nuclide=row["nuclide"], limit=row["limit_bq"])
                for row in what["limits"]
            ]
        )
    if kind == "approval":
        return Taken(
            [
                Permit.model_construct(
                    origin=row["from"],
                    destination=row["to"],
                    nuclide=row["nuclide"],
                    activity=row["activity_bq"],
                    day=date.fromisoformat(row["day"]),
                )
                for row in what["approvals"]
            ]
        )
    if kind == "outage":
        return Taken(
            [Lifted(name=row["name"], start=_at(row["start"]), end=_at(row["end"])) for row in what["spans"]]
        )
    if kind == "packages":
        return Taken(
            [
                Seats.model_construct(
                    lane=row["lane"], origin=row["from"], destination=row["to"], leaves=_at(row["leaves"])
                )
                for row in what["departures"]
            ]
        )
    if kind == "road":
        return Taken([Drive.model_construct(origin=what["from"], destination=site, like=what["like"])])
    if kind in ("later", "earlier", "later_calibration"):
        by = what["hours"] * HOUR_S
        shift = {
            "later": {"later": by},
            "earlier": {"earlier": by},
            "later_calibration": {"later": by, "calibration": by},
        }[kind]
        return Taken([Window.model_construct(order=order, **shift)])
    if kind == "less":
        return Taken([Partial(order=order)])
    if kind == "split":
        return Taken([Divided(order=order)])
    raise ValueError(f"no change of kind {kind!r}")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
