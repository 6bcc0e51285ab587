"""Template tags of the calculator pages: ``{% load calculators %}``."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from becq.calculators.citing import source_zh
from becq.calculators.showing import NUMBERS, show, split
from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics.nuclides import nuclide as find_nuclide
from becq.physics.units import raised
from becq.web import frame as frames
from becq.web.problems import say
from becq.web.templatetags.becq import activity_html, instant_html, nuclide

register = template.Library()
_NUCLIDE = re.compile(r"(?<![A-Za-z0-9-])[A-Z][a-z]?-\d{1,3}[mn]?(?![\w-]|\.\d)")
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""The space that stood before a Latin name and now stands between two Chinese characters."""


@register.filter
def words(text: Words | str | None) -> str:
    """A text of a calculator in the language of the page."""
    if isinstance(text, Words):
        return text.zh if frames.is_chinese() else text.en
    return say(str(text or ""))


@register.filter
def prose(text: Words | str | None) -> str:
    """A sentence or title in the language of the page: capital first, nuclides set as in running text."""
    said = words(text)
    said = said[:1].upper() + said[1:] if said[:1].isascii() else said
    return set_nuclides(raised(said))


@register.filter
def cited(text: str) -> str:
    """A source with its isotopes set: the citation as published, our own words in the page's language."""
    said = source_zh(text) if frames.is_chinese() else text
    said = said[:1].upper() + said[1:] if said[:1].isascii() else said
    return set_nuclides(raised(said), chinese=said.casefold() != text.casefold())


def set_nuclides(text: str, *, chinese: bool | None = None) -> str:
    """Every canonical name in a text as the language of the page sets it: ⁶⁴Ni(p,n)⁶⁴Cu, 镍-64(p,n)铜-64."""
    in_chinese = frames.is_chinese() if chinese is None else chinese

    def one(match: re.Match[str]) -> str:
        try:
            found = find_nuclide(match[0])
        except InputError:
            return match[0]
        return found.name_zh if in_chinese else found.isotope_markup

    found = _NUCLIDE.sub(one, text)
    return _BETWEEN.sub("", found) if in_chinese else found


@register.filter
def is_number(kind: str) -> bool:
    """True for a kind whose cells stand at the right."""
    return kind in NUMBERS


@register.simple_tag(takes_context=True)
def quantity(
    context: Context,
    value: Any,
    kind: str,
    of: str = "",
    at: datetime | None = None,
    digits: int = 3,
    show_at: bool = True,
) -> SafeString:
    """A number of some kind with its unit, in Bq or Ci as the person has chosen."""
    if value is None:
        return mark_safe('<span class="quiet">—</span>')
    if isinstance(value, Words):
        return format_html("{}", words(value))
    if kind == "nuclide":
        return nuclide(value)
    request = context.get("request")
    units = frames.units(request)
    zone = frames.zone(request)
    if kind == "instant":
        return instant_html(value, value.tzinfo if hasattr(value.tzinfo, "key") else zone, label=False)
    if kind == "activity" and at is not None:
        return activity_html(
            float(value), at=at, nuclide=of, zone=zone, units=units, digits=digits, show_at=show_at
        )
    if kind in {"words", "code"}:
        said = say(str(value))
        if said != str(value):  # a line of a spectrum, in Chinese
            return format_html("{}", set_nuclides(said))
        return format_html('<span class="{}">{}</span>', "code" if kind == "code" else "", said)
    text = show(value, kind, units, digits)
    number, unit = (text, "") if kind == "duration" else split(text)
    if not unit:
        return format_html('<span class="activity">{}</span>', number)
    return format_html('<span class="activity">{} <span class="unit">{}</span></span>', number, unit)
