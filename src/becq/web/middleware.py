"""Refusals of the services become answers: a page for a person, a header with the sentence for htmx.

What no page can take is dealt with before any of them sees it: days of an address outside of
``frame.YEARS`` are left out with a notice, text with NUL characters is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from becq.errors import BecqError, ConflictError, PermissionDeniedError
from becq.web import frame
from becq.web.problems import say
from becq.web.views.errors import bad_request, page

DAYS = ("at", "day", "from", "to")
"""Parameters of addresses that hold a day or a moment."""


class RefusalMiddleware:
    """A ``BecqError`` that a view lets through is the person's to read, not a failure of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse NUL characters, which no database takes; leave out days of years that nothing lies in."""
        if request.path.startswith("/api/"):  # answers in its own form
            return None
        given = [request.path, *_texts(request.GET)]
        if request.method == "POST":
            given += _texts(request.POST)
        if any("\0" in text for text in given):
            return bad_request(request)
        beyond = [name for name in DAYS if _is_beyond(request.GET.get(name, ""))]
        if beyond:
            kept = request.GET.copy()
            for name in beyond:
                messages.warning(
                    request,
                    _("“%(text)s” is left out: the year lies between %(first)s and %(last)s.")
                    % {"text": kept[name][:40], "first": frame.YEARS[0], "last": frame.YEARS[-1]},
                )
                del kept[name]
            request.GET = kept  # type: ignore[assignment]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """403 for a lack of permission, 409 for a conflict, 400 for anything else that was put wrongly."""
        if isinstance(
            exception, OverflowError | DataError
        ):  # a number or a day beyond all that is computed with
            return bad_request(request)
        if not isinstance(exception, BecqError):
            return None
        if isinstance(exception, PermissionDeniedError):
            code, title = 403, _("Not allowed")
        elif isinstance(exception, ConflictError):
            code, title = 409, _("The books or the plan do not allow this")
        else:
            code, title = 400, _("This cannot be taken as it is")
        sentence = say(str(exception))
        if request.headers.get("HX-Request"):
            answer = HttpResponse(sentence, status=code, content_type="text/plain; charset=utf-8")
            answer["X-Becq-Message"] = quote(sentence)
            return answer
        return page(request, code, title, sentence)


def _texts(data: Any) -> list[str]:
    return [text for name, values in data.lists() for text in (name, *values)]


def _is_beyond(text: str) -> bool:
    """True for a day or moment of a year outside of ``frame.YEARS``."""
    year = re.match(r"\s*(\d{4})(?=$|\D|\d{4}$)", text)
    return year is not None and int(year[1]) not in frame.YEARS
