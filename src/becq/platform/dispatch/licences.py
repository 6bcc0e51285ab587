"""May the consignee take this in? The findings of the radiation safety licence at receipt."""

from __future__ import annotations

from datetime import datetime

from becq.platform.accounts.models import User
from becq.platform.dispatch.models import Consignment
from becq.platform.ledger import selectors as books
from becq.platform.network import selectors as network
from becq.rules.finding import Finding
from becq.rules.licence import check_possession


def receipt_findings(
    viewer: User, consignment: Consignment, at: datetime, incoming_bq: float
) -> list[Finding]:
    """Scope and possession limit of the consignee's site if ``incoming_bq`` comes in at ``at``.

    What the site's waste store holds counts too: the licence speaks of the site.
    """
    site = next(row for row in network.site_rows(viewer) if row.id == consignment.to_site)
    rows = books.balances(
        viewer,
        at,
        holder=consignment.to_organisation,
        site=consignment.to_site,
        nuclide=consignment.nuclide,
        progeny=False,
    )
    held = sum(row.activity_bq for row in rows)
    return [check_possession(site, consignment.nuclide, held + incoming_bq)]
