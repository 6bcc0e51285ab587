"""Refusals of the services become answers: a page for a person, a header with the sentence for htmx."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from becq.errors import BecqError, ConflictError, PermissionDeniedError
from becq.web.views.errors import page


class RefusalMiddleware:
    """A ``BecqError`` that a view lets through is the person's to read, not a failure of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """403 for a lack of permission, 409 for a conflict, 400 for anything else that was put wrongly."""
        if not isinstance(exception, BecqError):
            return None
        if isinstance(exception, PermissionDeniedError):
            code, title = 403, _("Not allowed")
        elif isinstance(exception, ConflictError):
            code, title = 409, _("The books or the plan do not allow this")
        else:
            code, title = 400, _("This cannot be taken as it is")
        sentence = str(exception)
        if request.headers.get("HX-Request"):
            answer = HttpResponse(sentence, status=code, content_type="text/plain; charset=utf-8")
            answer["X-Becq-Message"] = quote(sentence)
            return answer
        return page(request, code, title, sentence)
