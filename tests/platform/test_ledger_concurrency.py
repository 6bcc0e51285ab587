"""Many hands at once: the chain stays linear and no becquerel is spent twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection

from becq.errors import ConflictError
from becq.platform import clock
from becq.platform.ledger import audit, moves
from becq.platform.ledger.models import Posting

HANDS, EACH = 4, 8

needs_postgresql = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="threads share SQLite's one connection",
)


def at_once(work):
    """Run ``work(number)`` in HANDS threads; what they raise is returned."""
    raised = []
    ready = threading.Barrier(HANDS)

    def hand(number):
        try:
            ready.wait(timeout=10)
            work(number)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand, args=(number,)) for number in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return raised


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_chain_stays_linear(operator, organisation):
    producer = organisation("PROD")
    at = clock.now() - timedelta(hours=1)

    def work(number):
        for i in range(EACH):
            moves.produce(operator, producer, "SITE", f"L{number}-{i}", {"F-18": 1e9}, at)

    assert at_once(work) == []
    assert sorted(Posting.objects.values_list("sequence", flat=True)) == list(range(1, HANDS * EACH + 1))
    report = audit.verify()
    assert report.ok, report.problems
    assert audit.rebuild().identical


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_spent_twice(operator, organisation):
    """Of four hands that each take 40 %, two succeed."""
    producer = organisation("PROD")
    at = clock.now() - timedelta(hours=1)
    moves.produce(operator, producer, "SITE", "L", {"Lu-177": 1e9}, at)

    def work(_number):
        moves.discard(operator, producer, "SITE", "L", at, nuclide="Lu-177", activity_bq=4e8)

    raised = at_once(work)
    assert [type(error) for error in raised] == [ConflictError, ConflictError]
    assert audit.verify().ok


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_both_ends_of_a_shipment_at_once(operator, organisation):
    """Consignor and consignee write into the same account from their own chains."""
    producer, hospital = organisation("PROD"), organisation("HOSP", kind="hospital")
    at = clock.now() - timedelta(hours=1)
    for i in range(EACH):
        moves.produce(operator, producer, "SITE", f"L{i}", {"F-18": 1e9}, at)
        moves.dispatch(operator, producer, "SITE", hospital, f"L{i}", at, nuclide="F-18", activity_bq=5e8)

    def work(number):
        for i in range(EACH):
            if number % 2:
                moves.dispatch(
                    operator, producer, "SITE", hospital, f"L{i}", at, nuclide="F-18", activity_bq=1e8
                )
            else:
                moves.receive_with_measurement(
                    operator,
                    hospital,
                    "W",
                    producer,
                    f"L{i}",
                    at,
                    nuclide="F-18",
                    measured_bq=2e8,
                    expected_bq=2e8,
                )

    assert at_once(work) == []
    report = audit.verify()
    assert report.ok, report.problems
    assert audit.rebuild().identical


SCRIPT = """
import sys, django
django.setup()
from datetime import timedelta
from becq.platform import clock
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import moves
operator, producer = User.objects.get(username="op"), Organisation.objects.get(code="PROD")
for i in range(int(sys.argv[2])):
    moves.produce(operator, producer, "SITE", f"L{sys.argv[1]}-{i}", {"F-18": 1e9}, clock.now())
"""

SETUP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from becq.platform.accounts.models import Organisation, User
User.objects.create(username="op", is_superuser=True)
Organisation.objects.create(code="PROD", name="PROD", kind="producer")
"""

CHECK = """
import django
django.setup()
from becq.platform.ledger import audit
from becq.platform.ledger.models import Posting
report = audit.verify()
assert report.ok, report.problems
print(Posting.objects.count())
"""


@pytest.mark.slow
def test_processes_share_one_sqlite_file(tmp_path):
    environment = {
        **os.environ,
        "BECQ_HOME": str(tmp_path),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "becq.platform.settings",
    }

    def python(*arguments):
        return subprocess.Popen(
            [sys.executable, "-c", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert python(SETUP).wait(timeout=120) == 0
    hands = [python(SCRIPT, str(number), str(EACH)) for number in range(HANDS)]
    for hand in hands:
        _, said = hand.communicate(timeout=120)
        assert hand.returncode == 0, said
    check = python(CHECK)
    counted, said = check.communicate(timeout=120)
    assert check.returncode == 0, said
    assert int(counted) == HANDS * EACH
