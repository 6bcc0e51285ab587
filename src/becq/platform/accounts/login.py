"""Login with a limit on guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from becq.platform import clock
from becq.platform.accounts.models import LoginFailure, User


class LimitedBackend(ModelBackend):
    """Name and password, refused for a while after too many failures by name or by address."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        name = (username or kwargs.get(User.USERNAME_FIELD) or "")[:150]
        address = request.META.get("REMOTE_ADDR", "")[:64] if request is not None else ""
        if is_blocked(name, address):
            raise PermissionDenied("too many failed logins")
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None:
            _note(name, address)
        elif isinstance(user, User):
            LoginFailure.objects.filter(username=name).delete()
            return user
        return None


def is_blocked(username: str, address: str) -> bool:
    """True while logins by this name or from this address are refused (the login page says so)."""
    at = clock.now()
    recent = LoginFailure.objects.filter(at__gt=at - timedelta(seconds=settings.LOGIN_WINDOW_S), at__lte=at)
    return recent.filter(username=username).count() >= settings.LOGIN_FAILURES_PER_NAME or (
        bool(address) and recent.filter(address=address).count() >= settings.LOGIN_FAILURES_PER_ADDRESS
    )


def _note(username: str, address: str) -> None:
    at = clock.now()
    LoginFailure.objects.filter(at__lt=at - timedelta(seconds=settings.LOGIN_WINDOW_S)).delete()
    LoginFailure.objects.create(username=username, address=address, at=at)
