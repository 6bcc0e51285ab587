"""A document before the rules: pasted or uploaded, judged, nothing kept."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from becq.errors import InputError, ProblemsError
from becq.platform.accounts import policy
from becq.platform.supervision import selectors
from becq.rules.document import MOST_BYTES
from becq.web import rule_words
from becq.web.problems import say, tell
from becq.web.tables import Column, Table

SHOWN = 200
EXAMPLES = {
    "consignment": (
        gettext_lazy("A consignment"),
        """consignment:
  id: trip-1
  departure: 2026-12-07 18:00
  mode: road
  packages:
    - id: box-1
      type: A
      state: liquid
      reference_time: 2026-12-07 12:00
      contents:
        - {nuclide: I-131, activity: 8 GBq}
      dose_rate_surface: 0.4 mSv/h
      dose_rate_1m: 6 uSv/h
      transport_index: 0.6
      category: II-YELLOW
      un_number: "2915"
""",
    ),
    "waste": (
        gettext_lazy("A waste container"),
        """waste:
  at: 2026-12-07 08:00
  containers:
    - id: bin-7
      closed: 2026-05-01 17:00
      contents:
        - {nuclide: I-131, activity: 3 MBq}
      mass: 2 kg
      dose_rate_surface: 0.12 uSv/h
      background: 0.11 uSv/h
""",
    ),
    "facts": (
        gettext_lazy("Facts"),
        """facts:
  worker:
    - {label: Dr Li, label_zh: 李医师, person_kind: worker, effective_dose_sv: 0.0062, lens_dose_sv: 0.009}
  discharge:
    - {label: room 2, label_zh: 2号病房, nuclide: I-131, retained_activity_bq: 3.1e8}
""",
    ),
    "site_day": (
        gettext_lazy("A day of a site"),
        """site_day:
  site: %(site)s
  day: 2026-12-07
  held:
    - {nuclide: I-131, activity: 12 GBq}
  handled:
    - {nuclide: I-131, activity: 3 GBq}
""",
    ),
    "posting": (
        gettext_lazy("A hand-over"),
        """posting:
  origin: %(other)s
  destination: %(site)s
  nuclide: I-131
  activity: 8 GBq
  day: 2026-12-07
""",
    ),
}


@login_required
def check(request: HttpRequest) -> HttpResponse:
    """Findings on a document."""
    viewer: Any = request.user
    policy.require(viewer, "network.read")
    wanted = request.GET.get("example", "")
    text = request.POST.get("text", "") or (example(viewer, wanted) if wanted in EXAMPLES else "")
    context: dict[str, Any] = {
        "here": "check",
        "examples": [(name, word, name == wanted) for name, (word, _text) in EXAMPLES.items()],
        "text": text,
    }
    if request.method == "POST":
        content, name, context["error"] = _content(request)
        if not context["error"]:
            context |= _judge(request, content, name)
    return render(request, "web/rules/check.html", context)


def example(viewer: Any, name: str) -> str:
    """A document to start from, with sites of the viewer where it needs some."""
    own = [row.code for row in selectors.judged_sites(viewer)[:2]] or ["site"]
    return EXAMPLES[name][1] % {"site": own[0], "other": own[-1]}


def _content(request: HttpRequest) -> tuple[bytes, str, str]:
    upload = request.FILES.get("file")
    if upload is not None:
        name = PurePath(upload.name or "document.yaml").name[:120]
        if upload.size is not None and upload.size > MOST_BYTES:
            return b"", name, _("The file is larger than %(n)s MB; split it.") % {"n": MOST_BYTES // 10**6}
        return upload.read(), name, ""
    text = request.POST.get("text", "")
    if not text.strip():
        return b"", "", _("Choose a file, or paste a document.")
    return text.encode(), "document.json" if text.lstrip().startswith("{") else "document.yaml", ""


def _judge(request: HttpRequest, content: bytes, name: str) -> dict[str, Any]:
    viewer: Any = request.user
    try:
        verdicts = selectors.judge_document(viewer, content, name)
    except ProblemsError as error:
        return {"problems": [tell(each) for each in error.problems[:SHOWN]]}
    except InputError as error:
        return {"error": say(str(error))}
    rows = rule_words.verdict_rows(verdicts, request)
    table = Table(
        request=request,
        rows=rows[:SHOWN],
        columns=[
            Column("what", _("What"), wrap=True),
            Column("title", _("Rule"), href="href", wrap=True),
            Column("severity", _("State"), template="web/rules/severity.html"),
            Column("bar", _("Used"), template="web/rules/bar.html"),
            Column("limit_text", _("Limit"), wrap=True),
            Column("source", _("Source"), "cite"),
        ],
        caption=_("Every rule that applies"),
        name="verdicts",
        row_key="key",
        row_tone="tone",
        per_page=SHOWN,
    )
    counts = verdicts.counts()
    return {
        "judged": True,
        "table": table,
        "findings": [row["finding"] for row in rows if row["severity"] != "ok"][:SHOWN],
        "counts": counts,
        "total": len(rows),
    }
