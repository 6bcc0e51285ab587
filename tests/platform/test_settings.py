"""The key of the installation, and what every answer tells the browser."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from becq.platform.middleware import ContentSecurityMiddleware
from becq.platform.secret import read_secret


def test_the_key_is_made_once_and_is_its_owners(tmp_path):
    path = tmp_path / "new" / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read_secret(path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret.key"]


def test_nothing_from_elsewhere_and_no_inline_script():
    seen = []

    def view(request):
        seen.append(request.csp_nonce)
        return HttpResponse()

    answer = ContentSecurityMiddleware(view)(RequestFactory().get("/"))
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["style-src"] == f"'self' 'nonce-{seen[0]}'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    ContentSecurityMiddleware(view)(RequestFactory().get("/"))
    assert seen[0] != seen[1]


def test_off_by_default():
    assert settings.DEBUG is False
    assert settings.SESSION_COOKIE_HTTPONLY
    assert "*" not in settings.ALLOWED_HOSTS


@pytest.mark.django_db
def test_sqlite_is_set_up_for_several_processes():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] >= 10000
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.slow
def test_https_makes_cookies_secure(tmp_path):
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "BECQ_HTTPS": "1",
            "BECQ_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "becq.platform.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["True", "True", "True"]
