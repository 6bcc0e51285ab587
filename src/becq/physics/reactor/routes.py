"""The usual reactor routes: which product a target is irradiated for (``data/reactor_routes.csv``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from becq.physics.elements import read_table
from becq.physics.reactor.sample import symbol


@dataclass(frozen=True, slots=True)
class Route:
    """Target isotope, product, usual chemical form and a remark."""

    target: str
    product: str
    form: str
    note: str


@lru_cache(maxsize=1)
def routes() -> tuple[Route, ...]:
    """Every route of the table, in its order."""
    return tuple(Route(**row) for row in read_table("reactor_routes.csv"))


def usual_product(target: str, *, fast: bool = False) -> str | None:
    """The product a target (isotope, or element when it has one route only) is irradiated for, or None.

    :param fast: whether routes that need the fast flux count.
    """
    found = [r for r in routes() if r.target == target or symbol(r.target) == target]
    slow = [r for r in found if "fast flux" not in r.note]
    products = {r.product for r in (found if fast and not slow else slow)}
    return products.pop() if len(products) == 1 else None
