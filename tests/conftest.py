"""What every test of the platform may ask for: a clock, organisations, people, an empty ledger.

Run on PostgreSQL by DATABASE_URL; everything here works on both databases.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

os.environ.setdefault("BECQ_HOME", tempfile.mkdtemp(prefix="becq-test-"))
os.environ.setdefault("BECQ_SECRET_KEY", "a key for tests only")
os.environ.setdefault("BECQ_TASKS", "immediate")

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "becq",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("becq")

NOW = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""A Monday, 08:00 in Shanghai: the present moment of tests that ask for ``frozen_clock``."""

FLUSHES = 50
"""Attempts to empty a test database, a fifth of a second apart."""


@pytest.fixture(autouse=True)
def _fast_passwords(request: pytest.FixtureRequest) -> None:
    """Hash passwords quickly: what is tested is not the hash."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        settings_of_django = request.getfixturevalue("settings")
        settings_of_django.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let test databases be emptied between transactional tests: the books refuse that otherwise."""
    from django.db import OperationalError
    from django.db.backends.base.operations import BaseDatabaseOperations

    from becq.platform.ledger import guard

    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        for patience in range(FLUSHES, -1, -1):
            try:
                with guard.lifted(self.connection):
                    original(self, sql_list)
                return
            except OperationalError:  # a page that a browser test left is still being answered
                if not patience:
                    raise
                time.sleep(0.2)

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = original


@pytest.fixture(autouse=True)
def _real_clock() -> Iterator[None]:
    """No test sees the shift that another one left in the cache."""
    from becq.platform import clock

    clock.forget()
    yield
    clock.forget()


@pytest.fixture
def frozen_clock() -> Iterator[datetime]:
    """The present moment is NOW, in this thread."""
    from becq.platform import clock

    with clock.frozen(NOW) as at:
        yield at


@pytest.fixture
def organisation(db: None) -> Callable[..., Any]:
    """A factory: ``organisation("WCH", kind="hospital", province="四川")``."""
    from becq.platform.accounts.models import Organisation

    def make(code: str, kind: str = "producer", province: str = "四川", **fields: Any) -> Any:
        fields.setdefault("name", code)
        return Organisation.objects.get_or_create(
            code=code, defaults={"kind": kind, "province": province, **fields}
        )[0]

    return make


@pytest.fixture
def person(organisation: Callable[..., Any]) -> Callable[..., Any]:
    """A factory: ``person("planner", of=producer)``; password "correct horse battery"."""
    from becq.platform.accounts.models import User

    number = count(1)

    def make(role: str, of: Any = None, *, site_code: str = "", superuser: bool = False) -> Any:
        user = User(
            username=f"{role}{next(number)}",
            role=role,
            organisation=of,
            site_code=site_code,
            is_superuser=superuser,
        )
        user.set_password("correct horse battery")
        user.save()
        return user

    return make


@pytest.fixture
def operator(person: Callable[..., Any]) -> Any:
    """A superuser of this installation."""
    return person("administrator", superuser=True)
