"""Where something is scarce: the parts of the programme in which an order is short, and the groups there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from becq.planning.groups import Group
from becq.planning.model import Array, Model
from becq.planning.options import Problem
from becq.planning.solve import LARGE_PART, Solution
from becq.planning.subprogramme import Indices, cut

EXACT = 1e-6
"""What an order may lack beside its tolerance without being short, of its activity."""


@dataclass(frozen=True)
class Scarce:
    """The parts in which an order is short: a model of ``columns`` of the whole, and its groups.

    ``shares`` @ values is the share of each group; ``part`` and ``pool`` number the part of each group, and
    its product within that part.
    """

    model: Model
    columns: Indices
    shares: csr_matrix
    part: Indices
    pool: Indices
    size: Array
    """What each group could get, as a multiple of the mean of its product."""
    count: int
    within_parts: bool


def find_scarce(
    problem: Problem, model: Model, groups: Sequence[Group], reach: Mapping[int, float], base: Solution
) -> Scarce | None:
    """The parts that have an order short of what it could get by more than its tolerance."""
    total = model.matrix.shape[1]
    label = np.full(total, -1, dtype=np.intp)
    for number, (columns, _) in enumerate(model.components(apart=base.apart)):
        label[columns] = number
    served = np.bincount(
        np.maximum(model.order, 0),
        np.where(model.order >= 0, base.values * model.scale, 0.0),
        minlength=len(problem.demands),
    )
    columns_of: dict[int, list[int]] = defaultdict(list)
    for column in np.flatnonzero((model.order >= 0) & (label >= 0)):
        columns_of[int(model.order[column])].append(int(column))
    short = {
        int(label[columns_of[number][0]])
        for number, most in reach.items()
        if columns_of[number]
        and (order := problem.demands[number].order) is not None
        and served[number] < most - order.activity * (order.tolerance + EXACT)
    }
    if not short:
        return None
    merged, within_parts = _merge(groups, columns_of, label, short)
    parts = sorted(set(merged.values()))
    columns = np.flatnonzero(np.isin(label, list(merged)))
    place = np.full(total, -1, dtype=np.intp)
    place[columns] = np.arange(columns.size)
    members: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for group in groups:
        for number in group.demands:
            if columns_of[number] and int(label[columns_of[number][0]]) in merged:
                members[group.product, group.place, merged[int(label[columns_of[number][0]])]].append(number)
    keys = sorted(key for key, numbers in members.items() if sum(reach[n] for n in numbers) > 0)
    could = np.array([sum(reach[n] for n in members[key]) for key in keys])
    entries = [
        (row, int(place[column]), float(model.scale[column] / could[row]))
        for row, key in enumerate(keys)
        for number in members[key]
        for column in columns_of[number]
    ]
    rows, at, values = zip(*entries, strict=True)
    pools = sorted({(key[0], key[2]) for key in keys})
    pool = np.array([pools.index((key[0], key[2])) for key in keys], dtype=np.intp)
    means = np.bincount(pool, could) / np.bincount(pool)
    return Scarce(
        cut(model, columns, base.values),
        columns,
        csr_matrix((values, (rows, at)), shape=(len(keys), columns.size)),
        np.array([parts.index(key[2]) for key in keys], dtype=np.intp),
        pool,
        could / means[pool],
        len(parts),
        within_parts,
    )


def _merge(
    groups: Sequence[Group], columns_of: Mapping[int, list[int]], label: Indices, short: set[int]
) -> tuple[dict[int, int], bool]:
    """Part → the first of those it is gone through with, of all that hang on a short one by a group.

    Those that would be too large together stay apart; whether any do.
    """
    parent: dict[int, int] = {}

    def find(part: int) -> int:
        while parent.setdefault(part, part) != part:
            part = parent[part]
        return part

    for group in groups:
        parts = sorted({int(label[columns_of[n][0]]) for n in group.demands if columns_of.get(n)})
        for part in parts[1:]:
            one, other = sorted((find(parts[0]), find(part)))
            parent[other] = one
    size = np.bincount(label[label >= 0])
    together: dict[int, list[int]] = defaultdict(list)
    for part in parent:
        together[find(part)].append(part)
    for part in short:
        if part not in parent:
            together[part].append(part)
    merged: dict[int, int] = {}
    within_parts = False
    for first, parts in together.items():
        scarce = [part for part in parts if part in short]
        if scarce and (len(parts) == 1 or size[parts].sum() <= LARGE_PART):
            merged.update(dict.fromkeys(parts, first))
        elif scarce:
            within_parts = True
            merged.update({part: part for part in scarce})
    return merged, within_parts
