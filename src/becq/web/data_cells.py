"""Cells of data tables that reference data need: lists of numbers, reactions, citations."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from becq.web.tables import exact, text_of

FEW_NUMBERS = 6
"""So many numbers of a list are shown; more are folded."""


def reactions_text(value: str | tuple[str, ...] | None) -> str:
    """One or several reactions as the language of the page sets them: ⁶⁴Ni(p,n)⁶⁴Cu."""
    from becq.web.templatetags.calculators import set_nuclides  # its module uses the one that calls us

    return set_nuclides(text_of(value))


def numbers_html(values: tuple[float, ...] | None) -> SafeString:
    """A list of numbers: a few as they are, many folded behind their number and ends."""
    if not values:
        return mark_safe("—")
    texts = [exact(each) for each in values]
    if len(texts) <= FEW_NUMBERS:
        return format_html("{}", "  ".join(texts))
    head = ngettext("%(count)s value", "%(count)s values", len(texts)) % {"count": len(texts)}
    return format_html(
        '<details class="values"><summary>{}: {} … {}</summary><span>{}</span></details>',
        head,
        texts[0],
        texts[-1],
        "  ".join(texts),
    )


def cite_html(source: str | None) -> SafeString:
    """A source on one line, cut short where it is long; all of it as the title."""
    if not source:
        return mark_safe("—")
    return format_html('<span class="cite" title="{}">{}</span>', source, source)
