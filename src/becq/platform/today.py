"""What needs a person now: one queue over all steps of the chain, ordered by time to trouble.

A row is shown to who may act on it. The people of the operator, who act for nobody, see what is late or
about to go wrong anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.market import selectors as market
from becq.platform.production import selectors as production
from becq.platform.supervision.pressing import APPROVALS, pressing
from becq.platform.waste import selectors as waste

SOON = timedelta(hours=2)
GRACE = timedelta(minutes=15)
"""What is less late than this is not yet called late."""
SHORTFALL = 0.9
"""A consignment that will hold less than this share of what is needed is about to go wrong."""


def today(viewer: User, *, within: timedelta = timedelta(hours=24)) -> list[dict[str, Any]]:
    """The queue of a person.

    :returns: dictionaries of action (assay, release, dispatch, receive, take_back, administer, clear,
        order, file, renew), due (datetime), severity (block: late or impossible; warn: within two hours or
        about to go wrong; note), kind (run, consignment, dose, waste, order, filing) and code of what it is
        about, what and what_zh (one line), nuclide, site, and activity_bq at ``due`` where there is one.
    """
    overseer = policy.coordinates(viewer) and not viewer.is_superuser
    rows = [
        *_runs(viewer, within),
        *_consignments(viewer, within),
        *_doses(viewer),
        *_waste(viewer),
        *_orders(viewer, within),
        *_filings(viewer),
    ]
    if overseer:
        rows = [row for row in rows if row["severity"] == "block" or row["action"] == "order" or row["risk"]]
    else:
        rows = [row for row in rows if row["mine"]]
    return sorted(rows, key=lambda row: (row["due"], row["kind"], row["code"]))


def _row(
    action: str,
    due: datetime,
    kind: str,
    code: str,
    what: tuple[str, str],
    *,
    mine: bool,
    nuclide: str,
    site: str,
    activity_bq: float | None = None,
    severity: str = "",
    risk: bool = False,
) -> dict[str, Any]:
    now = clock.now()
    by_time = "block" if now > due + GRACE else "warn" if now > due - SOON or risk else "note"
    return {
        "action": action,
        "due": due,
        "severity": severity or by_time,
        "kind": kind,
        "code": code,
        "what": what[0],
        "what_zh": what[1],
        "nuclide": nuclide,
        "site": site,
        "activity_bq": activity_bq,
        "mine": mine,
        "risk": risk,
    }


_MAKING = {"generator_manufacture": "production.process", "labelling": "production.process"}
_MAKING["generator_elution"] = "production.elute"


def _runs(viewer: User, within: timedelta) -> Iterator[dict[str, Any]]:
    for due in production.runs_due(viewer, within=within):
        run = due["run"]
        if due["action"] == "assay":
            action = _MAKING.get(run.kind, "production.assay")
            what = (f"Assay {run.product} at EOB", f"{run.product}轰击结束测量")
        else:
            action, what = "production.release", (f"Release {run.product}", f"放行{run.product}")
        yield _row(
            due["action"],
            due["due"],
            "run",
            run.code,
            what,
            mine=policy.may(viewer, action, organisation=run.organisation, site=run.site_code),
            nuclide=run.nuclide,
            site=run.site_code,
            activity_bq=due["expected_bq"],
        )


def _consignments(viewer: User, within: timedelta) -> Iterator[dict[str, Any]]:
    waiting = list(dispatch.to_dispatch(viewer, within=within))
    sources = {
        lot.code: lot for lot in production.lots(viewer).filter(code__in=[c.lot_code for c in waiting])
    }
    now = clock.now()
    for row in waiting:
        source = sources.get(row.lot_code)
        impossible = source is not None and (
            source.status == "blocked" or (source.expires is not None and source.expires < now)
        )
        what = (f"Send {row.product} to {row.to_site}", f"向{row.to_site}发出{row.product}")
        if impossible:
            what = (f"{what[0]}: lot {row.lot_code} may not be used", f"{what[1]}：批号{row.lot_code}不可用")
        yield _row(
            "dispatch",
            row.planned_depart,
            "consignment",
            row.code,
            what,
            mine=policy.may(
                viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site
            ),
            nuclide=row.nuclide,
            site=row.from_site,
            activity_bq=dispatch.predicted_bq(row, row.planned_depart),
            severity="block" if impossible else "",
            risk=impossible,
        )
    for row in dispatch.to_receive(viewer, within=within):
        arrival = dispatch.arrival(row)
        short = arrival["ratio"] < SHORTFALL
        what = (f"Receive {row.product} from {row.from_site}", f"签收来自{row.from_site}的{row.product}")
        if short:
            share = f"{arrival['ratio']:.0%}"
            what = (f"{what[0]}: {share} of what is needed", f"{what[1]}：仅为所需的{share}")
        yield _row(
            "receive",
            row.expected_arrive,
            "consignment",
            row.code,
            what,
            mine=policy.may(viewer, "dispatch.receive", organisation=row.to_organisation, site=row.to_site),
            nuclide=row.nuclide,
            site=row.to_site,
            activity_bq=arrival["predicted_bq"],
            risk=short,
        )
    for row in dispatch.to_take_back(viewer):
        assert row.received_at is not None
        yield _row(
            "take_back",
            row.received_at,
            "consignment",
            row.code,
            (f"Take back {row.product} that {row.to_site} rejected", f"取回{row.to_site}拒收的{row.product}"),
            mine=policy.may(
                viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site
            ),
            nuclide=row.nuclide,
            site=row.from_site,
            risk=True,
        )


def _doses(viewer: User) -> Iterator[dict[str, Any]]:
    for dose in clinic.doses_waiting(viewer):
        yield _row(
            "administer",
            dose.at + timedelta(hours=1),
            "dose",
            dose.code,
            (f"Give {dose.product} to {dose.patient_code}", f"给{dose.patient_code}用{dose.product}"),
            mine=policy.may(viewer, "clinic.administer", organisation=dose.organisation, site=dose.site_code),
            nuclide=dose.nuclide,
            site=dose.site_code,
            activity_bq=dose.activity_bq,
        )


def _waste(viewer: User) -> Iterator[dict[str, Any]]:
    for entry in waste.clearable(viewer):
        yield _row(
            "clear",
            entry.clear_from,
            "waste",
            entry.code,
            (f"Measure and clear waste of {entry.nuclide}", f"测量并解控{entry.nuclide}废物"),
            mine=policy.may(viewer, "waste.clear", organisation=entry.organisation, site=entry.site_code),
            nuclide=entry.nuclide,
            site=entry.site_code,
            severity="note",
        )


def _orders(viewer: User, within: timedelta) -> Iterator[dict[str, Any]]:
    now = clock.now()
    coming = market.orders(viewer, status="unmet").filter(latest__gte=now, earliest__lte=now + within)
    for order in coming:
        mine = viewer.organisation_id == order.customer_id
        yield _row(
            "order",
            order.latest,
            "order",
            order.code,
            (
                f"{order.product_code} for {order.site_code} is not served: {order.unmet_sentence}",
                f"{order.site_code}的{order.product_code}未满足：{order.unmet_sentence_zh}",
            ),
            mine=mine,
            nuclide=order.nuclide,
            site=order.site_code,
            activity_bq=order.activity_bq,
            severity="warn",
            risk=True,
        )


def _filings(viewer: User) -> Iterator[dict[str, Any]]:
    """One row for each duty with filings late or due within days, and one for approvals that end."""
    for row in pressing(viewer, clock.now()):
        ends = row.duty == APPROVALS
        what = (f"File: {row.duty}, {row.count} due", f"备案：{row.duty}，{row.count}项到期")
        if ends:
            what = (f"Renew {row.count} transfer approvals", f"续办{row.count}项转让审批")
        yield _row(
            "renew" if ends else "file",
            row.due,
            "filing",
            row.duty,
            what,
            mine=True,
            nuclide="",
            site="",
            severity="block" if row.late else "note" if ends else "",
        )
