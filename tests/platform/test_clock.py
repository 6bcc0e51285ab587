"""The present moment of an installation."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from becq.errors import InputError
from becq.platform import clock
from becq.platform.clock.models import Shift

pytestmark = pytest.mark.django_db

SHANGHAI = timezone(timedelta(hours=8))


def near(moment, other):
    return abs(moment - other) < timedelta(seconds=5)


def test_real_time_by_default():
    assert near(clock.now(), datetime.now(UTC))
    assert clock.now().tzinfo is UTC
    assert not clock.is_shifted()


def test_a_shift_is_kept_in_the_database():
    clock.set_offset(timedelta(days=-3))
    assert near(clock.now(), datetime.now(UTC) - timedelta(days=3))
    assert clock.is_shifted()
    assert Shift.objects.get().offset == timedelta(days=-3)
    clock.forget()
    assert clock.offset() == timedelta(days=-3)
    clock.set_offset(timedelta(0))
    assert not clock.is_shifted()
    assert Shift.objects.count() == 1


def test_another_process_follows_soon(monkeypatch):
    monkeypatch.setattr(clock, "CACHE_S", 0.0)
    assert not clock.is_shifted()
    Shift.objects.update_or_create(pk=1, defaults={"offset": timedelta(hours=1)})
    assert clock.is_shifted()


def test_the_shift_is_not_asked_for_every_time(django_assert_num_queries):
    clock.now()
    with django_assert_num_queries(0):
        clock.now()
        clock.is_shifted()


def test_the_clock_runs_on_from_where_it_is_set():
    at = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
    clock.set_now(at)
    assert near(clock.now(), at)
    first = clock.now()
    assert clock.now() >= first


def test_frozen_and_thawed():
    at = datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)
    with clock.frozen(at) as shown:
        assert clock.now() == at == shown
        assert clock.now().utcoffset() == timedelta(0)
        assert clock.is_shifted()
        with clock.frozen(at + timedelta(days=1)):
            assert clock.now() == at + timedelta(days=1)
        assert clock.now() == at
    assert near(clock.now(), datetime.now(UTC))


def test_thawed_after_an_error():
    with pytest.raises(KeyError), clock.frozen(datetime(2026, 3, 2, tzinfo=UTC)):
        raise KeyError
    assert near(clock.now(), datetime.now(UTC))


def test_frozen_in_one_thread_only(monkeypatch):
    monkeypatch.setattr(clock, "_cached", (float("inf"), timedelta(0)))
    monkeypatch.setattr(clock.time, "monotonic", lambda: float("inf"))
    seen = []
    with clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        monkeypatch.setattr(clock, "offset", lambda: timedelta(0))
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert near(seen[0], datetime.now(UTC))


def test_what_is_no_moment_and_no_shift():
    with pytest.raises(InputError, match="time zone"):
        clock.set_now(datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(InputError, match="time zone"), clock.frozen(datetime(2026, 3, 2)):  # noqa: DTZ001
        pass
    with pytest.raises(InputError, match="100 years"):
        clock.set_offset(timedelta(days=40000))


def test_there_is_one_shift():
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(pk=2)
