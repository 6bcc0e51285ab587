"""What a plan was made of, kept with it: the network with its orders, and the plan in the planner's words.

The network is kept as its file writes it, compressed, once for all plans that were made of the same. Lots
that come from the books bear codes that no network file may have; they are written beside it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.order import Order, StockLot
from becq.errors import ConflictError
from becq.platform.plans.input import Coming, coming_process, stock_lot
from becq.platform.plans.models import NetworkSnapshot, PlanMaterial, PlanRun


@dataclass(frozen=True)
class Material:
    """What a plan was made of.

    :ivar network: with single orders, stock, and a process for each lot of ``coming``.
    :ivar document: ``Plan.as_dict()``, lots and pins named as the planner does.
    """

    network: Network
    coming: tuple[Coming, ...]
    document: dict[str, Any]


def keep_material(run: PlanRun, network: Network, coming: Iterable[Coming], document: dict[str, Any]) -> None:
    """Keep with a run what it was made of; what was kept before goes."""
    content = pack(network, tuple(coming))
    snapshot, _ = NetworkSnapshot.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(), defaults={"content": content}
    )
    PlanMaterial.objects.update_or_create(
        run=run, defaults={"snapshot": snapshot, "document": _deflate(document)}
    )


def material_of(run: PlanRun) -> Material:
    """What a finished run was made of.

    :raises ConflictError: a run of an earlier release of this software, of which it was not kept.
    """
    found = PlanMaterial.objects.select_related("snapshot").filter(run=run).first()
    if found is None:
        raise ConflictError(
            f"What plan {run.code} was made of was not kept; plan again, then it can be changed and explained"
        )
    network, coming = unpack(bytes(found.snapshot.content))
    return Material(network, coming, _inflate(bytes(found.document)))


def has_material(run: PlanRun) -> bool:
    """Whether what a run was made of is known."""
    return PlanMaterial.objects.filter(run=run).exists()


def drop_unused_snapshots() -> int:
    """Remove networks of which no plan is kept any more."""
    used = PlanMaterial.objects.values_list("snapshot_id", flat=True)
    return NetworkSnapshot.objects.exclude(pk__in=list(used)).delete()[0]


def pack(network: Network, coming: tuple[Coming, ...]) -> bytes:
    """A network and the lots that come to it as compressed JSON."""
    processes = {each.process for each in coming}
    plain = network.with_rows(
        stock=[],
        processes=[row for row in network.processes if row.id not in processes],
        orders=[_dated(network, order) for order in network.orders],
    )
    return _deflate(
        {
            "network": define(plain),
            "stock": [_lot(network, lot) for lot in network.stock],
            "coming": [
                {"lot": _lot(network, each.stock), "process": each.process, "at": each.at.isoformat()}
                for each in coming
            ],
        }
    )


def unpack(content: bytes) -> tuple[Network, tuple[Coming, ...]]:
    """The network that was packed, and the lots that come to it."""
    found = _inflate(content)
    network = Network.model_validate(found["network"])
    coming = tuple(
        Coming(_read_lot(row["lot"]), row["process"], datetime.fromisoformat(row["at"]))
        for row in found["coming"]
    )
    network = network.with_rows(stock=[_read_lot(row) for row in found["stock"]])
    processes = [*network.processes, *(coming_process(network, each) for each in coming)]
    return network.with_rows(processes=processes), coming


def _dated(network: Network, order: Order) -> Order:
    """The order with all its moments in a zone, so that they can be read back together."""
    return order.model_copy(
        update={name: network.instant(getattr(order, name)) for name in ("calibration", "earliest", "latest")}
    )


def _lot(network: Network, lot: StockLot) -> dict[str, Any]:
    return {
        "id": lot.id,
        "site": lot.site,
        "product": lot.product,
        "activity_bq": lot.activity,
        "reference_time": network.instant(lot.reference_time).isoformat(),
        "expires": network.instant(lot.expires).isoformat() if lot.expires else None,
    }


def _read_lot(row: dict[str, Any]) -> StockLot:
    return stock_lot(
        row["id"],
        row["site"],
        row["product"],
        row["activity_bq"],
        datetime.fromisoformat(row["reference_time"]),
        datetime.fromisoformat(row["expires"]) if row["expires"] else None,
    )


def _deflate(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def _inflate(content: bytes) -> Any:
    return json.loads(zlib.decompress(content))
