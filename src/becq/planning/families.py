"""Families of products: what is made of one another, of one nuclide, or on positions that are short.

Two families share nothing but departures. What happens to one of them leaves the other as it was, so that in
a large replan nothing of the other has to be enumerated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from becq.chain.network import Network
from becq.chain.order import Order, StandingOrder
from becq.planning.lots import Lot
from becq.planning.parts import crowds


class Families:
    """The products of a network by family, for the lots that may exist in a horizon."""

    def __init__(self, network: Network, lots: Sequence[Lot]) -> None:
        self._parent = {product.id: product.id for product in network.products}
        for one, other in _links(network, lots):
            self._parent[self._head(one)] = self._head(other)

    def of(self, products: Iterable[str]) -> frozenset[str]:
        """All products of the families of some."""
        heads = {self._head(product) for product in products if product in self._parent}
        return frozenset(product for product in self._parent if self._head(product) in heads)

    def _head(self, product: str) -> str:
        while self._parent[product] != product:
            self._parent[product] = self._parent[self._parent[product]]
            product = self._parent[product]
        return product


def _links(network: Network, lots: Sequence[Lot]) -> Iterator[tuple[str, str]]:
    """Pairs of products that hang together."""
    first: dict[str, str] = {}
    for product in network.products:  # possession is counted by nuclide
        for name in (product.nuclide, product.daughter):
            if name is not None:
                yield first.setdefault(name, product.id), product.id
    for process in network.processes:
        if process.input_product is not None:
            yield process.input_product, process.product
    wanted: list[Order | StandingOrder] = [*network.orders, *network.standing_orders]
    for order in wanted:
        for other in order.alternatives:
            yield order.product, other.product
    can_run = [lot for lot in lots if lot.outage is None]
    for crowd in crowds(network, can_run):
        for number in crowd[1:]:
            yield can_run[crowd[0]].product, can_run[number].product
