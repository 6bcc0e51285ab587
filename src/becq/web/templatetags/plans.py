"""Template tags of the plan and network pages: ``{% load plans %}``."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from becq.web import frame as frames
from becq.web import plan_document

register = template.Library()


@register.simple_tag
def percent(value: float | None, digits: int = 1) -> str:
    """A fraction in per cent: ``{% percent row.share %}``."""
    return plan_document.percent(value, digits)


@register.simple_tag
def money(value: float | None) -> str:
    """A cost: ``{% money row.cost %}``."""
    return plan_document.money(value)


@register.simple_tag(takes_context=True)
def clock(context: Context, at: datetime) -> str:
    """Only the time of day, after a moment that has said its day and zone."""
    return f"{at.astimezone(frames.zone(context.get('request'))):%H:%M}"


@register.simple_tag
def link_to(name: str, code: str) -> str:
    """Address of a thing by code; "" while there is no page for it."""
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def epoch(context: Context, seconds: float) -> str:
    """Day and time of an instant given in seconds since the Unix epoch."""
    return f"{datetime.fromtimestamp(seconds, frames.zone(context.get('request'))):%m-%d %H:%M}"
