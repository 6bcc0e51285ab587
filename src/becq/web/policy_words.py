"""Rationing policies, and what limits a plan, in the words of the pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

POLICY_WORDS: dict[str, str | Promise] = {
    "priority": gettext_lazy("By priority class, 9 : 3 : 1"),
    "pro-rata": gettext_lazy("Pro rata: every hospital the same share"),
    "fair-hospitals": gettext_lazy("The worst-served hospital first"),
    "fair-provinces": gettext_lazy("The worst-served province first"),
}
LIMIT_WORDS: dict[str, str | Promise] = {
    "position": pgettext_lazy("limit", "Position"),
    "package": pgettext_lazy("limit", "Package on a departure"),
    "licence": pgettext_lazy("limit", "Possession limit"),
    "batch": pgettext_lazy("limit", "Batch"),
    "stock": pgettext_lazy("limit", "Stock"),
    "approval": pgettext_lazy("limit", "Transfer approval"),
    "workplace_limit": pgettext_lazy("limit", "Workplace limit"),
    "maker_limit": pgettext_lazy("limit", "Maker's licence limit"),
    "transport_index": pgettext_lazy("limit", "Transport index of a departure"),
}
UNIT_WORDS: dict[str, str | Promise] = {
    "position": pgettext_lazy("unit", "position"),
    "package": pgettext_lazy("unit", "package"),
    "batch": pgettext_lazy("unit", "batch"),
}


def policy_word(policy: str) -> str:
    """A policy in words; itself where it has none."""
    return str(POLICY_WORDS.get(policy, policy))
