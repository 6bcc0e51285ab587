"""What the planner asks about what has happened already, where a plan is made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from becq.chain.network import Network
    from becq.chain.order import Order
    from becq.planning.lots import Lot
    from becq.planning.options import Problem
    from becq.planning.pins import Fixed, Pins
    from becq.planning.routes import Trip
    from becq.planning.situation import Note


class Kept(Protocol):
    """A plan in the numbers of a problem: batches, and activity (Bq at its reference) of each option."""

    @property
    def lots(self) -> frozenset[int]:
        """Batches that the plan starts."""

    @property
    def flows(self) -> Mapping[int, float]:
        """Option → Bq at its reference."""


class Past(Protocol):
    """The past of a horizon: batches begun, packages sent, departures that do not go."""

    @property
    def now(self) -> float:
        """Nothing new starts or leaves before this moment (epoch seconds)."""

    @property
    def previous(self) -> Mapping[str, Any]:
        """The plan that is made again, as data."""

    def amend(self, lots: list[Lot]) -> list[Lot]:
        """The lots as they are."""

    def narrow(self, network: Network, lots: list[Lot], orders: Sequence[Order]) -> list[Lot]:
        """The lots without those that could only serve what stays as it was; see ``concerns``."""

    def concerns(self, product: str) -> bool:
        """Whether the options of a product are open; of others what the plan has stays."""

    @property
    def is_narrow(self) -> bool:
        """Whether some products stay as they were, with the places that they take on departures."""

    def cancelled(self, trip: Trip) -> bool:
        """Whether a departure does not go."""

    def freeze(self, problem: Problem) -> None:
        """Add what has been sent as options with one possible flow (``problem.frozen``)."""

    def settle(self, problem: Problem) -> None:
        """Put measured eluates in the place of computed ones."""

    def fix(self, problem: Problem, pins: Pins) -> Fixed:
        """``pins`` with what has happened."""

    def keep(self, problem: Problem) -> Kept:
        """The plan that is changed, in the numbers of ``problem``."""

    def state(self, lot: str) -> str:
        """Where a batch stands: planned, begun or lost."""

    def sent(self, option: int) -> bool:
        """Whether an option of ``problem.frozen`` has left, and is not only to stay as it was."""

    def holds(self, order: str) -> bool:
        """Whether an order is one that nothing new touches."""

    def void(self, order: str) -> Note | None:
        """Why what the plan would have sent to an order by now did not leave, if that is so."""
