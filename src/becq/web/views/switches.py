"""The switches of the frame: each takes a POST, keeps the choice and goes back to the page it came from."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from becq.web import frame

YEAR_S = 365 * 86400


def back(request: HttpRequest, *, drop: str = "") -> HttpResponse:
    """To the page the switch was on (of this site only), without the parameter ``drop``."""
    goal = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        goal, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        goal = "/"
    if drop and "?" in goal:
        path, _question, text = goal.partition("?")
        rest = "&".join(part for part in text.split("&") if not part.startswith(f"{drop}="))
        goal = f"{path}?{rest}" if rest else path
    return HttpResponseRedirect(goal)


def keep(response: HttpResponse, name: str, value: str) -> None:
    """A choice in a cookie; theme and rail are also written in the browser, so they are readable there."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_S,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=name == frame.UNITS_COOKIE,
    )


def keep_language(response: HttpResponse, language: str) -> None:
    """The language of the pages in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_S,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language, also remembered with the person."""
    wanted = request.POST.get("language", "")
    response = back(request)
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        keep_language(response, wanted)
        if request.user.is_authenticated and request.user.language != wanted:
            request.user.language = wanted
            request.user.save(update_fields=["language"])
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system."""
    response = back(request)
    if request.POST.get("theme") in frame.THEMES:
        keep(response, frame.THEME_COOKIE, request.POST["theme"])
    return response


@require_POST
def units(request: HttpRequest) -> HttpResponse:
    """Bq or Ci."""
    response = back(request)
    if request.POST.get("units") in frame.UNIT_SYSTEMS:
        keep(response, frame.UNITS_COOKIE, request.POST["units"])
    return response


@require_POST
def rail(request: HttpRequest) -> HttpResponse:
    """The rail wide or narrow (without scripts; with them the page does it alone)."""
    response = back(request)
    keep(response, frame.RAIL_COOKIE, "narrow" if request.POST.get("rail") == "narrow" else "wide")
    return response


@require_POST
def site(request: HttpRequest) -> HttpResponse:
    """The site looked at; "" for all."""
    wanted = request.POST.get("site", "")
    if wanted == "" or any(each.code == wanted for each in frame.sites(request)):
        request.session[frame.SITE_SESSION] = wanted
    return back(request)


@require_POST
def at(request: HttpRequest) -> HttpResponse:
    """The moment that pages are seen at; "" for now."""
    text = request.POST.get("at", "").strip()
    moment = frame.parse_local(text, frame.zone(request)) if text else None
    if text and moment is None:
        said = _("“%(text)s” is not a date and time between %(first)s and %(last)s.")
        years = {"first": frame.YEARS[0], "last": frame.YEARS[-1]}
        messages.error(request, said % {"text": text[:40], **years})
    request.session[frame.AT_SESSION] = moment.isoformat() if moment else ""
    return back(request, drop="at")
