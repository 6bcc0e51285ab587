"""What goes in and out of the API. Activities go in as text with their unit and come out in Bq."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from becq.planning.groups import Policy

YEARS = range(2000, 2101)
"""The years that days and moments given to the API lie in; the same as on the pages (``web.frame``)."""


def _within(moment: date) -> date:
    if moment.year not in YEARS:
        raise ValueError(f"the year lies between {YEARS[0]} and {YEARS[-1]}")
    return moment


Day = Annotated[date, AfterValidator(_within)]
Instant = Annotated[datetime, AfterValidator(_within)]


class OrderIn(Schema):
    """An order to be placed. Times without an offset are in the zone of the site."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(examples=["HUAXI"])
    product: str = Field(examples=["TC-ELUATE"])
    activity: str = Field(description="With its unit, at the calibration time", examples=["7.4 GBq"])
    calibration: Instant
    earliest: Instant
    latest: Instant
    tolerance: float = Field(default=0.1, ge=0, le=1)
    priority: int = Field(default=2, ge=1, le=3, description="1 is the highest")
    partial: bool = Field(default=False, description="Less than the tolerance allows is still wanted")
    patients: int | None = Field(default=None, ge=1, le=500)
    split: bool = Field(default=False, description="It may come in several parts")
    least_part: str | None = Field(
        default=None, description="Least activity of a part; a tenth where left out", examples=["2 GBq"]
    )
    most_parts: int | None = Field(default=None, description="Most parts it may come in; 4 where left out")
    alternatives: str = Field(
        default="",
        max_length=2000,
        description="Other products that would do, with their activity",
        examples=["tc99m = 20 GBq; ga68-psma = 150 MBq"],
    )
    note: str = Field(default="", max_length=4000)
    code: str = Field(default="", max_length=80, description="Your own code; a new one where left out")
    draft: bool = False


class OrderOut(Schema):
    """An order and what was promised for it. Activities in Bq at the calibration time."""

    code: str
    customer: str
    site: str
    product: str
    nuclide: str
    activity_bq: float
    calibration: datetime
    earliest: datetime
    latest: datetime
    tolerance: float
    priority: int
    partial: bool
    patients: int | None
    split: bool
    least_part_bq: float | None
    most_parts: int
    alternatives: str
    note: str
    source: str
    status: str
    short: bool
    confirmed_activity_bq: float | None
    confirmed_lot: str
    confirmed_arrival: datetime | None
    confirmed_parts: list[dict[str, Any]] = Field(
        description="Of several parts, or of another product: lot, product, activity, what it counts, arrival"
    )
    plan: str
    unmet_reason: str
    unmet_sentence: str
    unmet_sentence_zh: str
    delivered_at: datetime | None
    delivered_activity_bq: float | None
    cancelled_reason: str


class OrderPage(Schema):
    """One page of orders; ``total`` counts those of all pages."""

    total: int
    page: int
    orders: list[OrderOut]


class ProblemOut(Schema):
    """What is wrong, and where: 1-based row, column, and what would be right."""

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    message: str
    remedy: str


class ImportOut(Schema):
    """What became of an uploaded file of orders."""

    orders: list[OrderOut]
    problems: list[ProblemOut]
    warnings: list[ProblemOut]
    skipped: list[int]


class PinsIn(Schema):
    """What the next plan must keep."""

    model_config = ConfigDict(extra="forbid")

    batches: dict[str, Literal["start", "forbid"]] = Field(default_factory=dict)
    deliveries: dict[str, str | None] = Field(
        default_factory=dict, description='Order to lot; null for "do not serve"'
    )


class PinChange(PinsIn):
    """A change of pins; ``unpin`` names batches and orders whose pins go."""

    unpin: list[str] = Field(default_factory=list)


class PlanIn(Schema):
    """A plan to be made."""

    model_config = ConfigDict(extra="forbid")

    first: Day = Field(description="First day, in the network's zone")
    days: int = Field(default=14, ge=1, le=92)
    name: str = Field(default="", max_length=200)
    pins: PinsIn | None = None
    base: str | None = Field(default=None, description="Code of the plan this one starts from")
    policy: Policy = Field(default="priority", description="Who gets what is scarce")
    time_limit_s: float = Field(default=60.0, ge=1, le=1800)


class ReplanIn(Schema):
    """A plan to be made from another and its pins."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=200)


class CommitIn(Schema):
    """``supersede``: take the place of committed plans of the same days."""

    model_config = ConfigDict(extra="forbid")

    supersede: bool = False


class RunOut(Schema):
    """A run of the planner, without its plan."""

    code: str
    name: str
    first: date
    days: int
    status: str
    progress: float
    progress_text: str
    error: str
    base: str | None
    purpose: str
    policy: str
    now: datetime | None
    events: list[dict[str, Any]]
    variations: list[dict[str, Any]]
    conflict: dict[str, Any] | None
    pins: dict[str, Any]
    draft_pins: dict[str, Any]
    served_fraction: float | None
    greedy_served_fraction: float | None
    gap: float | None
    cost: float | None
    solve_s: float | None
    orders: int | None
    orders_served: int | None
    created_at: datetime
    finished_at: datetime | None
    committed_at: datetime | None
    superseded_by: str | None


class PlanOut(RunOut):
    """A run with its plan (``becq.plan/1``), as far as you may see it; null while there is none."""

    plan: dict[str, Any] | None


class StockOut(Schema):
    """What an account holds of one nuclide of a lot at ``at``, in Bq."""

    holder: str
    site: str | None
    place: str
    lot: str
    nuclide: str
    activity_bq: float
    at: datetime


class EntryOut(Schema):
    """One entry of a posting, in Bq at the event time: + into the account, - out of it."""

    account: str
    lot: str
    nuclide: str
    activity_bq: float
    uncertainty_bq: float | None


class PostingOut(Schema):
    """One posting, sealed by ``hash``."""

    uuid: str
    holder: str
    sequence: int
    kind: str
    event_time: datetime
    recorded_time: datetime
    note: str
    hash: str
    entries: list[EntryOut]


class LinkOut(Schema):
    """One step of a lot's genealogy."""

    parent: str
    child: str
    kind: str
    event_time: datetime | None
    holder: str | None


class LotOut(Schema):
    """A lot in the books: where it came from, where it went, where it is."""

    lot: str
    ancestors: list[LinkOut]
    descendants: list[LinkOut]
    balances: list[StockOut]
    postings: list[PostingOut]
