"""What an organisation owes to the authority and by when: transfers to file, yearly reports, next approvals.

Duties follow from what happened: a consignment that was received, a year in which radiopharmaceuticals came
or were made, a supplier from whom they came under an approval that ends with the year. How long each may take
is a rule, so that the date on which it is due is read from the verdict and not written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet

from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, OrganisationKind, User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.network import selectors as network
from becq.platform.production import selectors as production
from becq.platform.production.models import RunStatus
from becq.platform.supervision.models import Duty, Filing
from becq.platform.supervision.rulebook import book_of
from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.subject import DEFAULT_JURISDICTION, frame

LOOK_BACK = timedelta(days=400)
"""How long a fulfilled or forgotten duty stays on the list."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty: whose, which, about what, counted from when, and what was filed."""

    organisation: Organisation
    duty: str
    subject: str
    label: str
    label_zh: str
    event: date
    filing: Filing | None


@dataclass(frozen=True, slots=True)
class Dated:
    """A duty with the day on which it is due and what the rule says of it today."""

    owed: Owed
    due: date | None
    finding: Finding


def duties(viewer: User, at: datetime) -> list[Dated]:
    """The duties of the organisations that the viewer may see, the most pressing first, done ones last."""
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    found: list[Dated] = []
    for organisation in Organisation.objects.filter(policy.scope(viewer)):
        found += _dated(organisation, list(_owed(viewer, organisation, today)), today)
    return sorted(found, key=lambda row: (row.owed.filing is not None, row.due or date.max, row.owed.subject))


def _dated(organisation: Organisation, owed: list[Owed], today: date) -> Iterator[Dated]:
    if not owed:
        return
    book = book_of(organisation).of("filing")
    verdicts = evaluate(book, {"filing": frame("filing", _columns(owed, today))})
    found = {(each.subject, each.rule): each for each in verdicts.findings(["block", "warn", "note", "ok"])}
    for (number,), lines in verdicts.frame.group_by("row", maintain_order=True):
        row = owed[int(number)]
        dated = [
            (due_day(row, book[line["rule"]].quantity, line["limit"]), found[row.label, line["rule"]])
            for line in lines.iter_rows(named=True)
        ]
        due = min((day for day, _ in dated if day is not None), default=None)
        yield Dated(row, due, max((each for _, each in dated), key=_gravity))


def _gravity(finding: Finding) -> int:
    return ("ok", "note", "warn", "block").index(finding.severity)


def due_day(row: Owed, quantity: str, limit: float | None) -> date | None:
    """The last day on which a duty is fulfilled in time, from what its rule counts and the limit in days."""
    if limit is None:
        return None
    new_year = date(row.event.year + 1, 1, 1)
    days = timedelta(days=limit)
    return {
        "days_taken": row.event + days,
        "days_into_year": new_year + days - timedelta(days=1),
        "days_before_year": new_year - days,
    }.get(quantity)


def _columns(owed: list[Owed], today: date) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: []
        for name in (
            "label", "label_zh", "jurisdiction", "day", "duty", "filed",
            "days_taken", "days_into_year", "days_before_year",
        )
    }  # fmt: skip
    for row in owed:
        done = row.filing.filed_on if row.filing else today
        new_year = date(row.event.year + 1, 1, 1)
        values = (
            row.label, row.label_zh, DEFAULT_JURISDICTION, today, row.duty, row.filing is not None,
            (done - row.event).days, (done - new_year).days + 1, (new_year - done).days,
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return columns


def _owed(viewer: User, organisation: Organisation, today: date) -> Iterator[Owed]:
    filings = {(row.duty, row.subject): row for row in Filing.objects.filter(organisation=organisation)}

    def owe(duty: str, subject: str, label: str, label_zh: str, event: date) -> Owed:
        return Owed(organisation, duty, subject, label, label_zh, event, filings.get((duty, subject)))

    received = _received(viewer, organisation)
    for row in received.filter(from_organisation=organisation):
        day = _day(row)
        if day >= today - LOOK_BACK:
            yield owe(
                Duty.TRANSFER, row.code, f"Transfer {row.code} to {row.to_organisation.name}",
                f"向{row.to_organisation.name_zh}的转让 {row.code}", day,
            )  # fmt: skip
    came = received.filter(to_organisation=organisation)
    last = today.year - 1
    if organisation.kind == OrganisationKind.HOSPITAL and any(_day(row).year == last for row in came):
        yield owe(
            Duty.HOSPITAL_YEAR, str(last), f"Radiopharmaceuticals received in {last}",
            f"{last}年接收放射性药品情况", date(last, 12, 31),
        )  # fmt: skip
    made = production.runs(viewer, status=RunStatus.RELEASED).filter(
        organisation=organisation, released_at__year=last
    )
    if organisation.kind != OrganisationKind.HOSPITAL and made.exists():
        yield owe(
            Duty.PRODUCER_YEAR, str(last), f"Production and sales of {last}", f"{last}年生产、销售情况",
            date(last, 12, 31),
        )  # fmt: skip
    yield from _approvals(came, today, owe)


def _approvals(came: QuerySet[Consignment], today: date, owe: Callable[..., Owed]) -> Iterator[Owed]:
    """Next year's approval of each supplier and nuclide of this year."""
    pairs: dict[tuple[str, str, str], Consignment] = {}
    for row in came:
        if _day(row).year == today.year:
            pairs.setdefault((row.from_site, row.to_site, row.nuclide), row)
    first = date(today.year + 1, 1, 1)
    for (origin, destination, nuclide), row in sorted(pairs.items()):
        known = network.approvals_between(origin, destination)
        if any(each.nuclide == nuclide and each.valid_from <= first <= each.valid_until for each in known):
            continue
        subject = f"{today.year + 1} {origin} {destination} {nuclide}"
        here = network.licensed_site(destination)
        yield owe(
            Duty.NEXT_YEAR_APPROVAL, subject,
            f"Approval {today.year + 1}: {nuclide} from {row.from_organisation.name} to {here.name}",
            f"{today.year + 1}年转让审批：{row.from_organisation.name_zh}向{here.name_zh}转让{nuclide}",
            date(today.year, 12, 31),
        )  # fmt: skip


def _received(viewer: User, organisation: Organisation) -> QuerySet[Consignment]:
    """Consignments that passed to or from another organisation, oldest receipt first."""
    ends = Q(from_organisation=organisation) | Q(to_organisation=organisation)
    foreign = ~Q(from_organisation=F("to_organisation"))
    return (
        dispatch.consignments(viewer)
        .filter(ends, foreign, status=ConsignmentStatus.RECEIVED, received_at__isnull=False)
        .order_by("received_at")
    )


def _day(row: Consignment) -> date:
    assert row.received_at is not None
    return row.received_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
