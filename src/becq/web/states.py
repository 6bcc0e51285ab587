"""The states that things of the chain are in: their words, and the tone that colour and icon follow.

Tones: ``planned`` grey, ``active`` blue, ``done`` green, ``attention`` amber, ``blocked`` red, ``cancelled``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ICONS = {
    "planned": "state-planned",
    "active": "state-active",
    "done": "state-done",
    "attention": "state-attention",
    "blocked": "state-blocked",
    "cancelled": "state-cancelled",
}


@dataclass(frozen=True, slots=True)
class State:
    """How a state is shown."""

    code: str
    label: str | Promise
    tone: str

    @property
    def icon(self) -> str:
        """Name of the icon of the tone."""
        return ICONS[self.tone]


_ALL = (
    State("draft", _("Draft"), "planned"),
    State("planned", _("Planned"), "planned"),
    State("proposed", _("Proposed"), "planned"),
    State("placed", _("Placed"), "planned"),
    State("queued", _("Queued"), "planned"),
    State("expected", _("Expected"), "planned"),
    State("confirmed", _("Confirmed"), "active"),
    State("committed", _("Committed"), "active"),
    State("running", _("Running"), "active"),
    State("irradiating", _("Irradiating"), "active"),
    State("processing", _("Processing"), "active"),
    State("quality_control", _("In quality control"), "active"),
    State("packed", _("Packed"), "active"),
    State("dispatched", _("Dispatched"), "active"),
    State("in_transit", _("In transit"), "active"),
    State("under_way", _("Under way"), "active"),
    State("in_use", _("In use"), "active"),
    State("released", _("Released"), "done"),
    State("received", _("Received"), "done"),
    State("delivered", _("Delivered"), "done"),
    State("fulfilled", _("Fulfilled"), "done"),
    State("dispensed", _("Dispensed"), "done"),
    State("administered", _("Administered"), "done"),
    State("cleared", _("Cleared"), "done"),
    State("succeeded", _("Succeeded"), "done"),
    State("done", pgettext_lazy("state", "Done"), "done"),
    State("short", pgettext_lazy("state", "Short"), "attention"),
    State("late", pgettext_lazy("state", "Late"), "attention"),
    State("deviating", _("Deviating"), "attention"),
    State("attention", _("Needs attention"), "attention"),
    State("expiring", _("Expiring"), "attention"),
    State("unmet", _("Unmet"), "blocked"),
    State("rejected", _("Rejected"), "blocked"),
    State("blocked", _("Blocked"), "blocked"),
    State("failed", _("Failed"), "blocked"),
    State("lost", _("Lost"), "blocked"),
    State("expired", _("Expired"), "blocked"),
    State("cancelled", _("Cancelled"), "cancelled"),
    State("decaying", _("In decay storage"), "active"),
    State("used_up", _("Used up"), "planned"),
    State("below_useful", _("Below useful"), "planned"),
    State("assayed", _("Assayed"), "active"),
    State("quarantine", _("In quarantine"), "attention"),
    State("available", _("Available"), "done"),
    State("stored", _("In decay storage"), "active"),
    State("handed_over", _("Handed over"), "done"),
    State("taken_back", _("Taken back"), "planned"),
    State("delayed", _("Delayed"), "attention"),
    State("discarded", _("Discarded"), "planned"),
    State("superseded", pgettext_lazy("state", "Superseded"), "planned"),
)
STATES = {state.code: state for state in _ALL}


def state(code: str, tone: str = "") -> State:
    """The state of a code; an unknown one is shown as it is, grey unless ``tone`` says otherwise."""
    found = STATES.get(code.replace(" ", "_")) or State(code, code.replace("_", " "), "planned")
    return State(found.code, found.label, tone) if tone in ICONS else found


SEVERITIES = {
    "block": (_("Blocks"), "state-blocked", "block"),
    "warn": (_("Warning"), "state-attention", "warn"),
    "note": (_("Note"), "info", "note"),
    "ok": (_("Kept"), "state-done", "pass"),
}
"""Severity of a finding → word, icon, class."""
