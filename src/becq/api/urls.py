"""Addresses of the API, to be included under ``api/v1/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from becq.api.api import api
from becq.api.errors import not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.urls),
    path("<path:rest>", not_found),
]
