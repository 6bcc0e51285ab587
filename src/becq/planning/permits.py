"""Networks with other approvals of transfers, and which approvals a plan would need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from becq.chain.approval import Approval
from becq.chain.network import Network
from becq.chain.site import TRANSIT_KINDS
from becq.planning.compliance import holder
from becq.planning.situation import Record
from becq.rules.transfer import by_way, find_approval


@dataclass(frozen=True, slots=True)
class Permission:
    """What is to be approved of a nuclide between two sites, in Bq, for the calendar year of ``day``."""

    origin: str
    destination: str
    nuclide: str
    activity_bq: float
    day: date


def with_approvals(network: Network, permissions: Sequence[Permission]) -> Network:
    """The network where each permission is approved: the approval in force raised, or a new one."""
    approvals = list(network.approvals)
    for number, each in enumerate(permissions, start=1):
        known = _in_force(approvals, each)
        if known is not None:
            raised = known.model_copy(update={"activity": max(known.activity, each.activity_bq)})
            approvals = [raised if row is known else row for row in approvals]
        else:
            approvals.append(
                Approval.model_construct(
                    id=f"approval+{number}",
                    origin=each.origin,
                    destination=each.destination,
                    nuclide=each.nuclide,
                    activity=each.activity_bq,
                    trade="domestic",
                    number=None,
                    valid_from=date(each.day.year, 1, 1),
                    valid_until=date(each.day.year, 12, 31),
                    source=None,
                    assumption=None,
                )
            )
    return network.with_rows(approvals=approvals)


def missing_permissions(
    network: Network, wanted: Iterable[Record], all_rows: Iterable[Record]
) -> list[Permission]:
    """What must be approved so that the deliveries and supplies ``wanted`` may pass, ``all_rows`` counted.

    Activities as the rules count them, at departure; an approval is asked for where none is in force or the
    one that is would be exceeded.
    """
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in all_rows:
        total[row["from"], row["to"], row["nuclide"]] += row["activity_depart_bq"]
    found: dict[tuple[str, str, str], Permission] = {}
    known = by_way(network.approvals)
    for row in wanted:
        sender, receiver = network.site[row["from"]], network.site[row["to"]]
        if {sender.kind, receiver.kind} & TRANSIT_KINDS or holder(sender) == holder(receiver):
            continue
        way = sender.id, receiver.id, row["nuclide"]
        day = datetime.fromisoformat(row["arrive"]).astimezone(receiver.zone).date()
        each = Permission(*way, total[way], day)
        approval = _in_force(known.get(way, []), each)
        if approval is None or approval.activity < total[way]:
            found[way] = each
    return list(found.values())


def _in_force(approvals: Iterable[Approval], each: Permission) -> Approval | None:
    found = find_approval(approvals, each.origin, each.destination, each.nuclide, each.day)
    if found is None or not found.valid_from <= each.day <= found.valid_until:
        return None
    return found if found.valid_from.year == each.day.year else None
