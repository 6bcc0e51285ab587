"""Laws that hold for any books: order does not matter, nothing is lost, every alteration is found."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import assume, example, given
from hypothesis import strategies as st

from becq.errors import ConflictError
from becq.platform import clock
from becq.platform.accounts.models import Organisation
from becq.platform.ledger import audit, guard, moves, projection, selectors
from becq.platform.ledger.chart import nominal, place, transit
from becq.platform.ledger.models import (
    Account,
    AccountKind,
    Balance,
    Chain,
    Entry,
    Kind,
    Lineage,
    Nominal,
    Posting,
)
from becq.platform.ledger.seal import seal
from becq.platform.ledger.services import Line, post, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]

HOUR = timedelta(hours=1)
GBQ = 1e9
NUCLIDES = ["Mo-99", "Tc-99m", "Lu-177", "F-18", "Ac-225", "Ge-68", "Ga-68"]


@pytest.fixture
def producer(organisation):
    return organisation("PROD")


@pytest.fixture
def start(frozen_clock):
    return frozen_clock - timedelta(days=20)


def fingerprints():
    return {projection.fingerprint(row) for row in Balance.objects.all()}


class UndoError(Exception):
    """Takes back what an example wrote."""


events = st.lists(
    st.tuples(
        st.sampled_from(NUCLIDES),
        st.floats(1.0, 1e15),
        st.integers(0, 20 * 86400 * 10**6),
        st.sampled_from(["L1", "L2"]),
    ),
    min_size=1,
    max_size=6,
)


@given(events=events, seed=st.integers(0, 10**6))
def test_the_order_of_posting_does_not_matter(operator, producer, start, events, seed):
    """Late and offline postings give the same books, to the last bit."""

    def books(order):
        try:
            with transaction.atomic():
                for nuclide, activity, micro, lot in order:
                    at = start + timedelta(microseconds=micro)
                    moves.produce(operator, producer, "SITE", lot, {nuclide: activity}, at)
                raise UndoError(fingerprints())
        except UndoError as undo:
            return undo.args[0]

    shuffled = events[:]
    random.Random(seed).shuffle(shuffled)
    ids = {row.pk: row.name for row in Account.objects.all()}
    assert {x[1:] for x in books(events)} == {x[1:] for x in books(shuffled)}, ids


@given(events=events)
def test_a_rebuild_is_identical(operator, producer, start, events):
    with transaction.atomic():
        for nuclide, activity, micro, lot in events:
            at = start + timedelta(microseconds=micro)
            moves.produce(operator, producer, "SITE", lot, {nuclide: activity}, at)
        before = fingerprints()
        result = audit.rebuild()
        assert result.identical
        assert fingerprints() == before
        assert result.balances == len(before)
        transaction.set_rollback(True)


@given(events=events, after=st.integers(0, 40 * 86400))
def test_balances_of_the_projection_and_of_the_entries_agree(operator, producer, start, events, after):
    with transaction.atomic():
        for nuclide, activity, micro, lot in events:
            at = start + timedelta(microseconds=micro)
            moves.produce(operator, producer, "SITE", lot, {nuclide: activity}, at)
        at = start + timedelta(days=20, seconds=after)
        kept = selectors.balances(operator, at)
        Balance.objects.update(reference_time=at + HOUR)  # "later than asked for": read the entries
        for row, other in zip(kept, selectors.balances(operator, at), strict=True):
            assert (row.account, row.lot, row.nuclide) == (other.account, other.lot, other.nuclide)
            assert row.activity_bq == pytest.approx(other.activity_bq, rel=1e-9)
        transaction.set_rollback(True)


@given(
    activity=st.floats(1e3, 1e14),
    error=st.floats(1e-8, 1.0),
    sign=st.sampled_from([-1, 1]),
    nuclide=st.sampled_from(NUCLIDES),
)
def test_only_what_cancels_is_posted(operator, producer, start, activity, error, sign, nuclide):
    from becq.errors import InputError

    lines = [
        Line(place(producer, "SITE"), "L", nuclide, activity),
        Line(nominal(producer, Nominal.PRODUCTION), "L", nuclide, -activity * (1 + sign * error)),
    ]
    assume(lines[1].activity_bq != 0)
    with pytest.raises(InputError, match="do not cancel"):
        post(operator, producer, Kind.PRODUCE, start, lines)


@given(
    hours=st.lists(st.floats(0.5, 40.0), min_size=1, max_size=5),
    shares=st.lists(st.floats(0.0, 1.3), min_size=5, max_size=5),
)
@example(hours=[24.0, 24.0], shares=[1.0, 1.0, 0, 0, 0])
@example(hours=[24.0], shares=[1.00001, 0, 0, 0, 0])
def test_a_generator_never_gives_more_than_grew_in(operator, producer, start, hours, shares):
    with transaction.atomic():
        moves.produce(operator, producer, "SITE", "GEN", {"Mo-99": 1e12}, start)
        at = start
        for number, (wait, share) in enumerate(zip(hours, shares, strict=False)):
            at = at + timedelta(hours=wait)
            there = selectors.balances(operator, at, lot="GEN", nuclide="Tc-99m")
            grown = there[0].activity_bq if there else 0.0
            taken = grown * share
            if taken == 0:
                continue
            try:
                moves.elute(operator, producer, "SITE", "GEN", f"E{number}", {"Tc-99m": taken}, at)
                assert share <= 1 + 1e-4
            except ConflictError:
                assert share > 1
        assert audit.verify().ok
        transaction.set_rollback(True)


@given(st.data())
def test_no_sequence_of_moves_breaks_the_books(operator, organisation, producer, start, data):
    """Whatever people try, in whatever order of event times: refused or whole."""
    with transaction.atomic():
        hospital = organisation("HOSP", kind="hospital")
        at = start
        moves.produce(operator, producer, "SITE", "L", {"Mo-99": 1e12, "Lu-177": 1e9}, start)
        for number in range(data.draw(st.integers(1, 6))):
            at = start + HOUR * data.draw(st.integers(0, 300))
            amount = data.draw(st.floats(1e6, 2e12))
            verb = data.draw(st.sampled_from(["discard", "dispatch", "receive", "elute", "reverse"]))
            try:
                if verb == "discard":
                    moves.discard(operator, producer, "SITE", "L", at, nuclide="Mo-99", activity_bq=amount)
                elif verb == "dispatch":
                    moves.dispatch(
                        operator, producer, "SITE", hospital, "L", at, nuclide="Mo-99", activity_bq=amount
                    )
                elif verb == "receive":
                    moves.receive_with_measurement(
                        operator, hospital, "W", producer, "L", at, nuclide="Mo-99", measured_bq=amount
                    )
                elif verb == "elute":
                    moves.elute(operator, producer, "SITE", "L", f"E{number}", {"Tc-99m": amount}, at)
                else:
                    last = Posting.objects.order_by("-pk").first()
                    reverse(operator, last, note="tried")
            except ConflictError:
                pass
        report = audit.verify()
        assert report.ok, report.problems
        assert audit.rebuild().identical
        transaction.set_rollback(True)


# --- tampering -------------------------------------------------------------------------------------


@pytest.fixture
def books(operator, producer, organisation, start):
    """A few postings of every shape."""
    hospital = organisation("HOSP", kind="hospital")
    document = {
        "order": "O-1",
        "number": 3,
        "share": 0.1,
        "large": 1e22,
        "one": 1.0,
        "中": ["文", None, True],
    }
    moves.produce(
        operator,
        producer,
        "SITE",
        "L",
        {"Lu-177": GBQ / 3},
        start,
        parents=["T"],
        document=document,
        note="n",
    )
    moves.dispatch(operator, producer, "SITE", hospital, "L", start + HOUR)
    received = moves.receive_with_measurement(
        operator,
        hospital,
        "W",
        producer,
        "L",
        start + 2 * HOUR,
        nuclide="Lu-177",
        measured_bq=GBQ / 3.1,
        uncertainty_bq=1e7,
    )
    reverse(operator, received, note="wrong vial")
    assert audit.verify().ok
    return Posting.objects.get(holder=producer, sequence=1)


def tamper(sql, *parameters):
    """As somebody would who has the database in hand and takes the guard away for a moment."""
    with guard.lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount >= 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("uuid", "0" * 32),
        ("sequence", 7),
        ("kind", "process"),
        ("event_time", "2026-02-10 00:00:00.000001+00:00"),
        ("recorded_time", "2026-03-02 00:00:00.000001+00:00"),
        ("actor_name", "somebody else"),
        ("document", '{"order": "O-2"}'),
        ("note", "other"),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_posting_is_found(books, column, value):
    tamper(f'UPDATE ledger_posting SET "{column}" = %s WHERE id = %s', value, books.pk)
    wrong = f"Posting {value if column == 'sequence' else 1} of PROD: its content is not what was sealed"
    assert wrong in audit.verify().problems


def test_a_posting_that_is_sealed_anew_is_found(books):
    """Who alters a posting and knows how to seal it still breaks the chain behind it."""
    entries = [
        (e.account.name, e.lot, e.nuclide, e.activity_bq, e.uncertainty_bq) for e in books.entries.all()
    ]
    again = seal(
        uuid=books.uuid,
        holder="PROD",
        sequence=1,
        kind=books.kind,
        event_time=books.event_time,
        recorded_time=books.recorded_time,
        actor=books.actor_id,
        actor_name=books.actor_name,
        document=books.document,
        note="other",
        reverses=None,
        entries=entries,
        previous="",
    )
    tamper("UPDATE ledger_posting SET note = 'other', hash = %s WHERE id = %s", again, books.pk)
    assert audit.verify().problems == ["Posting 2 of PROD: it does not follow the posting before it"]


@pytest.mark.parametrize("column", ["actor_id", "holder_id"])
def test_a_changed_person_or_holder_is_found(books, person, organisation, column):
    other = person("planner", organisation("THIRD"))
    tamper(
        f'UPDATE ledger_posting SET "{column}" = %s WHERE id = %s',
        other.pk if column == "actor_id" else other.organisation_id,
        books.pk,
    )
    assert not audit.verify().ok


def test_a_changed_reversal_is_found(books):
    mirror = Posting.objects.get(kind=Kind.REVERSE)
    tamper("UPDATE ledger_posting SET reverses_id = %s WHERE id = %s", books.pk, mirror.pk)
    assert not audit.verify().ok


@pytest.mark.parametrize(
    ("column", "value"),
    [("lot", "X"), ("nuclide", "I-131"), ("activity_bq", None), ("uncertainty_bq", 1.0)],
)
def test_a_changed_entry_is_found(books, column, value):
    entry = books.entries.order_by("pk").first()
    if value is None:
        value = float.fromhex(entry.activity_bq.hex()) * (1 + 2**-52)
        assert value != entry.activity_bq
    tamper(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', value, entry.pk)
    report = audit.verify()
    assert "Posting 1 of PROD: its content is not what was sealed" in report.problems


@pytest.mark.parametrize("column", ["account_id", "posting_id"])
def test_an_entry_moved_elsewhere_is_found(books, column):
    entry = books.entries.order_by("pk").first()
    other = (
        (Account if column == "account_id" else Posting).objects.exclude(pk=getattr(entry, column)).first()
    )
    tamper(f'UPDATE ledger_entry SET "{column}" = %s WHERE id = %s', other.pk, entry.pk)
    assert not audit.verify().ok


def test_removed_and_added_rows_are_found(books):
    for entry in books.entries.all():
        tamper("DELETE FROM ledger_entry WHERE id = %s", entry.pk)
    assert not audit.verify().ok


def test_a_pair_of_added_entries_is_found(books):
    entry = books.entries.order_by("pk").first()
    for activity in (5.0, -5.0):
        Entry.objects.create(
            posting=books, account=entry.account, lot="L", nuclide="Lu-177", activity_bq=activity
        )
    assert "Posting 1 of PROD: its content is not what was sealed" in audit.verify().problems


def test_a_removed_posting_is_found(books):
    last = Posting.objects.filter(holder=books.holder).order_by("-sequence").first()
    with guard.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_lineage WHERE posting_id = %s", [last.pk])
        cursor.execute("DELETE FROM ledger_entry WHERE posting_id = %s", [last.pk])
        cursor.execute("DELETE FROM ledger_posting WHERE id = %s", [last.pk])
    assert any("does not end" in problem for problem in audit.verify().problems)


def test_renamed_accounts_and_organisations_are_found(books):
    account = Account.objects.get(name="PROD:SITE")
    Account.objects.filter(pk=account.pk).update(place="OTHER")
    assert not audit.verify().ok
    Account.objects.filter(pk=account.pk).update(place="SITE")
    assert audit.verify().ok
    Organisation.objects.filter(code="PROD").update(code="DORP")
    assert not audit.verify().ok


def test_a_changed_end_of_the_chain_is_found(books):
    Chain.objects.filter(holder=books.holder).update(hash="0" * 64)
    assert not audit.verify().ok


@pytest.mark.parametrize(
    "change",
    [
        {"activity_bq": 1.0},
        {"lot": "X"},
        {"nuclide": "I-131"},
        {"turnover_bq": 1.0},
        {"posted": False},
    ],
)
def test_a_changed_balance_is_found_and_rebuilt(books, change):
    row = Balance.objects.filter(account__name="PROD:SITE", nuclide="Lu-177").get()
    Balance.objects.filter(pk=row.pk).update(**change)
    assert not audit.verify().ok
    result = audit.rebuild()
    assert not result.identical
    assert audit.verify().ok
    assert audit.rebuild().identical


def test_a_changed_lineage_is_found_and_rebuilt(books):
    Lineage.objects.create(posting=books, parent="STRANGER", child="L")
    assert not audit.verify().ok
    assert audit.rebuild().different == 1
    assert audit.verify().ok


def test_a_missing_guard_is_found(books):
    guard.remove(connection)
    assert not audit.verify().ok
    guard.install(connection)
    assert audit.verify().ok


def test_one_holder_alone(books):
    report = audit.verify(books.holder)
    assert report.ok
    assert [head.holder for head in report.heads] == ["PROD"]
    assert report.as_dict()["ok"] is True


# --- append only -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", guard.TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_posted(books, table, sql):
    with pytest.raises(DatabaseError, match="posted is posted"), transaction.atomic():
        connection.cursor().execute(sql.format(table))
    assert audit.verify().ok


@pytest.mark.parametrize("table", guard.TABLES)
def test_the_database_refuses_the_back_doors(books, table):
    if connection.vendor == "postgresql":
        sql = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
    else:
        sql = f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"
    with pytest.raises(DatabaseError, match="posted is posted"), transaction.atomic():
        connection.cursor().execute(sql)


def test_the_models_refuse_to_change_what_is_posted(books):
    entry = books.entries.first()
    for refused in (
        lambda: books.save(),
        lambda: books.delete(),
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: Posting.objects.update(note="x"),
        lambda: Posting.objects.all().delete(),
        lambda: Entry.objects.filter(pk=entry.pk).update(lot="x"),
        lambda: books.entries.all().delete(),
        lambda: Entry.objects.bulk_update([entry], ["lot"]),
    ):
        with pytest.raises(ConflictError, match="Posted is posted"):
            refused()
    assert audit.verify().ok


def test_the_clock_of_the_books_is_the_platforms(books, frozen_clock):
    assert books.recorded_time == frozen_clock == clock.now()
    assert transit(books.holder, books.holder).kind == AccountKind.PLACE
