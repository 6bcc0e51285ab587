"""What has happened since a plan was made, or might: outages, batches late or lost, flights cancelled,
orders by telephone, activities measured.

An event is a row with a ``kind``; a :class:`Scenario` is a named list of them with the moment they are known
at. Both are read from JSON (``becq.events/1``) or from the short form of the command line, a kind and
``key=value`` pairs::

    outage resource=pile start=2026-12-10T08:00 duration=7d reason="pump of the primary loop"

Here the events are only read and their shape is checked; :mod:`becq.planning.history` checks them against a
network and a plan. Times without an offset are in the network's zone.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from becq.chain.fields import ActivityBq, DurationS, Instant, Slug, Text
from becq.chain.item import Row, misfit
from becq.chain.order import Order
from becq.errors import InputError, Problem, ProblemsError
from becq.physics.quantities import parse_duration

SCHEMA = "becq.events/1"
BatchId = Annotated[Text, Field(description="Batch of the plan, as the plan names it")]


class OutageEvent(Row):
    """No batch of a site, of a resource or of a process may be under way; what is under way is lost."""

    kind: Literal["outage"] = "outage"
    site: Slug | None = Field(default=None, description="Site whose processes all stand still")
    resource: Slug | None = Field(default=None, description="Resource that stands still")
    process: Slug | None = Field(default=None, description="Process that stands still")
    start: Instant = Field(description="Start of the outage, in the past where it has begun")
    end: Instant = Field(description="End of the outage")
    reason: Text = Field(default="outage", description="Why, as it is shown to planners and customers")
    reason_zh: Text | None = Field(default=None, description="The same in Chinese")

    @model_validator(mode="after")
    def _one_place(self) -> OutageEvent:
        if sum(value is not None for value in (self.site, self.resource, self.process)) != 1:
            raise misfit("resource", "an outage is of one thing", "give one of site=, resource= and process=")
        _ordered(self.start, self.end)
        return self


class LateBatch(Row):
    """A batch starts, ends its irradiation or is released later than planned, by ``by``.

    A later start or EOB moves all that follows; a later release costs decay, and the expiry stays.
    """

    kind: Literal["late"] = "late"
    batch: BatchId
    by: DurationS = Field(gt=0, description="How much later")
    stage: Literal["start", "eob", "release"] | None = Field(
        default=None,
        description="What is late; left out: the start of a batch that has not begun, else its release",
    )


class FailedBatch(Row):
    """A batch that has begun and will not be released: failed QC, a lost target, a spilled vial."""

    kind: Literal["failed"] = "failed"
    batch: BatchId
    reason: Text = Field(default="failed quality control", description="Why")
    reason_zh: Text | None = Field(default=None, description="The same in Chinese")


class CancelledDeparture(Row):
    """One departure of a timetabled lane that does not go, or all of them in a span."""

    kind: Literal["cancelled"] = "cancelled"
    lane: Slug = Field(description="Lane of the timetable")
    origin: Slug | None = Field(default=None, alias="from", description="Only departures from this terminal")
    destination: Slug | None = Field(default=None, alias="to", description="Only departures to this terminal")
    leaves: Instant | None = Field(default=None, description="When the departure should have left")
    start: Instant | None = Field(default=None, description="All departures that leave from then on ...")
    end: Instant | None = Field(default=None, description="... and before then")

    @model_validator(mode="after")
    def _when(self) -> CancelledDeparture:
        span = self.start is not None and self.end is not None
        if (self.leaves is not None) == span or (self.start is None) != (self.end is None):
            raise misfit("leaves", "it is not clear which departure", "give leaves=, or start= and end=")
        if self.start is not None and self.end is not None:
            _ordered(self.start, self.end)
        return self


class RushOrder(Row):
    """An order that nobody had placed when the plan was made."""

    kind: Literal["rush"] = "rush"
    order: Order = Field(description="The order, as in the section orders of a network")


class MeasuredActivity(Row):
    """What a batch that has begun holds at its EOB (an elution: on elution), measured or newly expected."""

    kind: Literal["activity"] = "activity"
    batch: BatchId
    eob: ActivityBq = Field(ge=0, description="Activity at EOB")


Event = Annotated[
    OutageEvent | LateBatch | FailedBatch | CancelledDeparture | RushOrder | MeasuredActivity,
    Field(discriminator="kind"),
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)

KINDS: Mapping[str, tuple[str, str]] = {
    "outage": ("停运", "outage resource=pile start=2026-12-10T08:00 duration=7d reason=pump"),
    "late": ("延迟", "late batch=irr-mo@20261206T1600Z by=6h"),
    "failed": ("不合格", "failed batch=run-fdg@20261207T2000Z reason=sterility"),
    "cancelled": ("取消", "cancelled lane=fly-ab leaves=2026-12-08T09:00"),
    "rush": ("加急", 'rush site=near product=fdg activity="6 GBq" calibration=2026-12-09T09:00'),
    "activity": ("活度", 'activity batch=irr-i131@20261207T0000Z eob="24 GBq"'),
}
"""Kind → its Chinese word in the short form, and an example."""
_KIND_OF = {word: kind for kind, (word, _) in KINDS.items()} | {kind: kind for kind in KINDS}


class Scenario(Row):
    """A named what-if: events, and the moment from which the plan is made anew."""

    scheme: Literal["becq.events/1"] = Field(
        default="becq.events/1", alias="schema", description="Form of the file"
    )
    name: Text | None = Field(default=None, description="Name of the scenario in English")
    name_zh: Text | None = Field(default=None, description="The same in Chinese")
    now: Instant | None = Field(default=None, description="Nothing before it can be changed any more")
    events: list[Event] = Field(default_factory=list, description="What happened, or might")


def parse_event(text: str, now: datetime | None = None) -> Event:
    """The event of a short form such as ``late batch=irr-mo@20261206T1600Z by=6h``.

    An outage may give ``duration=`` for its end; a rush order's window opens ``now`` and closes at its
    calibration time where it says nothing else. Raises InputError.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError(f"--event {text!r}: {error}; close every quotation mark") from error
    kind = _KIND_OF.get(words[0] if words else "")
    if kind is None:
        known = "; ".join(example for _, example in KINDS.values())
        raise InputError(f"--event {text!r} does not begin with a kind of event; write for example: {known}")
    row: dict[str, Any] = {}
    for word in words[1:]:
        key, sign, value = word.partition("=")
        if not sign or not key or not value:
            raise InputError(f"--event {text!r}: {word!r} is not key=value; write like: {KINDS[kind][1]}")
        if key in row:
            raise InputError(f"--event {text!r}: {key}= is given twice; give it once")
        row[key] = value
    return _validated({"kind": kind, **_completed(kind, row, text, now)}, f"--event {text!r}", KINDS[kind][1])


def _completed(kind: str, row: dict[str, Any], text: str, now: datetime | None) -> dict[str, Any]:
    """The short form's own conveniences turned into the fields of the event."""
    if kind == "outage" and "duration" in row:
        if "end" in row:
            raise InputError(f"--event {text!r} gives both end= and duration=; give one of them")
        try:
            start = datetime.fromisoformat(row.get("start", ""))
        except ValueError:
            raise InputError(f"--event {text!r}: write start= like 2026-12-10T08:00") from None
        row["end"] = (start + timedelta(seconds=parse_duration(row.pop("duration")))).isoformat()
    if kind == "activity" and "eob" not in row and "activity" in row:
        row["eob"] = row.pop("activity")
    if kind == "rush":
        calibration = row.get("calibration")
        row.setdefault("latest", calibration)
        if now is not None and "earliest" not in row:
            row["earliest"] = now.isoformat()
            row |= _zoned(row, now)
        row.setdefault(
            "id",
            "-".join(["rush", *(str(row.get(k, "")) for k in ("site", "product"))])
            + "."
            + "".join(c for c in str(calibration) if c.isdigit())[:12],
        )
        return {"order": {key: value for key, value in row.items() if value is not None}}
    return row


def _zoned(row: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """``latest`` with the offset of ``now`` where it has none, so that both ends of the window have one."""
    try:
        latest = datetime.fromisoformat(str(row.get("latest")))
    except ValueError:
        return {}
    if latest.tzinfo is None and now.tzinfo is not None:
        latest = latest.replace(tzinfo=now.tzinfo)
    return {"latest": latest.isoformat()}


def read_event(row: Mapping[str, Any], where: str) -> Event:
    """The event of a JSON row that came from ``where``. Raises ProblemsError, which names the field."""
    kind = str(row.get("kind", ""))
    example = KINDS[kind][1] if kind in KINDS else f"give one of the kinds {', '.join(KINDS)}"
    return _validated(dict(row), where, example)


def read_scenario(path: Path) -> Scenario:
    """The scenario in a JSON file. Raises InputError and ProblemsError, which name the field."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} is not a JSON file: {error}") from error
    if isinstance(document, list):
        document = {"events": document}
    if not isinstance(document, dict):
        raise InputError(f'{path}: write {{"schema": "{SCHEMA}", "events": [...]}}')
    return read_scenario_document(document, str(path))


def read_scenario_document(document: Mapping[str, Any], where: str) -> Scenario:
    """The scenario of a JSON object that came from ``where``."""
    try:
        return Scenario.model_validate(dict(document))
    except ValidationError as error:
        raise ProblemsError(list(_problems(error, where, "see docs/replan.md for the form"))) from error


def write_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The events as JSON-ready rows, in the form that :class:`Scenario` reads."""
    return [event.model_dump(mode="json", by_alias=True, exclude_none=True) for event in events]


def _validated(row: dict[str, Any], where: str, example: str) -> Event:
    try:
        return _EVENT.validate_python(row)
    except ValidationError as error:
        raise ProblemsError(list(_problems(error, where, f"write like: {example}"))) from error


def _problems(error: ValidationError, where: str, remedy: str) -> Iterable[Problem]:
    for detail in error.errors(include_url=False):
        context = detail.get("ctx") or {}
        path = [str(part) for part in detail["loc"] if part not in KINDS]
        column = ".".join(path) or context.get("field")
        message = detail["msg"]
        if detail["type"] == "missing":
            message = "is missing"
        elif detail["type"] == "extra_forbidden":
            message = "is not a field of this event"
        elif detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
            message = f"the kind is one of {', '.join(KINDS)}"
        yield Problem(
            where, None, column, message.removeprefix("Value error, "), context.get("remedy", remedy)
        )


def _ordered(start: datetime, end: datetime) -> None:
    try:
        late = end <= start
    except TypeError as error:
        raise misfit(
            "end", "only one of start and end carries a UTC offset", "write both with one, or both without"
        ) from error
    if late:
        raise misfit("end", "it ends before it starts", "give an end after the start")
