"""Approvals of transfers, and whether the sender's licence lets it hand over at all.

What passes from one holder to another needs, where the rules say so, an approval that is in force on the day
of arrival, and counts against its activity as it is at departure (:func:`becq.rules.transfer.transfer`, as in
:mod:`becq.planning.compliance`). A network that states no approvals at all is not held to any.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from becq.chain.approval import Approval
from becq.chain.site import TRANSIT_KINDS
from becq.physics.quantities import format_activity
from becq.planning.compliance import holder
from becq.planning.labels import Label
from becq.planning.limits import APPROVAL, ROUNDING, SCOPE, Limit, Limits, Numbers, Ways, local_days
from becq.planning.verdicts import forbidden, say
from becq.rules.holding import Row
from becq.rules.rulebook import builtin
from becq.rules.transfer import by_way, find_approval, transfer

if TYPE_CHECKING:
    from becq.planning.options import Problem

FACTS = {
    APPROVAL: ("approval_held", "approval_days_left", "approval_year"),
    SCOPE: ("sender_may_sell", "sender_licensed"),
}
UNCHECKED = (
    "The network lists no approvals of transfers: whether transfers are approved was not checked.",
    "网络未列出转让审批：未核对转让是否已获批准。",
)


class Passing(NamedTuple):
    """A transfer of one kind on one day: site and product identifiers."""

    sender: str
    receiver: str
    product: str
    day: date


def add(ways: Ways, found: Limits) -> None:
    """Refuse what may not be handed over, and count the rest against its approval."""
    problem = ways.problem
    passing, of_option = _passing(ways)
    approvals = by_way(problem.network.approvals)
    rows: list[Row] = []
    approved: list[Approval | None] = []
    alike: dict[Hashable, int] = {}
    row_of: list[int] = []
    for each in passing:
        approval = _approval(problem, each, approvals)
        held = approval is not None and approval.valid_from <= each.day <= approval.valid_until
        key = (*each[:3], approval.id if approval else "", held, each.day.isocalendar()[:2], each.day.year)
        if key not in alike:
            alike[key] = len(rows)
            rows.append(_facts(problem, each, approval, bool(approvals)))
        row_of.append(alike[key])
        approved.append(approval)
    codes: dict[int, set[str]] = defaultdict(set)
    for broken in forbidden("transfer", rows) if rows else ():
        for code, names in FACTS.items():
            if set(names) & set(broken.rule.facts):
                codes[broken.row].add(code)
    if not approvals and any(
        rule.quantity == "approval_held" and rule.severity == "block" and rule.holds_in(row["jurisdiction"])
        for rule in builtin().of(subject="transfer").rules
        for row in rows
    ):
        found.unchecked.append(UNCHECKED)
    refused = np.array([row in codes for row in row_of] + [False], dtype=bool)
    for option in np.flatnonzero(refused[of_option]).tolist():
        kind = row_of[int(of_option[option])]
        found.refused[option] = found.refused.get(option, ()) + tuple(sorted(codes[kind]))
    _count(ways, of_option, approved, found)


def explain(problem: Problem, option: int, code: str) -> tuple[str, str]:
    """Why a transfer is refused, in English and Chinese."""
    row = problem.options[option]
    lot, receiver = problem.lots[row.lot], problem.demands[row.demand].site
    day = datetime.fromtimestamp(round(row.way.arrive), problem.network.site[receiver].zone).date()
    each = Passing(senders(problem)[row.lot], receiver, lot.product, day)
    approvals = by_way(problem.network.approvals)
    facts = _facts(problem, each, _approval(problem, each, approvals), bool(approvals))
    leaving = math.exp(lot.decay_const * (row.reference - row.way.depart))
    facts["activity_bq"] = (row.least or row.most) * leaving
    return say("transfer", facts, FACTS[code])


def senders(problem: Problem) -> list[str]:
    """The site that hands over each lot; of a package that waits at a terminal the one it came from."""
    sites = problem.network.site
    found = [lot.site for lot in problem.lots]
    waiting = [n for n, lot in enumerate(problem.lots) if sites[lot.site].kind in TRANSIT_KINDS]
    if waiting:
        came = {
            problem.demands[problem.options[number].demand].target: problem.options[number].lot
            for number in problem.frozen
        }
        for number in waiting:
            source = number
            while sites[problem.lots[source].site].kind in TRANSIT_KINDS and problem.lots[source].id in came:
                source = came[problem.lots[source].id]
            found[number] = problem.lots[source].site
    return found


def _passing(ways: Ways) -> tuple[list[Passing], Numbers]:
    """The transfers of a problem, and the number of each option's, -1 where nothing is handed over."""
    problem = ways.problem
    sites = problem.network.site
    codes = {code: number for number, code in enumerate(sites)}
    products = {name: number for number, name in enumerate(problem.network.product)}
    names, goods = list(codes), list(products)
    sender = np.array([codes[code] for code in senders(problem)], dtype=np.intp)
    receiver = np.array([codes[demand.site] for demand in problem.demands], dtype=np.intp)
    product = np.array([products[lot.product] for lot in problem.lots], dtype=np.intp)
    holders: dict[str, int] = {}
    owner = np.array([holders.setdefault(holder(site), len(holders)) for site in sites.values()])
    transit = np.array([site.kind in TRANSIT_KINDS for site in sites.values()], dtype=bool)
    start, end = sender[ways.lot], receiver[ways.demand]
    hands_over = np.flatnonzero(~transit[end] & (owner[start] != owner[end]))
    number = np.full(ways.lot.size, -1, dtype=np.intp)
    if not hands_over.size:
        return [], number
    day = np.zeros(ways.lot.size, dtype=np.intp)
    for zone in dict.fromkeys(site.zone for site in sites.values()):
        there = np.array([site.zone == zone for site in sites.values()], dtype=bool)
        mine = hands_over[there[end[hands_over]]]
        if mine.size:
            day[mine] = local_days(ways.arrive[mine], zone)
    table = np.stack([start, end, product[ways.lot], day], axis=1)[hands_over]
    kinds, place = np.unique(table, axis=0, return_inverse=True)
    number[hands_over] = place.reshape(-1)
    return [
        Passing(names[a], names[b], goods[c], date.fromordinal(d)) for a, b, c, d in kinds.tolist()
    ], number


def _approval(
    problem: Problem, each: Passing, approvals: Mapping[tuple[str, str, str], list[Approval]]
) -> Approval | None:
    way = each.sender, each.receiver, problem.network.product[each.product].nuclide
    return find_approval(approvals.get(way, ()), *way, each.day)


def _facts(problem: Problem, each: Passing, approval: Approval | None, approvals_known: bool) -> Row:
    network = problem.network
    product = network.product[each.product]
    return transfer(
        network.site[each.sender],
        network.site[each.receiver],
        product.nuclide,
        each.day,
        0.0,
        approval=approval,
        approvals_known=approvals_known,
        radiopharmaceutical=product.kind != "bulk",
    )


def _count(ways: Ways, of_option: Numbers, approved: list[Approval | None], found: Limits) -> None:
    """The approvals whose activity the transfers under them could exceed."""
    numbers: dict[str, int] = {}
    listed: list[Approval] = []
    of_kind = np.full(len(approved) + 1, -1, dtype=np.intp)
    for kind, approval in enumerate(approved):
        if approval is not None:
            if approval.id not in numbers:
                listed.append(approval)
            of_kind[kind] = numbers.setdefault(approval.id, len(numbers))
    if not listed:
        return
    group = of_kind[of_option]
    leaving = ways.at(ways.depart)
    most = ways.most_of(group, leaving * ways.most, len(listed))
    for number in np.flatnonzero(most > np.array([row.activity for row in listed]) * (1 + ROUNDING)).tolist():
        approval = listed[number]
        sites = ways.problem.network.site
        origin, destination = sites[approval.origin], sites[approval.destination]
        shown = format_activity(approval.activity)
        found.rows.append(
            Limit(
                APPROVAL,
                approval.activity,
                f"The {shown} of {approval.nuclide} approved for transfers from {origin.name} to "
                f"{destination.name} ({approval.number or approval.id}) would be exceeded.",
                f"将超过{origin.name_zh}向{destination.name_zh}转让{approval.nuclide}的审批活度{shown}"
                f"（{approval.number or approval.id}）。",
                {int(n): float(leaving[n]) for n in np.flatnonzero(group == number)},
                label=Label(APPROVAL, approval.id, "GBq", 1e-9, approval.nuclide),
            )
        )
