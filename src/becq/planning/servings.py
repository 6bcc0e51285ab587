"""What may serve an order: the product that it names or another one that would do, in one part or several.

A part is one delivery. What a part counts for its order is told in activity of the product that the order
names, at the order's calibration time: an alternative's activity over the activity that would do alone, times
what was ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from becq.chain.order import Order

SUBSTITUTION_PRICE = 1000.0
"""What the first alternative of an order must save to be sent in place of what the order names, at equal
service, in the currency of the network; the second twice that (assumption: somebody is asked, a protocol is
changed)."""

REST = 1e-6
"""Share of an order below which nothing is lacking: a rounding."""


class Serving(NamedTuple):
    """A product that would serve an order: ``activity_bq`` of it, at the calibration time, is all of it.

    ``least_bq`` of it one delivery has at least; ``equivalent``: Bq of the product ordered for which 1 Bq of
    this one stands; ``price`` of using it at equal service.
    """

    product: str
    activity_bq: float
    least_bq: float = 0.0
    equivalent: float = 1.0
    price: float = 0.0


def servings(order: Order) -> list[Serving]:
    """What would serve an order, the product that it names first."""
    least = order.smallest_part
    found = [Serving(order.product, order.activity, least)]
    for place, other in enumerate(order.alternatives, start=1):
        price = SUBSTITUTION_PRICE * place if other.cost is None else other.cost
        equivalent = order.activity / other.activity
        found.append(Serving(other.product, other.activity, least / equivalent, equivalent, price))
    return found


def fitting_products(order: Order) -> list[str]:
    """The products that would serve an order, the one that it names first."""
    return [order.product, *(other.product for other in order.alternatives)]


def most_packages(order: Order | None) -> int | None:
    """Deliveries that an order may come in; None for what is not an order and has no such limit."""
    if order is None:
        return None
    return order.most_parts if order.split else 1


def equivalent_of(order: Order, product: str) -> float:
    """Bq of what the order names for which 1 Bq of a product stands; 1 where it does not name that."""
    return next((row.equivalent for row in servings(order) if row.product == product), 1.0)


def is_closed(order: Order | None, parts: Sequence[float]) -> bool:
    """Whether nothing more may come to an order that has some parts, Bq of what it names.

    An order that comes whole has come; one in parts takes no more once it has all its parts, or lacks less
    than the least of one.
    """
    if order is None:
        return False
    if not order.split:
        return bool(parts)
    lacks = order.activity - sum(parts)
    return len(parts) >= order.most_parts or lacks < max(order.smallest_part, REST * order.activity)
