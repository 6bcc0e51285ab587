"""Sign-in and sign-out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from becq.platform.accounts.login import is_blocked
from becq.web.views.switches import keep_language

HALVING = [
    {"x": 18 * i, "height": round(68 / 2 ** (i / 3), 2), "y": round(71 - 68 / 2 ** (i / 3), 2)}
    for i in range(20)
]
"""Bars of the drawing over the form: activity at equal steps of a third of a half-life."""


class SignIn(LoginView):
    """Name and password; says when there were too many failures; sets the language of the person."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True
    authentication_form = AuthenticationForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and whether signing in is refused for a while."""
        context = super().get_context_data(**kwargs)
        context["halving"] = HALVING
        context["next"] = self.get_redirect_url()
        name = self.request.POST.get("username", "")
        context["blocked"] = bool(name) and is_blocked(name, self.request.META.get("REMOTE_ADDR", "")[:64])
        return context

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; without a language chosen in this browser the person's own is taken."""
        response = super().form_valid(form)
        language = getattr(form.get_user(), "language", "")
        if language and settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            keep_language(response, language)
        return response


class SignOut(LogoutView):
    """Sign out (POST only)."""

    http_method_names = ["post"]
