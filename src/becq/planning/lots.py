"""Lots that may exist: every batch that may start in the horizon, and the stock in hand.

A lot's supply is referred to its release. Slots that fall into an outage are kept and marked, so that an
order which only they could have served can be told so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from becq.chain.fields import WEEKDAYS
from becq.chain.network import Network
from becq.chain.process import CONVERTING, CREATING, Outage, Process
from becq.physics.nuclides import nuclide

DAY_S = 86400.0
CELLS = frozenset({"hot_cell", "generator_line", "other"})
"""Resources that a batch occupies until the end of its processing; machines are free at EOB."""
LONGEST_LOOK_BACK = 40.0
"""Mean lives over which a calibration to a later time is read backwards."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A batch that may be started, or a lot in stock. Times are seconds since the Unix epoch.

    ``supply_bq`` is what one batch can give at ``release`` (creating processes and stock; infinite where
    inputs decide). ``input_factor`` is output at release per input at start (conversions).
    """

    id: str
    kind: str
    process: str | None
    site: str
    product: str
    nuclide: str
    decay_const: float
    resource: str | None
    start: float
    busy_until: float
    eob: float
    release: float
    expires: float
    activity_eob_bq: float
    supply_bq: float
    input_product: str | None = None
    max_input_bq: float = 0.0
    input_factor: float = 0.0
    max_units: int | None = None
    cost: float = 0.0
    specific_activity_bq_g: float | None = None
    outage: str | None = None
    outage_zh: str | None = None

    @property
    def is_stock(self) -> bool:
        """In hand already: nothing to decide about its making."""
        return self.kind == "stock"

    @property
    def converts(self) -> bool:
        """Made from an input of the same nuclide."""
        return self.kind in CONVERTING

    @property
    def elutes(self) -> bool:
        """Taken from generators standing on the site."""
        return self.kind == "generator_elution"


def enumerate_lots(network: Network, first: date, days: int) -> list[Lot]:
    """Every lot that may exist from ``first`` (network's zone) for ``days`` days, in a fixed order."""
    start = datetime.combine(first, datetime.min.time(), network.zone).timestamp()
    lots = [_stock_lot(network, index, start) for index in range(len(network.stock))]
    for process in network.processes:
        lots.extend(_batches(network, process, first, days))
    return lots


def _stock_lot(network: Network, index: int, horizon_start: float) -> Lot:
    """Stock is in hand from the start, also where its label is calibrated to a later time."""
    stock = network.stock[index]
    product = network.product[stock.product]
    decay_const = nuclide(product.nuclide).decay_const
    reference = network.instant(stock.reference_time).timestamp()
    release = min(reference, horizon_start)
    if decay_const * (reference - release) > LONGEST_LOOK_BACK:
        release = reference  # calibrated so far ahead that it cannot be here yet
    expires = network.instant(stock.expires).timestamp() if stock.expires else reference + product.shelf_life
    activity = stock.activity * math.exp(decay_const * (reference - release))
    return Lot(
        id=stock.id,
        kind="stock",
        process=None,
        site=stock.site,
        product=product.id,
        nuclide=product.nuclide,
        decay_const=decay_const,
        resource=None,
        start=release,
        busy_until=release,
        eob=release,
        release=release,
        expires=expires,
        activity_eob_bq=activity,
        supply_bq=activity,
    )


def _batches(network: Network, process: Process, first: date, days: int) -> Iterator[Lot]:
    product = network.product[process.product]
    zone = network.site[process.site].zone
    decay_const = nuclide(product.nuclide).decay_const
    resource = network.resource[process.resource] if process.resource else None
    changeover = resource.changeover if resource else 0.0
    finishing = process.processing_time + process.qc_time
    kept = process.processing_yield * math.exp(-decay_const * finishing)
    specific = process.specific_activity_eob
    for offset in range(days):
        day = first + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] not in process.start_days:
            continue
        for clock in process.start_times:
            start = datetime.combine(day, clock, zone).timestamp()
            eob = start + process.duration
            release = eob + finishing
            occupied = eob + (process.processing_time if resource and resource.kind in CELLS else 0.0)
            busy_until = occupied + changeover
            outage = _outage(network, process.outages, start, release) or (
                _outage(network, resource.outages, start, max(occupied, start + 1.0)) if resource else None
            )
            creating = process.kind in CREATING
            yield Lot(
                id=batch_id(process.id, start),
                kind=process.kind,
                process=process.id,
                site=process.site,
                product=product.id,
                nuclide=product.nuclide,
                decay_const=decay_const,
                resource=process.resource,
                start=start,
                busy_until=busy_until,
                eob=eob,
                release=release,
                expires=release + product.shelf_life,
                activity_eob_bq=(process.activity_per_batch or 0.0) if creating else 0.0,
                supply_bq=(process.activity_per_batch or 0.0) * kept if creating else math.inf,
                input_product=process.input_product,
                max_input_bq=process.max_input or 0.0,
                input_factor=(
                    process.processing_yield * math.exp(-decay_const * (release - start))
                    if process.kind in CONVERTING
                    else 0.0
                ),
                max_units=process.max_units,
                cost=process.cost,
                # Carrier does not decay: specific activity falls with the activity itself.
                specific_activity_bq_g=(
                    specific * math.exp(-decay_const * finishing) if specific is not None else None
                ),
                outage=outage.reason if outage else None,
                outage_zh=(outage.reason_zh or outage.reason) if outage else None,
            )


def batch_id(process: str, start: float) -> str:
    """Stable name of the batch of ``process`` that starts at ``start`` (epoch seconds)."""
    return f"{process}@{datetime.fromtimestamp(start, UTC):%Y%m%dT%H%MZ}"


def _outage(network: Network, outages: list[Outage], start: float, end: float) -> Outage | None:
    for outage in outages:
        begins = network.instant(outage.start).timestamp()
        ends = network.instant(outage.end).timestamp()
        if begins < end and start < ends:
            return outage
    return None
