"""A plan as a calendar (iCalendar, RFC 5545): batches, departures and arrivals, for all or for one site.

Each event keeps its UID from plan to plan, so that a calendar that reads the file again moves what has moved
instead of showing it twice; a later plan has a higher SEQUENCE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event

from becq.chain.network import Network
from becq.errors import InputError
from becq.physics.quantities import format_activity
from becq.planning.plan import Plan

Record = Mapping[str, Any]
LANGUAGES = ("en", "zh")
_WORDS = {
    "make": ("Make {product}", "生产{product}"),
    "elute": ("Elute {product}", "洗脱{product}"),
    "label": ("Label {product}", "标记{product}"),
    "fill": ("Make {product}", "制备{product}"),
    "send": ("Send {product} to {site}", "发运{product}至{site}"),
    "receive": ("Receive {product} from {site}", "接收来自{site}的{product}"),
    "deliver": ("Deliver {product}: {origin} → {site}", "送货{product}：{origin} → {site}"),
    "lost": ("(lost) ", "（报废）"),
    "eob": ("EOB", "EOB"),
    "release": ("release", "放行"),
    "at_release": ("at release", "放行时"),
    "at_calibration": ("at calibration", "标定时"),
    "on_arrival": ("on arrival", "到达时"),
    "order": ("order", "订单"),
    "lot": ("lot", "批次"),
    "batch": ("batch", "批次"),
    "by": ("by", "经由"),
}
_KINDS = {"generator_elution": "elute", "labelling": "label", "generator_manufacture": "fill"}


def write_plan_ical(
    plan: Plan, network: Network, path: Path, *, site: str | None = None, language: str = "en"
) -> None:
    """Write the calendar; see :func:`render_plan_ical`."""
    path.write_bytes(render_plan_ical(plan.as_dict(network), site=site, language=language))


def render_plan_ical(plan: Record, *, site: str | None = None, language: str = "en") -> bytes:
    """The calendar of ``plan`` (``Plan.as_dict(network)``), or of what concerns one site.

    Of one site: what it makes, what leaves it (from loading on) and what comes to it (at its arrival). All
    times are in UTC. Raises InputError for a language or a site that there is not.
    """
    if language not in LANGUAGES:
        raise InputError(f"language {language!r}: the languages are {' and '.join(LANGUAGES)}")
    words = _Words(plan, language)
    if site is not None and site not in words.sites:
        raise InputError(f"there is no site {site!r} in this plan; name one of its sites")
    calendar = Calendar()
    calendar.add("prodid", "-//Becq//plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", plan.get("scenario") or plan["name"])
    calendar.add("x-wr-calname", plan.get("scenario") or plan["name"])
    stamp = datetime.fromisoformat(plan.get("now") or plan["from"]).astimezone(UTC)
    sequence = len(plan.get("events") or ()) + bool(plan.get("now"))
    for row in _rows(plan, words, site):
        event = Event()
        event.add("uid", row["uid"])
        event.add("dtstamp", stamp)
        event.add("sequence", sequence)
        event.add("dtstart", _utc(row["start"]))
        event.add("dtend", max(_utc(row["end"]), _utc(row["start"])))
        event.add("summary", row["summary"])
        event.add("description", row["description"])
        event.add("categories", [row["category"]])
        event.add("status", "CANCELLED" if row["lost"] else "CONFIRMED")
        place = words.sites.get(row["place"])
        if place is not None:
            event.add("location", words.name(row["place"]))
            event.add("geo", (place["lat"], place["lon"]))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _rows(plan: Record, words: _Words, site: str | None) -> Iterator[dict[str, Any]]:
    for batch in plan["batches"]:
        if batch["kind"] in ("stock", "free") or site not in (None, batch["site"]):
            continue
        lost = batch.get("state") == "lost"
        head = words.say(_KINDS.get(batch["kind"], "make"), product=words.name(batch["product"]))
        yield {
            "uid": f"batch-{batch['id']}@becq",
            "start": batch["start"],
            "end": batch["release"],
            "summary": (words.say("lost") if lost else "") + head,
            "description": (
                f"{words.say('batch')} {batch['id']}\n"
                f"{words.say('eob')} {words.clock(batch['eob'])}, "
                f"{words.say('release')} {words.clock(batch['release'])}\n"
                f"{format_activity(batch['activity_bq'])} {words.say('at_release')}"
            ),
            "category": batch["kind"],
            "place": batch["site"],
            "lost": lost,
        }
    for section in ("deliveries", "supplies"):
        for row in plan[section]:
            if not row["legs"] or site not in (None, row["from"], row["to"]):
                continue
            way = "deliver" if site is None else "send" if site == row["from"] else "receive"
            other = row["from"] if way == "receive" else row["to"]
            product, origin = words.name(row["product"]), words.name(row["from"])
            yield {
                "uid": f"{way}-{row['id']}@becq",
                "start": row["arrive"] if way == "receive" else row["depart"],
                "end": row["legs"][0]["end"] if way == "send" else row["arrive"],
                "summary": words.say(way, product=product, site=words.name(other), origin=origin),
                "description": (
                    f"{words.say('order')} {row['order']}, {words.say('lot')} {row['lot']}\n"
                    f"{format_activity(row['activity_bq'])} {words.say('at_calibration')} "
                    f"{words.clock(row['reference_time'])}, "
                    f"{format_activity(row['activity_arrive_bq'])} {words.say('on_arrival')}\n"
                    f"{words.say('by')} {', '.join(words.leg(leg) for leg in row['legs'])}"
                ),
                "category": "delivery" if section == "deliveries" else "supply",
                "place": row["from"] if way == "send" else row["to"],
                "lost": False,
            }


class _Words:
    """Names and words in one language."""

    def __init__(self, plan: Record, language: str) -> None:
        self._language = LANGUAGES.index(language)
        self._field = ("name", "name_zh")[self._language]
        self.sites = {row["id"]: row for row in plan["sites"]}
        self._names = {row["id"]: row[self._field] for row in (*plan["products"], *plan["sites"])}
        self._zone = datetime.fromisoformat(plan["from"]).tzinfo

    def say(self, word: str, **values: str) -> str:
        """A word with its values filled in."""
        return _WORDS[word][self._language].format(**values)

    def name(self, code: str) -> str:
        """Name of a site or product."""
        return str(self._names.get(code, code))

    def clock(self, text: str) -> str:
        """A moment in the plan's own offset."""
        return f"{datetime.fromisoformat(text).astimezone(self._zone):%m-%d %H:%M}"

    def leg(self, leg: Mapping[str, str]) -> str:
        """A leg by its number where it has one."""
        return leg.get("number") or leg["lane"]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
