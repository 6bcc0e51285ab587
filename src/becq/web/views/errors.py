"""Error pages: 400, 403, 404 in the person's language; 500 is a file that needs nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def page(request: HttpRequest, code: int, title: str, sentence: str) -> HttpResponse:
    """An error page."""
    signed_in = bool(getattr(getattr(request, "user", None), "is_authenticated", False))
    context = {"code": code, "title": title, "sentence": sentence, "sign_in": code == 403 and signed_in}
    return render(request, "web/error.html", context, status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return page(
        request,
        400,
        _("This request cannot be read"),
        _("Something in the address or the form is malformed. Nothing was changed."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return page(
        request,
        403,
        _("Not allowed"),
        _("Your role or organisation does not allow this. Ask your administrator if you need it."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return page(
        request, 404, _("Not found"), _("There is nothing at this address, or it is not yours to see.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form from a stale page."""
    return page(
        request,
        403,
        _("The form is out of date"),
        _("Go back, reload the page and send it again. Nothing was changed."),
    )
