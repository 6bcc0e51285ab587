"""Delivery rounds as data: instants as ISO 8601 text in UTC, activities in Bq, durations in s."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = "becq.rounds/1"


@dataclass(frozen=True, slots=True)
class Handover:
    """One delivery of a round.

    :ivar activity_bq: at ``reference_time``, the calibration time of the order, as the plan promises it.
    :ivar activity_depart_bq: what is dispensed for the departure of the round; ``activity_arrive_bq``: what
        is left of it when it is handed over.
    :ivar transport_index: sum over its packages on their labels, None where it is not known; ``category``
        of each of them.
    :ivar spare_s: from the hand-over to the close of the window.
    """

    delivery: str
    order: str
    lot: str
    site: str
    product: str
    nuclide: str
    packages: int
    transport_index: float | None
    category: str | None
    activity_depart_bq: float
    activity_arrive_bq: float
    activity_bq: float
    reference_time: str
    ready: str
    window_opens: str
    window_closes: str
    arrives: str
    begins: str
    leaves: str
    spare_s: float


@dataclass(frozen=True, slots=True)
class RoundLeg:
    """From one place of a round to the next: what is aboard.

    :ivar transport_index: sum of the labels of the packages aboard; it falls as they are handed over.
    :ivar dose_rate_sv_h: sum of their dose rates at 1 m at the start of the leg; it falls by decay as well.
    """

    origin: str
    destination: str
    starts: str
    ends: str
    km: float
    packages: int
    transport_index: float
    dose_rate_sv_h: float


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Loading, driving, handing over, returning."""

    loads: str
    departs: str
    returns: str
    km: float
    packages: int
    transport_index: float
    slack_s: float
    handovers: list[Handover]
    legs: list[RoundLeg]


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """One vehicle's day. ``number`` tells apart the vehicles of a kind."""

    vehicle: str
    number: int
    name: str
    name_zh: str
    transport_index_limit: float | None
    package_limit: int | None
    starts: str
    ends: str
    duration_s: float
    km: float
    cost: float
    currency: str
    rounds: list[RoundTrip]


@dataclass(frozen=True, slots=True)
class Missed:
    """A delivery that no round makes, and why."""

    delivery: str
    order: str
    site: str
    product: str
    window_opens: str
    window_closes: str
    reason: str
    sentence: str
    sentence_zh: str
    remedy: str
    remedy_zh: str


@dataclass(frozen=True, slots=True)
class DeliveryRounds:
    """The rounds of one site on one day.

    :ivar searched: False where the search gave no answer in time: these are rounds by insertion alone.
    :ivar gaps: what is not known, so that it could not be counted.
    """

    network: str
    site: str
    day: str
    timezone: str
    deliveries: int
    cost: float
    km: float
    vehicles: list[VehicleDay]
    missed: list[Missed]
    searched: bool
    gaps: list[dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"schema": SCHEMA, **asdict(self)}


__all__ = ["SCHEMA", "DeliveryRounds", "Handover", "Missed", "RoundLeg", "RoundTrip", "VehicleDay"]
