"""Orders from an Excel or CSV file, or pasted from a sheet: looked through first, then written."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.errors import ConflictError
from becq.platform.accounts import policy
from becq.platform.market import services
from becq.web import directory
from becq.web.problems import say, tell
from becq.web.views.errors import forbidden
from becq.web.views.orders import EXCEL

LARGEST = 6 * 2**20
"""A file that is kept in the page between looking and writing; orders never need as much."""
SHOWN = 200
COLUMNS = "site, product, activity, calibration, earliest, latest"


@login_required
def orders_import(request: HttpRequest) -> HttpResponse:
    """Upload or paste, look, then write all of it, or the good rows if that is asked for."""
    if not policy.may(request.user, "order.import"):
        return forbidden(request)
    context: dict[str, Any] = {"columns": COLUMNS, "pasted": request.POST.get("pasted", "")}
    if request.method == "POST":
        content, name, error = _content(request)
        if error:
            context["error"] = error
        elif "go" in request.POST:
            answer = _write(request, content, name)
            if answer is not None:
                return answer
            context |= _look(request, content, name)
        else:
            context |= _look(request, content, name)
    return render(request, "web/orders/import.html", context)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook to fill in."""
    response = HttpResponse(services.order_template(request.user), content_type=EXCEL)  # type: ignore[arg-type]
    response["Content-Disposition"] = 'attachment; filename="orders.xlsx"'
    return response


def _content(request: HttpRequest) -> tuple[bytes, str, str]:
    """The bytes, a file name, and what is wrong with them."""
    upload = request.FILES.get("file")
    if upload is not None:
        name = PurePath(upload.name or "orders.xlsx").name[:120]
        if upload.size is not None and upload.size > LARGEST:
            return b"", name, _("The file is larger than %(n)s MB; split it.") % {"n": LARGEST // 2**20}
        return upload.read(), name, ""
    kept = request.POST.get("kept", "")
    if kept:
        try:
            return (
                base64.b64decode(kept, validate=True),
                PurePath(request.POST.get("name", "")).name[:120],
                "",
            )
        except (binascii.Error, ValueError):
            return b"", "", _("The file did not come through; choose it again.")
    pasted = request.POST.get("pasted", "")
    if pasted.strip():
        return _as_csv(pasted), "pasted.csv", ""
    return b"", "", _("Choose a file, or paste rows with their header.")


def _as_csv(text: str) -> bytes:
    """Rows copied from a sheet (tabs between cells, quotes around cells with line breaks) as CSV."""
    delimiter = "\t" if "\t" in text else None
    if delimiter is None:
        return text.encode()
    stream = io.StringIO()
    csv.writer(stream).writerows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return stream.getvalue().encode()


def _look(request: HttpRequest, content: bytes, name: str) -> dict[str, Any]:
    """What would be written and what is wrong; nothing is written."""
    viewer: Any = request.user
    whole = services.import_orders(viewer, content, name, dry_run=True)
    kept = whole
    if whole.problems:
        kept = services.import_orders(viewer, content, name, dry_run=True, skip_bad=True)
    for row in kept.orders[:SHOWN]:
        row.site = directory.site(request, row.site_code)  # type: ignore[attr-defined]
        row.product = directory.product(request, row.product_code)  # type: ignore[attr-defined]
        row.zone = directory.zone(request, row.site_code)  # type: ignore[attr-defined]
    bad = len({problem.row for problem in whole.problems if problem.row is not None})
    return {
        "looked": True,
        "name": _("pasted rows") if name == "pasted.csv" else name,
        "file_name": name,
        "kept": base64.b64encode(content).decode(),
        "clean": not whole.problems,
        "problems": [tell(problem) for problem in whole.problems[:SHOWN]],
        "more_problems": max(0, len(whole.problems) - SHOWN),
        "bad": bad,
        "orders": kept.orders[:SHOWN],
        "number": len(kept.orders),
        "more_orders": max(0, len(kept.orders) - SHOWN),
        "warnings": [tell(problem) for problem in kept.warnings[:20]],
    }


def _write(request: HttpRequest, content: bytes, name: str) -> HttpResponse | None:
    """Write; None where something is wrong after all (the network or the book has changed meanwhile)."""
    viewer: Any = request.user
    try:
        result = services.import_orders(viewer, content, name, skip_bad=request.POST.get("go") == "good")
    except ConflictError as error:
        messages.error(request, say(str(error)))
        return None
    if not result.orders:
        messages.error(request, _("Nothing was written."))
        return None
    number, left = len(result.orders), len(result.skipped)
    text = ngettext("%(n)s order placed.", "%(n)s orders placed.", number) % {"n": number}
    if left:
        text += " " + ngettext("%(n)s row was left out.", "%(n)s rows were left out.", left) % {"n": left}
    messages.success(request, text)
    return redirect("orders")
