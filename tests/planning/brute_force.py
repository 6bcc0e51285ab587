"""Every plan of a very small network, one by one: the best service there is, and the least cost of a service.

It shares no code with the planner. Each choice of whole things (which lot serves which order by which way, what
is sent to conversions and to pharmacies) is tried, and the activities that are left to choose are a small linear
programme. A choice is only skipped where it is unlawful already, or where even serving everything else in full
could not beat what is known.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from typing import Any

import numpy as np
from brute_choices import Batch, Choice, Choices, Send
from checker import rate
from scipy.optimize import linprog

from becq.chain.order import Order

EPS = 1e-9


class BruteForce(Choices):
    """The best of all choices."""

    tried = 0
    """Linear programmes solved."""

    # Choices of whole things

    def lawful(self, sends: Sequence[Send]) -> bool:
        """Whether positions, packages of batches and packages of departures suffice."""
        used = {send.batch for send in sends}
        packages, load = Counter[Batch](), Counter[Any]()
        for send in sends:
            packages[send.batch] += send.way.travels
            load.update(send.way.departures)
        if any(load[name] > self._capacity.get(name, math.inf) for name in load):
            return False
        for batch in used:
            if batch.process is None:
                continue
            if batch.process.max_units is not None and packages[batch] > batch.process.max_units:
                return False
            if batch.process.resource:
                there = self.network.resource[batch.process.resource].positions
                same = [b for b in used if b.process and b.process.resource == batch.process.resource]
                if sum(b.start <= batch.start < b.free for b in same) > there:
                    return False
        return True

    def supplies(self, sends: Choice) -> Iterator[Choice]:
        """Every set of inputs and generators that what is sent could need, upstream included."""
        needs = [b for b in {s.batch for s in sends} if b.process and b.gives is None]
        converting = [b for b in needs if b.process.max_input]
        eluting = {(b.site, b.process.input_product) for b in needs if not b.process.max_input}
        ready = [send for send in self.deploys if send.to in eluting]
        ready += [send for b in converting for send in self.inputs[b]]
        for chosen in subsets(ready):
            fed = {send.to for send in chosen}
            if any(b not in fed for b in converting):
                continue
            more = tuple(chosen)
            upstream = [s for s in more if s.batch.process and s.batch.gives is None and s.batch not in needs]
            if not upstream:
                yield more
                continue
            for before in self.supplies(tuple(upstream)):
                yield (*more, *before)

    def cost(self, sends: Sequence[Send]) -> float:
        """Of batches and ways."""
        made = sum(batch.process.cost for batch in {s.batch for s in sends} if batch.process)
        return float(made + sum(send.way.cost for send in sends))

    def serve(self, sends: Sequence[Send], floor: dict[str, float] | None = None) -> dict[str, float] | None:
        """Order → Bq that is worth most, by these sends and no others; None where they cannot be.

        :param floor: what every order must get.
        """
        self.tried += 1
        if not sends:
            return {}
        index = {id(send): n for n, send in enumerate(sends)}
        worth, bounds = np.zeros(len(sends)), []
        for n, send in enumerate(sends):
            is_order = isinstance(send.to, Order)
            bounds.append((send.least, send.most if is_order else None))
            worth[n] = self.worth_per_bq[send.to.id] if is_order else 0.0
        scale = np.array([s.most if isinstance(s.to, Order) else self._scale(s) for s in sends])
        rows: list[tuple[dict[int, float], float]] = []
        for batch in dict.fromkeys(send.batch for send in sends):
            row = {index[id(s)]: 1 / s.factor for s in sends if s.batch is batch}
            if batch.gives is not None:
                rows.append((row, batch.gives))
                continue
            supply = 0.0
            for n, factor, constant in self._given(batch, sends):
                supply += constant
                if n is not None:
                    row[n] = row.get(n, 0.0) - factor
            rows.append((row, supply))
            if batch.process.max_input:
                fed = {index[id(s)]: 1.0 for s in sends if s.to is batch}
                rows.append((fed, batch.process.max_input))
        rows += self._possession(sends)
        rows += self._holdings(sends)
        for order, least in (floor or {}).items():
            mine = {n: -1.0 for n, s in enumerate(sends) if isinstance(s.to, Order) and s.to.id == order}
            if least > 0:
                rows.append((mine, -least * (1 - 1e-7)))
        matrix, limit = np.zeros((len(rows), len(sends))), np.zeros(len(rows))
        for n, (row, most) in enumerate(rows):
            for column, value in row.items():
                matrix[n, column] = value * scale[column]
            size = max(float(np.abs(matrix[n]).max()), abs(most), 1e-300)
            matrix[n], limit[n] = matrix[n] / size, most / size
        scaled = [
            (low / s, None if high is None else high / s)
            for (low, high), s in zip(bounds, scale, strict=True)
        ]
        answer = linprog(-worth * scale, A_ub=matrix, b_ub=limit + EPS, bounds=scaled, method="highs")
        if answer.status != 0:
            return None
        got: dict[str, float] = defaultdict(float)
        for n, send in enumerate(sends):
            if isinstance(send.to, Order):
                got[send.to.id] += float(answer.x[n] * scale[n])
        return got

    def _scale(self, send: Send) -> float:
        if send.batch.gives is not None:
            return send.batch.gives * send.factor
        return float(send.batch.process.max_input or 1.0)

    def _possession(self, sends: Sequence[Send]) -> Iterator[tuple[dict[int, float], float]]:
        """At every arrival what is there, stock included, is within the licence of the receiver."""
        for arriving in sends:
            if not arriving.way.travels:
                continue
            site, nuclide, now = arriving.site, arriving.batch.nuclide, arriving.way.arrive
            licence = self.network.site[site].licence
            limit = licence.limit_bq(nuclide) if licence else None
            room = 0.0 if limit is None else limit
            for lot in self.batches:
                if lot.process is None and lot.site == site and lot.nuclide == nuclide and now < lot.expires:
                    room -= lot.gives * math.exp(-rate(nuclide) * (now - lot.release))
            held = {
                n: math.exp(-rate(nuclide) * (now - s.reference))
                for n, s in enumerate(sends)
                if s.way.travels and s.site == site and s.batch.nuclide == nuclide
                and s.way.arrive <= now < s.until
            }  # fmt: skip
            yield held, room

    def _holdings(self, sends: Sequence[Send]) -> Iterator[tuple[dict[int, float], float]]:
        """What makers hold at every EOB, release and arrival is within their licence.

        A batch counts from its EOB (from a machine) or its release on, what a batch takes in until its release,
        and nothing that has left.
        """
        made = {s.batch for s in sends if s.batch.process}
        for site, nuclide in dict.fromkeys((b.site, b.nuclide) for b in made):
            limit = self.network.site[site].licence.limit_bq(nuclide)  # type: ignore[union-attr]
            there = [b for b in self.batches if (b.site, b.nuclide) == (site, nuclide)]
            there = [b for b in there if b in made or b.process is None]
            coming = [s for s in sends if s.site == site and s.batch.nuclide == nuclide]
            moments = {s.way.arrive for s in coming if s.way.travels}
            for b in there:
                if b.process:
                    moments |= {b.release, b.start + b.process.duration}
            for now in sorted(moments):
                row: dict[int, float] = defaultdict(float)
                room = limit or 0.0
                for b in there:
                    mine = [(n, s) for n, s in enumerate(sends) if s.batch is b]
                    ends = max([b.expires, *(s.way.depart for _, s in mine)])
                    kept = math.exp(-rate(nuclide) * (now - b.release))
                    if b.process and b.process.activity_per_batch:
                        eob = b.start + b.process.duration
                        if eob <= now < b.release:
                            room -= b.process.activity_per_batch * math.exp(-rate(nuclide) * (now - eob))
                    if not b.release <= now < ends:
                        continue
                    for n, factor, constant in self._given(b, sends):
                        if n is None:
                            room -= constant * kept
                        else:
                            row[n] += factor * kept
                    for n, s in mine:
                        if s.way.depart <= now:
                            row[n] -= kept / s.factor
                for n, s in enumerate(sends):
                    if s in coming and s.way.arrive <= now:
                        until = s.to.release if isinstance(s.to, Batch) else s.until
                        if now < until:
                            row[n] += math.exp(-rate(nuclide) * (now - s.reference))
                yield dict(row), room

    def _given(self, batch: Batch, sends: Sequence[Send]) -> Iterator[tuple[int | None, float, float]]:
        """What a batch gives at its release: (send that it grows with, factor, what is there without any)."""
        if batch.gives is not None:
            yield None, 0.0, batch.gives
        elif batch.process.max_input:
            yield from ((n, self._kept(batch), 0.0) for n, s in enumerate(sends) if s.to is batch)
        else:
            place = (batch.site, batch.process.input_product)
            for lot in self.batches:
                if lot.process is None and (lot.site, lot.product) == place:
                    yield None, 0.0, lot.gives * self.eluate(lot, lot.release, batch)
            for n, s in enumerate(sends):
                if s.to == place:
                    yield n, self.eluate(s.batch, s.way.arrive, batch) / s.factor, 0.0

    # The two optima

    def best_service(self) -> tuple[float, dict[str, float]]:
        """Largest priority-weighted service, and what each order gets there."""
        order = sorted(self.orders, key=lambda o: -self.worth_per_bq[o.id] * o.activity)
        full = [self.worth_per_bq[o.id] * o.activity for o in order]
        best: list[Any] = [0.0, {}]

        def worth(got: dict[str, float]) -> float:
            return sum(self.worth_per_bq[name] * activity for name, activity in got.items())

        def go(at: int, sends: Choice, most: float) -> None:
            if most <= best[0] * (1 + EPS) + EPS or not self.lawful(sends):
                return
            if at < len(order):
                for choice in (*self.choices[order[at].id][1:], ()):
                    go(at + 1, (*sends, *choice), most - (0.0 if choice else full[at]))
                return
            bound = self._bound(sends)
            for supply in sorted(self.supplies(sends), key=len, reverse=True):
                if bound <= best[0] * (1 + EPS) + EPS:
                    return
                every = (*sends, *supply)
                got = self.serve(every) if self.lawful(every) else None
                if got is not None and worth(got) > best[0]:
                    best[:] = [worth(got), got]

        go(0, (), sum(full))
        return best[0], best[1]

    def _bound(self, sends: Choice) -> float:
        """Worth were there nothing but the lots' activity: the best first, each from the lot it is sent from."""
        total = 0.0
        for batch in {send.batch for send in sends}:
            mine = [s for s in sends if s.batch is batch]
            gives = batch.gives
            if gives is None and batch.process.max_input:
                gives = batch.process.max_input * self._kept(batch)
            if gives is None:
                total += sum(self.worth_per_bq[s.to.id] * s.most for s in mine)
                continue
            left = gives - sum(s.least / s.factor for s in mine)
            if left < -1e-7 * gives:
                return -1.0
            for s in sorted(mine, key=lambda s: -self.worth_per_bq[s.to.id] * s.factor):
                more = min(s.most - s.least, max(left, 0.0) * s.factor)
                left -= more / s.factor
                total += self.worth_per_bq[s.to.id] * (s.least + more)
        return total

    def least_cost(self, floor: dict[str, float]) -> float:
        """Least cost at which every order gets at least its ``floor``; infinite where none does."""
        order = [o for o in self.orders if floor.get(o.id, 0.0) > 1e-7 * o.activity]
        best = math.inf

        def go(at: int, sends: Choice) -> None:
            nonlocal best
            if self.cost(sends) >= best or not self.lawful(sends):
                return
            if at < len(order):
                choices = self.choices[order[at].id][1:]
                for choice in sorted(choices, key=lambda c: self.cost((*sends, *c))):
                    go(at + 1, (*sends, *choice))
                return
            for every in sorted(((*sends, *supply) for supply in self.supplies(sends)), key=self.cost):
                if self.cost(every) >= best:
                    return
                if self.lawful(every) and self.serve(every, floor) is not None:
                    best = self.cost(every)

        go(0, ())
        return best


def subsets(rows: Sequence[Send]) -> Iterator[tuple[Send, ...]]:
    """Every subset, the small ones first."""
    return chain.from_iterable(combinations(rows, size) for size in range(len(rows) + 1))
