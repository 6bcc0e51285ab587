"""What a person may read of supervision: judged sites, own rules, approvals and how far they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db.models import QuerySet, Sum

from becq.chain.approval import Approval
from becq.errors import InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.network import selectors as network
from becq.platform.network.models import Site
from becq.platform.supervision.day import day_facts, own_holder
from becq.platform.supervision.models import OwnRule
from becq.platform.supervision.rulebook import book_of
from becq.rules.document import facts_of, load_document
from becq.rules.evaluation import Verdicts, evaluate
from becq.rules.rule import FieldError, Rule, make_rule
from becq.rules.rulebook import Rulebook

ENDS_SOON = timedelta(days=60)
"""An approval that ends sooner is to be renewed."""


@dataclass(frozen=True, slots=True)
class OwnRuleRow:
    """A rule that an organisation wrote: as kept, as read, and what keeps it from being read."""

    kept: OwnRule
    rule: Rule | None
    flaws: list[FieldError]


@dataclass(frozen=True, slots=True)
class ApprovalUse:
    """A transfer approval, what has been received under it (Bq), and the days until it ends."""

    approval: Approval
    used_bq: float
    days_left: int

    @property
    def has_begun(self) -> bool:
        """Whether its first day has come."""
        return self.days_left <= (self.approval.valid_until - self.approval.valid_from).days

    @property
    def ends_soon(self) -> bool:
        """Whether it holds and ends within :data:`ENDS_SOON`."""
        return self.has_begun and 0 <= self.days_left <= ENDS_SOON.days


def judged_sites(viewer: User) -> QuerySet[Site]:
    """The sites whose books the viewer may read, so that their day can be judged."""
    return network.own_sites(viewer).filter(policy.scope(viewer, "organisation"), organisation__isnull=False)


def book(viewer: User) -> Rulebook:
    """The rules that Becq ships with those of the viewer's organisation."""
    return book_of(viewer.organisation)


def own_rules(viewer: User) -> list[OwnRuleRow]:
    """The rules that the viewer's organisation wrote, those in force first."""
    if viewer.organisation is None:
        return []
    rows = OwnRule.objects.filter(organisation=viewer.organisation).select_related("added_by", "retired_by")
    found = [OwnRuleRow(row, *make_rule(row.cells, viewer.organisation.code)) for row in rows]
    return sorted(found, key=lambda row: (row.kept.retired_at is not None, row.kept.code))


def judge_by(viewer: User, code: str, at: datetime, rules: Rulebook) -> Verdicts:
    """What other rules would say of a site's day; nothing is kept."""
    holder = own_holder(viewer, code)
    return evaluate(rules, day_facts(viewer, network.licensed_site(code), holder, at))


def approval_uses(viewer: User, at: datetime, site: str | None = None) -> list[ApprovalUse]:
    """The approvals that the viewer may see (from or to ``site``), those that end first before the others."""
    found = [
        ApprovalUse(row, _received_bq(viewer, row, at), (row.valid_until - _day(at)).days)
        for row in network.approvals(viewer)
        if site is None or site in (row.origin, row.destination)
    ]
    return sorted(found, key=lambda row: (row.days_left < 0, row.days_left, row.approval.id))


def judge_document(viewer: User, content: bytes, name: str) -> Verdicts:
    """What the rules say of a document (JSON, or YAML by its name); a site's day and a posting are set
    against the network as it stands here.

    :raises ProblemsError: with everything that is wrong with it.
    :raises InputError: it cannot be read, or speaks of a licence that the viewer may not see.
    """
    policy.require(viewer, "network.read")
    return evaluate(book(viewer), _document_facts(viewer, load_document(content, name), name))


def _document_facts(viewer: User, data: Any, name: str) -> dict[str, pl.DataFrame]:
    kind = next(iter(data)) if isinstance(data, Mapping) and len(data) == 1 else ""
    body = data[kind] if kind in ("site_day", "posting") else None
    if not isinstance(body, Mapping):
        return facts_of(data, name)
    codes = [body.get(key) for key in ("site", "destination", "origin") if isinstance(body.get(key), str)]
    own = network.own_site_codes(viewer)
    seen = codes[:1]  # its limits are told; of an origin only whether it may sell
    for code in seen:
        if code not in own:
            network.site(viewer, code)
            raise InputError(f"The licence of '{code}' is not yours to see; name a site of your own")
    sites = [network.licensed_site(code) for code in dict.fromkeys(codes)]
    approvals = network.approvals(viewer) if kind == "posting" else []
    head = network.network_head(viewer)
    return facts_of(data, name, head.with_rows(sites=sites, approvals=approvals))


def _received_bq(viewer: User, approval: Approval, at: datetime) -> float:
    begin = datetime.combine(approval.valid_from, time(), ZoneInfo(settings.TIME_ZONE))
    end = datetime.combine(approval.valid_until + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
    found = dispatch.consignments(viewer).filter(
        status=ConsignmentStatus.RECEIVED,
        from_site=approval.origin,
        to_site=approval.destination,
        nuclide=approval.nuclide,
        received_at__gte=begin,
        received_at__lt=end,
        received_at__lte=at,
    )
    return float(found.aggregate(total=Sum("received_bq"))["total"] or 0.0)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
