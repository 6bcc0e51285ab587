"""May the consignee take this in? The findings of licence and transfer approval at receipt."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from becq.platform.accounts.models import User
from becq.platform.dispatch.models import Consignment, ConsignmentStatus
from becq.platform.ledger import selectors as books
from becq.platform.network import selectors as network
from becq.platform.supervision.rulebook import book_of
from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.holding import Row, holding, is_judged, table
from becq.rules.transfer import find_approval, transfer


def receipt_findings(
    viewer: User, consignment: Consignment, at: datetime, incoming_bq: float
) -> list[Finding]:
    """Every rule on the consignee's site and on the transfer if ``incoming_bq`` comes in at ``at``.

    What the site's waste store holds counts too: the licence speaks of the site.
    """
    receiver = network.licensed_site(consignment.to_site)
    if not is_judged(receiver):
        return []
    day, nuclide = at.astimezone(receiver.zone).date(), consignment.nuclide
    rows = books.balances(
        viewer,
        at,
        holder=consignment.to_organisation,
        site=consignment.to_site,
        nuclide=nuclide,
        progeny=False,
    )
    held_bq = sum(row.activity_bq for row in rows)
    facts = {"holding": table("holding", [holding(receiver, nuclide, day, held_bq + incoming_bq)])}
    row = transfer_row(viewer, consignment, at, incoming_bq)
    if row is not None:
        facts["transfer"] = table("transfer", [row])
    verdicts = evaluate(book_of(consignment.to_organisation), facts)
    return verdicts.findings(["block", "warn", "note", "ok"])


def transfer_row(viewer: User, consignment: Consignment, at: datetime, incoming_bq: float) -> Row | None:
    """Facts of the transfer that a receipt at ``at`` completes; None where it stays with one holder."""
    if consignment.from_organisation_id == consignment.to_organisation_id:
        return None
    sender, receiver = (network.licensed_site(code) for code in (consignment.from_site, consignment.to_site))
    day, nuclide = at.astimezone(receiver.zone).date(), consignment.nuclide
    approvals = network.approvals_between(sender.id, receiver.id)
    approval = find_approval(approvals, sender.id, receiver.id, nuclide, day)
    before_bq = 0.0
    if approval is not None:
        begin = datetime.combine(approval.valid_from, datetime.min.time(), receiver.zone)
        before_bq = received_bq(consignment, begin, at)
    return transfer(
        sender,
        receiver,
        nuclide,
        day,
        incoming_bq,
        approval=approval,
        approvals_known=network.has_approvals(),
        transferred_bq=before_bq + incoming_bq,
        radiopharmaceutical=network.product(viewer, consignment.product).kind != "bulk",
        label=consignment.code,
    )


def received_bq(consignment: Consignment, begin: datetime, at: datetime) -> float:
    """What came between the same sites of the same nuclide since ``begin``, this consignment left out."""
    found = Consignment.objects.filter(
        status=ConsignmentStatus.RECEIVED,
        from_site=consignment.from_site,
        to_site=consignment.to_site,
        nuclide=consignment.nuclide,
        received_at__gte=begin,
        received_at__lte=at,
    ).exclude(pk=consignment.pk)
    return float(found.aggregate(total=Sum("received_bq"))["total"] or 0.0)
