"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from becq.web.views import palette, session, style, switches, today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("api/v1/", include("becq.api.urls")),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("palette/", palette.palette, name="palette"),
    path("switch/language/", switches.language, name="switch-language"),
    path("switch/theme/", switches.theme, name="switch-theme"),
    path("switch/units/", switches.units, name="switch-units"),
    path("switch/rail/", switches.rail, name="switch-rail"),
    path("switch/site/", switches.site, name="switch-site"),
    path("switch/at/", switches.at, name="switch-at"),
    # For people who build pages; not found unless DEBUG is on.
    path("style/", style.style, name="style"),
    path("style/alone/<slug:page>/", style.alone, name="style-alone"),
]

handler400 = "becq.web.views.errors.bad_request"
handler403 = "becq.web.views.errors.forbidden"
handler404 = "becq.web.views.errors.not_found"
