"""Filings and approvals in the queue of Today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.platform import clock
from becq.platform.supervision.pressing import APPROVALS, pressing
from becq.web import rule_words


def filing_lines(request: HttpRequest) -> list[dict[str, Any]]:
    """One line for each duty that presses: due, what, code, href, action, detail."""
    viewer: Any = request.user
    lines = []
    for row in pressing(viewer, clock.now()):
        if row.duty == APPROVALS:
            what, count = _("Approvals end"), ngettext("%(n)s approval", "%(n)s approvals", row.count)
        else:
            what = str(rule_words.DUTIES[row.duty])
            count = ngettext("%(n)s filing", "%(n)s filings", row.count)
        detail = count % {"n": row.count}
        if row.late:
            detail += _(", ") + ngettext("%(n)s of them late", "%(n)s of them late", row.late) % {
                "n": row.late
            }
        address = reverse("rule-filings")
        lines.append(
            {
                "due": row.due,
                "what": what,
                "code": f"{row.due:%Y-%m-%d}",
                "href": address if row.duty == APPROVALS else f"{address}?kind={row.duty}",
                "action": _("Look") if row.duty == APPROVALS else _("Record"),
                "detail": detail,
            }
        )
    return lines
