"""The network file: import and export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from becq.errors import BecqError, PermissionDeniedError
from becq.platform.network import services
from becq.web import problems
from becq.web.network_rows import (
    TYPES,
    may_import,
)


class ImportForm(forms.Form):
    """A network file."""

    file = forms.FileField(
        label=gettext_lazy("Network file"),
        help_text=gettext_lazy("YAML, Excel or a zip of CSV files, as the export writes it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.xlsx,.zip"}),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            ("merge", gettext_lazy("Add and update rows; keep what is not in the file")),
            ("replace", gettext_lazy("Replace the whole network by the file")),
        ],
    )


@login_required
def network_import(request: HttpRequest) -> HttpResponse:
    """A file is checked, and written only if it has no problem at all."""
    if not may_import(request):
        raise PermissionDeniedError(_("Only the operator's people may change the network as a whole."))
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "problems": None, "checked": False}
    status = 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        only_check = "check" in request.POST
        try:
            result = services.import_file(
                request.user,  # type: ignore[arg-type]
                upload.read(),
                upload.name,
                replace=form.cleaned_data["how"] == "replace",
                dry_run=only_check,
            )
        except BecqError as error:
            form.add_error(None, problems.say(str(error)))
        else:
            if not result.problems and not only_check:
                messages.success(request, _counts_sentence(result))
                return redirect("network")
            context |= {
                "checked": only_check and not result.problems,
                "filename": upload.name,
                "problems": [
                    {"sheet": each.sheet or "", "told": problems.tell(each)} for each in result.problems
                ],
            }
            status = 400 if result.problems else 200
    return render(request, "web/network/import.html", context, status=400 if form.errors else status)


def _counts_sentence(result: services.NetworkImport) -> str:
    added, changed, removed = (sum(each.values()) for each in (result.added, result.changed, result.removed))
    return _("Network imported: %(added)s rows added, %(changed)s changed, %(removed)s removed.") % {
        "added": added,
        "changed": changed,
        "removed": removed,
    }


@login_required
@require_GET
def network_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The network, as far as the person may see it, as a file."""
    content = services.export_file(request.user, f".{kind}")  # type: ignore[arg-type]
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="network.{kind}"'
    return answer
