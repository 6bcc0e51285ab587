"""What the rows of the programme hold to their limits, in the words of the network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """The limit of one row.

    ``kind`` is what is scarce (position, package, licence, batch, ...), ``id`` whose it is: a resource, lane,
    site or process. ``start`` and ``end`` are epoch seconds between which it binds. One of the row's
    right-hand side is ``size`` of ``unit``.
    """

    kind: str
    id: str
    unit: str
    size: float = 1.0
    nuclide: str | None = None
    start: float | None = None
    end: float | None = None
    to: str | None = None
    """Of a departure: where it leads; ``origin`` where it begins."""
    origin: str | None = None
