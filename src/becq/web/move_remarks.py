"""What is refused when batches are moved and pinned, in the language of the page; see ``problems.say``."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

MOVE_REMARKS: tuple[tuple[str, str | Promise], ...] = (
    (
        r"the plan has no batch '(?P<batch>.*)' that could be moved",
        gettext_lazy("the plan has no batch %(batch)s that could be moved"),
    ),
    (
        r"batch '(?P<batch>.*)' has begun; it cannot be moved any more",
        gettext_lazy("batch %(batch)s has begun and cannot be moved any more"),
    ),
    (
        r"Batch (?P<batch>\S+) has no start (?P<start>\S*): its calendar knows none",
        gettext_lazy("The calendar of batch %(batch)s knows no start %(start)s"),
    ),
    (
        r"Batch (?P<batch>\S+) cannot be pinned: it has begun, or its calendar has no such start",
        gettext_lazy("Batch %(batch)s cannot be pinned: it has begun, or its calendar has no such start"),
    ),
    (
        r'Pins are written \{batch: "start", "forbid" or null\}',
        gettext_lazy('Pins are written {batch: "start", "forbid" or null}'),
    ),
)
