"""Template tags of the pages: ``{% load becq %}``. Listed with examples in docs/web.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from becq.errors import InputError
from becq.physics import quantities
from becq.physics.nuclides import nuclide as find_nuclide
from becq.platform import clock
from becq.rules.measure import show
from becq.rules.measure import unit as find_unit
from becq.web import data_cells
from becq.web import frame as frames
from becq.web.states import SEVERITIES
from becq.web.states import state as find_state
from becq.web.tables import Column, Table, text_of

register = template.Library()


@register.simple_tag
def built(name: str) -> str:
    """Address of a built asset, with a mark of its content so that a new one is fetched at once."""
    return f"{static('built/' + name)}?{_mark(name)}" if not settings.DEBUG else static("built/" + name)


@lru_cache
def _mark(name: str) -> str:
    path = finders.find(f"built/{name}")
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if isinstance(path, str) else "0"


@register.simple_tag(takes_context=True)
def frame(context: Context) -> frames.Frame | None:
    """The frame of the request; None on pages without one."""
    request = context.get("request")
    return frames.Frame(request) if request is not None else None


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; decorative unless ``label`` says what it means."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"></use></svg>', css, role, built("icons.svg"), name
    )


# --- quantities ---------------------------------------------------------------------------------


def _zone_of(context: Context, given: Any) -> ZoneInfo:
    if isinstance(given, ZoneInfo):
        return given
    if isinstance(given, str) and given:
        return ZoneInfo(given)
    name = getattr(given, "timezone", None)
    return ZoneInfo(name) if name else frames.zone(context.get("request"))


def activity_html(
    bq: float | None,
    *,
    at: datetime | None = None,
    nuclide: str = "",
    zone: ZoneInfo,
    units: str = "SI",
    digits: int = 3,
    show_at: bool = True,
) -> SafeString:
    """Number, unit and reference time; focusable where there is more to see (the card of the frame)."""
    if bq is None:
        return mark_safe('<span class="quiet">—</span>')
    number, _space, unit = quantities.format_activity(float(bq), units, digits).rpartition(" ")
    value = format_html('{} <span class="unit">{}</span>', number, unit)
    if at is None:
        return format_html('<span class="activity">{}</span>', value)
    local = at.astimezone(zone)
    day = "%m-%d" if local.year == clock.now().astimezone(zone).year else "%Y-%m-%d"
    when = format_html(' <span class="at">@ {}</span>', f"{local:{day} %H:%M}") if show_at else ""
    half_life: float | str = ""
    name = ""
    if nuclide:
        try:
            found = find_nuclide(nuclide)
            half_life = "" if found.stable else found.half_life_s
            name = found.name_zh if frames.is_chinese() else found.isotope_markup
        except InputError:
            name = nuclide
    return format_html(
        '<span class="activity" tabindex="0" data-bq="{}" data-at="{}" data-zone="{}" data-units="{}"'
        ' data-nuclide="{}"'
        ' data-half-life="{}">{}{}</span>',
        repr(float(bq)),
        at.isoformat(),
        zone.key,
        units,
        name,
        half_life,
        value,
        when,
    )


@register.simple_tag(takes_context=True)
def activity(
    context: Context,
    bq: float | None,
    at: datetime | None = None,
    nuclide: str = "",
    zone: Any = None,
    digits: int = 3,
    show_at: bool = True,
) -> SafeString:
    """``{% activity lot.bq at=lot.reference_time nuclide=lot.nuclide %}`` → 7.40 GBq @ 07-12 08:00."""
    request = context.get("request")
    return activity_html(
        bq,
        at=at,
        nuclide=nuclide,
        zone=_zone_of(context, zone),
        units=frames.units(request),
        digits=digits,
        show_at=show_at,
    )


@register.simple_tag
def nuclide(name: str | None, style: str = "text") -> SafeString:
    """⁹⁹ᵐTc in running text, 锝-99m on Chinese pages, Tc-99m with ``style="code"``."""
    if not name:
        return mark_safe("—")
    try:
        found = find_nuclide(name)
    except InputError:
        return format_html('<span class="nuclide">{}</span>', name)
    shown = found.name if style == "code" else found.name_zh if frames.is_chinese() else found.isotope_markup
    title = found.name if frames.is_chinese() else found.name_en
    return format_html('<span class="nuclide" title="{}">{}</span>', title, shown)


def instant_html(
    at: datetime | None, zone: ZoneInfo, *, label: bool = True, year: bool = False, seconds: bool = False
) -> SafeString:
    """A moment in a zone, named; with its year where that is asked for or is not the present one."""
    if at is None:
        return mark_safe('<span class="quiet">—</span>')
    local = at.astimezone(zone)
    year = year or local.year != clock.now().astimezone(zone).year
    text = local.strftime(("%Y-%m-%d " if year else "%m-%d ") + ("%H:%M:%S" if seconds else "%H:%M"))
    tail = format_html(' <span class="zone">{}</span>', frames.zone_label(at, zone)) if label else ""
    return format_html(
        '<time class="instant" datetime="{}" title="{} {}">{}{}</time>',
        at.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        zone.key,
        text,
        tail,
    )


@register.simple_tag(takes_context=True)
def instant(
    context: Context,
    at: datetime | None,
    zone: Any = None,
    label: bool = True,
    year: bool = False,
    seconds: bool = False,
) -> SafeString:
    """``{% instant run.eob %}`` → 07-12 08:00 UTC+8, in the page's zone or ``zone`` (site or name)."""
    return instant_html(at, _zone_of(context, zone), label=label, year=year, seconds=seconds)


@register.filter
def duration(seconds: float | None) -> str:
    """``{{ seconds|duration }}`` → 2 h 15 min."""
    if seconds is None:
        return "—"
    total = seconds.total_seconds() if hasattr(seconds, "total_seconds") else float(seconds)
    return quantities.format_duration(total)


@register.filter
def named(item: Any) -> str:
    """The name of a thing in the language of the page (``name`` or ``name_zh``)."""
    return frames.named(item, str(item)) if item else "—"


# --- pieces -------------------------------------------------------------------------------------


@register.simple_tag
def state(code: str, tone: str = "", label: str = "") -> SafeString:
    """``{% state order.status %}``: a pill with icon and word."""
    found = find_state(str(code or ""), tone)
    return format_html(
        '<span class="state {}">{}{}</span>', found.tone, icon(found.icon), label or found.label
    )


@register.simple_tag
def chip(kind: str, text: str, href: str = "", title: str = "") -> SafeString:
    """A lot, order, consignment or nuclide by its code: ``{% chip "lot" lot.code href=lot.url %}``."""
    tag = format_html('a href="{}"', href) if href else mark_safe("span")
    end = "a" if href else "span"
    return format_html(
        '<{} class="chip code" title="{}">{}<span class="name">{}</span></{}>',
        tag,
        title,
        icon(kind),
        text,
        end,
    )


@register.simple_tag
def site_chip(site: Any, href: str = "") -> SafeString:
    """A site by name with the symbol of its kind: ``{% site_chip site %}`` (object or mapping)."""
    get = site.get if isinstance(site, Mapping) else lambda key, default="": getattr(site, key, default)
    kind = get("kind", "") or "site"
    tag = format_html('a href="{}"', href) if href else mark_safe("span")
    return format_html(
        '<{} class="chip" title="{}">{}<span class="name">{}</span></{}>',
        tag,
        get("code", "") or get("id", ""),
        icon(kind),
        frames.named(site, str(site)),
        "a" if href else "span",
    )


@register.simple_tag
def gauge(
    value: float, limit: float | None, text: str = "", limit_text: str = "", severity: str = ""
) -> SafeString:
    """A value against its limit as a bar; the limit stands at four fifths so that an excess is seen."""
    share = float(value) / float(limit) if limit else 0.0
    tone = severity or ("block" if share > 1 else "warn" if share > 0.8 else "ok")
    css = SEVERITIES.get(tone, SEVERITIES["note"])[2]
    width = min(100.0, 80.0 * share)
    percent = f"{100 * share:.0f} %" if limit else ""
    return format_html(
        '<div class="gauge {}">'
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="track" width="100" height="8"></rect><rect class="value" width="{}" height="8"></rect>'
        '<rect class="limit" x="79.5" y="-2" width="1" height="12"></rect></svg>'
        '<div class="numbers"><span>{}</span><span>{}</span></div></div>',
        css,
        percent or text,
        f"{width:.2f}",
        text or percent,
        limit_text,
    )


@register.simple_tag(takes_context=True)
def findings(context: Context, items: Any, override_url: str = "") -> SafeString:
    """A list of findings (``rules.Finding`` or mappings), the worst first."""
    order = {"block": 0, "warn": 1, "note": 2, "ok": 3}
    rows = []
    units = frames.units(context.get("request"))
    for item in items:
        get = (
            item.get
            if isinstance(item, Mapping)
            else lambda key, default=None, item=item: getattr(item, key, default)
        )
        severity = get("severity", "note")
        word, icon_name, css = SEVERITIES.get(severity, SEVERITIES["note"])
        unit = get("unit", "") or ""
        sentence = (frames.is_chinese() and get("sentence_zh")) or get("sentence", "")
        remedy = (frames.is_chinese() and get("remedy_zh", "")) or get("remedy", "")

        def shown(number: float | None, unit: str = unit) -> str:
            if number is None:
                return ""
            of = find_unit(unit)
            if of.dimension == "activity":
                return quantities.format_activity(number * of.size, units)
            return show(number, of, of.size, frames.is_chinese(), 4)

        measured, limit = get("measured"), get("limit")
        broken = severity in ("block", "warn")
        upper = measured is not None and limit and (measured > limit or not broken)
        rows.append(
            {
                "severity": severity,
                "word": word,
                "icon": icon_name,
                "css": css,
                "rule": get("rule", ""),
                "source": (frames.is_chinese() and get("source_zh", "")) or get("source", ""),
                "subject": (frames.is_chinese() and get("subject_zh", "")) or get("subject", ""),
                "sentence": sentence,
                "remedy": remedy,
                "day": get("day", "") or "",
                "note": ((frames.is_chinese() and get("note_zh", "")) or get("note", "")) if broken else "",
                "measured": measured if upper else None,
                "limit": limit,
                "measured_text": shown(measured),
                "limit_text": shown(limit),
                "override": get("override"),
            }
        )
    rows.sort(key=lambda row: order.get(row["severity"], 2))
    return render_to_string(
        "web/pieces/findings.html", {"rows": rows, "override_url": override_url}, context.get("request")
    )


@register.inclusion_tag("web/pieces/timeline.html", takes_context=True)
def timeline(context: Context, events: Any, zone: Any = None) -> dict[str, Any]:
    """States passed and to come: mappings with at, what (a state code), who, where, note, bq, nuclide."""
    rows = []
    for event in events:
        get = (
            event.get
            if isinstance(event, Mapping)
            else lambda key, default=None, event=event: getattr(event, key, default)
        )
        what = str(get("what", "") or "")
        found = find_state(get("state") or what, get("tone") or "")
        rows.append(
            {
                "tone": found.tone,
                "icon": found.icon,
                "what": get("label") or found.label,
                "at": get("at"),
                "who": get("who"),
                "where": get("where"),
                "note": get("note"),
                "bq": get("bq"),
                "nuclide": get("nuclide") or "",
                "planned_at": get("planned_at"),
            }
        )
    return {"rows": rows, "zone": _zone_of(context, zone), "request": context.get("request")}


@register.inclusion_tag("web/pieces/field.html")
def field(bound: Any) -> dict[str, Any]:
    """One field of a form: label, input, help under it, error beside it."""
    name = bound.auto_id or bound.html_name
    described = [f"{name}_help"] if bound.help_text else []
    attrs: dict[str, Any] = {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.insert(0, f"{name}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    is_activity = "data-activity" in bound.field.widget.attrs
    return {"field": bound, "widget": bound.as_widget(attrs=attrs), "id": name, "is_activity": is_activity}


@register.inclusion_tag("web/pieces/empty.html")
def empty(title: str, sentence: str = "", href: str = "", action: str = "") -> dict[str, str]:
    """Nothing here, why, and what to do about it."""
    return {"title": title, "sentence": sentence, "href": href, "action": action}


@register.inclusion_tag("web/pieces/job.html")
def job(item: Any) -> dict[str, Any]:
    """A job under way: title, percent (or None), sentence, status, poll_url, cancel_url, done_url."""
    return {"job": item}


# --- tables -------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def data_table(context: Context, table: Table) -> SafeString:
    """A table with its filters, pages and states: ``{% data_table table %}``."""
    return render_to_string("web/pieces/table.html", {"table": table}, context.get("request"))


@register.simple_tag(takes_context=True)
def cell(context: Context, column: Column, row: Any) -> SafeString:
    """One cell, by the kind of its column."""
    request: HttpRequest | None = context.get("request")
    if column.template:
        return render_to_string(column.template, {"row": row, "column": column}, request)
    value = column.value(row)
    zone = _zone_of(context, column.look(row, column.zone)) if column.zone else frames.zone(request)
    href = column.look(row, column.href) if column.href else ""
    shown: Any
    match column.kind:
        case "activity":
            shown = activity_html(
                value,
                at=column.look(row, column.at) if column.at else None,
                nuclide=(column.look(row, column.nuclide) or "") if column.nuclide else "",
                zone=zone,
                units=frames.units(request),
                show_at=column.show_at,
            )
        case "instant":
            shown = instant_html(value, zone, label=bool(column.zone))
        case "state":
            shown = state(value) if value else "—"
        case "nuclide":
            shown = nuclide(value)
        case "nuclides":
            shown = format_html_join(", ", "{}", ((nuclide(each),) for each in value)) if value else "—"
        case "reaction":
            shown = data_cells.reactions_text(value)
        case "numbers":
            shown = data_cells.numbers_html(value)
        case "cite":
            shown = data_cells.cite_html(value)
        case "site":
            return site_chip(value, href or "") if value else mark_safe("—")
        case "lot" | "order" | "consignments":
            return chip(column.kind, str(value), href or "") if value else mark_safe("—")
        case "duration":
            shown = duration(value)
        case "code":
            shown = format_html('<span class="code">{}</span>', value)
        case _:
            shown = text_of(value, column.kind)
    return format_html('<a href="{}">{}</a>', href, shown) if href else format_html("{}", shown)


@register.simple_tag(takes_context=True)
def head_note(context: Context, column: Column) -> str:
    """What stands after the label of a column: its unit, or the zone of its times."""
    if column.unit:
        return column.unit
    if column.kind != "instant" or column.zone:
        return ""
    request = context.get("request")
    return frames.zone_label(frames.moment(request), frames.zone(request)) if request is not None else ""


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address of this page with parameters changed: ``href="{% query page=2 %}"``; None removes one."""
    request = context["request"]
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else request.path


@register.simple_tag
def island_data(data: Any, element_id: str) -> SafeString:
    """JSON for an island: ``{% island_data plan "plan" %}``, read by ``data-src="#plan"``."""
    text = json.dumps(data, ensure_ascii=False, default=_plain, allow_nan=False)
    for sign, escape in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(sign, escape)
    return format_html('<script type="application/json" id="{}">{}</script>', element_id, mark_safe(text))  # noqa: S308  escaped above


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")


@register.filter
def message_tone(message: Any) -> str:
    """Tone of a Django message by its level."""
    return {"success": "done", "warning": "attention", "error": "blocked"}.get(message.level_tag, "active")


@register.filter
def message_undo(message: Any) -> str:
    """Address that undoes what a message tells: ``extra_tags="undo:/orders/7/restore/"``."""
    tags = message.extra_tags or ""
    return tags.removeprefix("undo:") if tags.startswith("undo:/") else ""
