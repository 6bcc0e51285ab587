"""The laws of the books: what comes in leaves, decay commutes, places hold no less than nothing."""

from __future__ import annotations

import math
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.physics import decay_data
from becq.physics.decay import decay
from becq.platform.ledger import audit, moves, selectors
from becq.platform.ledger.chart import nominal, place, transit, waste_store
from becq.platform.ledger.models import Balance, Entry, Kind, Nominal, Posting
from becq.platform.ledger.services import Line, correct, post, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]

HOUR = timedelta(hours=1)
GBQ = 1e9


@pytest.fixture
def producer(organisation):
    return organisation("PROD")


@pytest.fixture
def hospital(organisation):
    return organisation("HOSP", kind="hospital")


@pytest.fixture
def start(frozen_clock):
    return frozen_clock - timedelta(days=20)


def of(viewer, lot, at, nuclide=None, account=None):
    rows = selectors.balances(viewer, at, lot=lot, kind=None, minimum_bq=0.0)
    return sum(
        row.activity_bq
        for row in rows
        if (nuclide is None or row.nuclide == nuclide) and (account is None or row.account == account.name)
    )


def pair(holder, lot, nuclide, activity, **kwargs):
    return [
        Line(place(holder, "SITE"), lot, nuclide, activity, **kwargs),
        Line(nominal(holder, Nominal.PRODUCTION), lot, nuclide, -activity),
    ]


class TestWhatIsRefused:
    def test_a_posting_that_does_not_cancel(self, operator, producer, start):
        lines = pair(producer, "L", "Lu-177", GBQ)
        lines[0] = Line(lines[0].account, "L", "Lu-177", GBQ * (1 + 3e-9))
        with pytest.raises(InputError, match="do not cancel"):
            post(operator, producer, Kind.PRODUCE, start, lines)
        assert not Posting.objects.exists()

    def test_cancelling_across_nuclides(self, operator, producer, start):
        here, made = place(producer, "SITE"), nominal(producer, Nominal.PRODUCTION)
        lines = [Line(here, "L", "Lu-177", GBQ), Line(made, "L", "I-131", -GBQ)]
        with pytest.raises(InputError, match="do not cancel"):
            post(operator, producer, Kind.PRODUCE, start, lines)

    def test_rounding_is_no_difference(self, operator, producer, start):
        here, made = place(producer, "SITE"), nominal(producer, Nominal.PRODUCTION)
        lines = [Line(here, f"L{i}", "Lu-177", GBQ / 3) for i in range(3)]
        post(operator, producer, Kind.PRODUCE, start, [*lines, Line(made, "L", "Lu-177", -GBQ)])
        assert Posting.objects.count() == 1

    @pytest.mark.parametrize("activity", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number(self, operator, producer, start, activity):
        with pytest.raises(InputError, match="finite"):
            post(operator, producer, Kind.PRODUCE, start, pair(producer, "L", "Lu-177", activity))

    @pytest.mark.parametrize("uncertainty", [math.nan, math.inf, -1.0])
    def test_an_uncertainty_that_is_none(self, operator, producer, start, uncertainty):
        lines = pair(producer, "L", "Lu-177", GBQ, uncertainty_bq=uncertainty)
        with pytest.raises(InputError, match="uncertainty"):
            post(operator, producer, Kind.PRODUCE, start, lines)

    @pytest.mark.parametrize(
        ("nuclide", "says"), [("Xx-99", "Xx-99"), ("Lu177", "Lu177"), ("Mo-98", "Mo-98")]
    )
    def test_an_unknown_nuclide(self, operator, producer, start, nuclide, says):
        with pytest.raises(InputError, match=says):
            post(operator, producer, Kind.PRODUCE, start, pair(producer, "L", nuclide, GBQ))

    @pytest.mark.parametrize("lot", ["", " ", "a ", " a", "a\nb", "x" * 121, "a\x00b", "\ud800"])
    def test_a_malformed_lot(self, operator, producer, start, lot):
        with pytest.raises(InputError):
            post(operator, producer, Kind.PRODUCE, start, pair(producer, lot, "Lu-177", GBQ))

    def test_a_chinese_lot_is_well_formed(self, operator, producer, start):
        post(operator, producer, Kind.PRODUCE, start, pair(producer, "镥-177 批号 1", "Lu-177", GBQ))
        assert of(operator, "镥-177 批号 1", start, "Lu-177", place(producer, "SITE")) == GBQ

    def test_the_future_and_no_zone(self, operator, producer, frozen_clock):
        lines = pair(producer, "L", "Lu-177", GBQ)
        with pytest.raises(InputError, match="only what has happened"):
            post(operator, producer, Kind.PRODUCE, frozen_clock + HOUR, lines)
        with pytest.raises(InputError, match="time zone"):
            post(operator, producer, Kind.PRODUCE, frozen_clock.replace(tzinfo=None), lines)

    def test_nothing(self, operator, producer, start):
        for lines in ([], pair(producer, "L", "Lu-177", 0.0)):
            with pytest.raises(InputError, match="at least two"):
                post(operator, producer, Kind.PRODUCE, start, lines)

    @pytest.mark.parametrize(
        "document", [{"a": math.nan}, {"a": "\x00"}, {"a": {1, 2}}, [1], {"a": "x" * 70000}, {"a": "\ud800"}]
    )
    def test_a_document_that_cannot_be_kept(self, operator, producer, start, document):
        with pytest.raises((InputError, ValueError)) as caught:
            post(operator, producer, Kind.PRODUCE, start, pair(producer, "L", "Lu-177", GBQ), document)
        assert isinstance(caught.value, InputError)

    def test_an_unknown_kind(self, operator, producer, start):
        with pytest.raises(InputError, match="Unknown kind"):
            post(operator, producer, "steal", start, pair(producer, "L", "Lu-177", GBQ))

    def test_anothers_account(self, operator, producer, hospital, start):
        lines = [
            Line(place(hospital, "WARD"), "L", "Lu-177", GBQ),
            Line(nominal(producer, Nominal.PRODUCTION), "L", "Lu-177", -GBQ),
        ]
        with pytest.raises(PermissionDeniedError, match="HOSP:WARD"):
            post(operator, producer, Kind.PRODUCE, start, lines)


class TestPlacesHoldNoLessThanNothing:
    def test_more_than_is_there(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        with pytest.raises(ConflictError, match="more leaves than is there"):
            post(
                operator,
                producer,
                Kind.DISCARD,
                start + HOUR,
                [
                    Line(place(producer, "SITE"), "L", "Lu-177", -GBQ),
                    Line(waste_store(producer, "SITE"), "L", "Lu-177", GBQ),
                ],
            )
        assert Posting.objects.count() == 1
        assert Balance.objects.filter(account__name="PROD:SITE").get(nuclide="Lu-177").activity_bq == GBQ

    def test_before_it_is_there(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start + HOUR)
        with pytest.raises(ConflictError, match="holds no"):
            moves.discard(operator, producer, "SITE", "L", start)

    def test_later_withdrawals_are_looked_at(self, operator, producer, start):
        """A late entry that leaves enough today but not in between is refused."""
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        moves.discard(
            operator, producer, "SITE", "L", start + 10 * HOUR, nuclide="Lu-177", activity_bq=0.9 * GBQ
        )
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": 5 * GBQ}, start + 20 * HOUR)
        with pytest.raises(ConflictError, match="because of what happened later"):
            moves.discard(
                operator, producer, "SITE", "L", start + HOUR, nuclide="Lu-177", activity_bq=0.5 * GBQ
            )
        moves.discard(
            operator, producer, "SITE", "L", start + 30 * HOUR, nuclide="Lu-177", activity_bq=0.5 * GBQ
        )

    def test_a_generator_gives_what_has_grown_in_and_no_more(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "GEN", {"Mo-99": 100 * GBQ}, start)
        at = start + 23 * HOUR
        grown = float(decay("Mo-99", 100 * GBQ, 23 * 3600.0).of("Tc-99m"))
        assert of(operator, "GEN", at, "Tc-99m", place(producer, "SITE")) == pytest.approx(grown, rel=1e-9)
        with pytest.raises(ConflictError, match="Tc-99m"):
            moves.elute(operator, producer, "SITE", "GEN", "TC", {"Tc-99m": grown * 1.001}, at)
        moves.elute(operator, producer, "SITE", "GEN", "TC", {"Tc-99m": grown * 0.95}, at)
        with pytest.raises(ConflictError, match="Tc-99m"):
            moves.elute(operator, producer, "SITE", "GEN", "TC2", {"Tc-99m": grown * 0.5}, at + HOUR)
        again = at + 23 * HOUR
        left = of(operator, "GEN", again, "Tc-99m", place(producer, "SITE"))
        moves.elute(operator, producer, "SITE", "GEN", "TC2", {"Tc-99m": left}, again)
        assert of(operator, "GEN", again, "Tc-99m", place(producer, "SITE")) == pytest.approx(
            0, abs=1e-6 * left
        )

    def test_taking_the_parent_away_before_an_elution(self, operator, producer, start):
        """The parent could leave, were it not for the daughter that was eluted later."""
        moves.produce(operator, producer, "SITE", "GEN", {"Mo-99": 100 * GBQ}, start)
        moves.elute(operator, producer, "SITE", "GEN", "TC", {"Tc-99m": 60 * GBQ}, start + 24 * HOUR)
        with pytest.raises(ConflictError, match=r"Tc-99m.*because of what happened later"):
            moves.discard(operator, producer, "SITE", "GEN", start + HOUR)

    def test_moving_all_leaves_nothing_though_it_decays(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": 7 * GBQ, "Lu-177m": 1e6}, start)
        moves.discard(operator, producer, "SITE", "L", start + 77.7 * HOUR)
        here = place(producer, "SITE")
        assert abs(of(operator, "L", start + 80 * HOUR, None, here)) < 10.0
        stored = of(operator, "L", start + 77.7 * HOUR, "Lu-177m", waste_store(producer, "SITE"))
        assert stored == pytest.approx(
            1e6 * 0.5 ** (77.7 * 3600 / decay_data.half_life_s("Lu-177m")), rel=1e-9
        )

    def test_nominal_accounts_may(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        assert of(operator, "L", start, "Lu-177", nominal(producer, Nominal.PRODUCTION)) == -GBQ


class TestMoves:
    def test_from_reactor_to_patient_and_waste(self, operator, producer, hospital, start):
        moves.produce(operator, producer, "SITE", "BULK", {"Lu-177": 100 * GBQ}, start, parents=["TARGET"])
        moves.process(
            operator,
            producer,
            "SITE",
            {"BULK": None},
            [moves.Output("VIAL", {"Lu-177": 80 * GBQ})],
            start + 10 * HOUR,
        )
        moves.dispatch(
            operator,
            producer,
            "SITE",
            hospital,
            "VIAL",
            start + 20 * HOUR,
            nuclide="Lu-177",
            activity_bq=10 * GBQ,
            into_lot="PKG",
        )
        arrival = start + 30 * HOUR
        expected = 10 * GBQ * 0.5 ** (36000 / decay_data.half_life_s("Lu-177"))
        moves.receive_with_measurement(
            operator,
            hospital,
            "WARD",
            producer,
            "PKG",
            arrival,
            nuclide="Lu-177",
            measured_bq=0.97 * expected,
            uncertainty_bq=0.025 * expected,
        )
        moves.dispense(operator, hospital, "WARD", "PKG", "DOSE", "Lu-177", 7.4 * GBQ, arrival + HOUR)
        moves.administer(
            operator,
            hospital,
            "WARD",
            "DOSE",
            arrival + 2 * HOUR,
            nuclide="Lu-177",
            activity_bq=7.2 * GBQ,
            document={"patient": "P-1"},
        )
        moves.discard(operator, hospital, "WARD", "DOSE", arrival + 3 * HOUR, into_lot="BIN")
        moves.hand_over(operator, hospital, "WARD", "BIN", arrival + 4 * HOUR)

        differences = selectors.unaccounted(operator, hospital)
        assert [d.lot for d in differences.differences] == ["PKG"]
        assert differences.differences[0].difference_bq == pytest.approx(0.03 * expected)
        assert differences.differences[0].ratio == pytest.approx(1.2)
        assert differences.totals["Lu-177"] == pytest.approx((0.03 * expected, 0.025 * expected))

        family = selectors.genealogy(operator, "DOSE")
        assert {(link.parent, link.child) for link in family.ancestors} == {
            ("PKG", "DOSE"), ("VIAL", "PKG"), ("BULK", "VIAL"), ("TARGET", "BULK"),
        }  # fmt: skip
        assert {(link.parent, link.child) for link in family.descendants} == {("DOSE", "BIN")}
        assert {end.place for end in family.ends} == {"patient", "waste facility"}
        down = selectors.genealogy(operator, "TARGET")
        assert set(down.lots()) == {"TARGET", "BULK", "VIAL", "BULK-loss", "PKG", "DOSE", "BIN"}

        report = audit.verify()
        assert report.ok, report.problems
        assert report.postings == 8
        assert not np.any([abs(s) > 1e-3 for s in _sums_per_posting()])
        assert [p.kind for p in selectors.history(operator, "DOSE")] == ["dispense", "administer", "discard"]

    def test_more_on_arrival_than_was_sent(self, operator, producer, hospital, start):
        moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start)
        moves.dispatch(operator, producer, "SITE", hospital, "L", start)
        moves.receive_with_measurement(
            operator, hospital, "W", producer, "L", start, nuclide="F-18", measured_bq=1.02 * GBQ
        )
        assert of(operator, "L", start, "F-18", place(hospital, "W")) == pytest.approx(1.02 * GBQ)
        assert selectors.unaccounted(operator, hospital).totals["F-18"][0] == pytest.approx(-0.02 * GBQ)

    def test_only_the_consignee_may_receive(self, operator, producer, hospital, organisation, start):
        moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start)
        moves.dispatch(operator, producer, "SITE", hospital, "L", start)
        thief = organisation("THIEF", kind="hospital")
        with pytest.raises(ConflictError, match="holds no"):
            moves.receive_with_measurement(
                operator, thief, "W", producer, "L", start, nuclide="F-18", measured_bq=GBQ
            )
        lines = [
            Line(transit(producer, hospital), "L", "F-18", -GBQ),
            Line(place(thief, "W"), "L", "F-18", GBQ),
        ]
        with pytest.raises(PermissionDeniedError):
            post(operator, thief, Kind.RECEIVE, start, lines)

    def test_process_gains_come_from_unaccounted(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "A", {"I-131": GBQ}, start)
        moves.process(
            operator, producer, "SITE", {"A": None}, [moves.Output("B", {"I-131": 1.01 * GBQ})], start
        )
        assert selectors.unaccounted(operator, producer).totals["I-131"][0] == pytest.approx(-0.01 * GBQ)

    def test_what_does_not_come_out_is_in_the_waste_store(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "A", {"I-131": GBQ}, start)
        moves.process(
            operator, producer, "SITE", {"A": None}, [moves.Output("B", {"I-131": 0.8 * GBQ})], start
        )
        rows = {(row.place, row.lot): row.activity_bq for row in selectors.balances(operator, start)}
        assert rows == pytest.approx({("SITE", "B"): 0.8 * GBQ, ("SITE/waste", "A-loss"): 0.2 * GBQ})

    def test_more_than_the_lot_holds_says_how_much_that_is(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start)
        with pytest.raises(ConflictError, match=r"holds 1\.00 GBq of F-18 in lot L .* less than 1\.01 GBq"):
            moves.discard(operator, producer, "SITE", "L", start, nuclide="F-18", activity_bq=1.01 * GBQ)

    def test_adjust_discharge_export(self, operator, producer, start):
        here = place(producer, "SITE")
        moves.adjust(operator, producer, here, "OLD", "I-131", GBQ, start, note="opening balance")
        assert of(operator, "OLD", start, "I-131", here) == GBQ
        moves.export(operator, producer, "SITE", "OLD", start, nuclide="I-131", activity_bq=0.4 * GBQ)
        moves.discharge(operator, producer, here, "OLD", start)
        assert of(operator, "OLD", start, "I-131", here) == pytest.approx(0, abs=1e-3)
        assert of(operator, "OLD", start, "I-131", nominal(producer, Nominal.ENVIRONMENT)) == pytest.approx(
            0.6 * GBQ
        )

    def test_amounts_that_are_none(self, operator, producer, start):
        moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start)
        for activity in (0.0, -1.0, math.nan, math.inf):
            with pytest.raises(InputError):
                moves.discard(operator, producer, "SITE", "L", start, nuclide="F-18", activity_bq=activity)

    def test_sent_twice_arrives_once(self, operator, producer, start):
        key = uuid4()
        first = moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start, uuid=key)
        assert moves.produce(operator, producer, "SITE", "L", {"F-18": GBQ}, start, uuid=key) == first
        with pytest.raises(ConflictError, match="key"):
            moves.produce(operator, producer, "SITE", "L", {"F-18": 2 * GBQ}, start, uuid=key)
        out = uuid4()
        gone = moves.discard(operator, producer, "SITE", "L", start, uuid=out)
        assert moves.discard(operator, producer, "SITE", "L", start, uuid=out) == gone
        with pytest.raises(ConflictError, match="key"):
            moves.discard(operator, producer, "SITE", "L", start + HOUR, uuid=out)
        assert Posting.objects.count() == 2
        assert audit.verify().ok


class TestCorrections:
    def test_reverse_is_as_if_it_had_not_happened(self, operator, producer, start):
        posting = moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        mirror = reverse(operator, posting, note="typing error")
        assert mirror.reverses == posting
        assert mirror.event_time == posting.event_time
        assert of(operator, "L", start + HOUR) == 0.0
        with pytest.raises(ConflictError, match="reversed already"):
            reverse(operator, posting, note="again")

    def test_not_when_something_depends_on_it(self, operator, producer, start):
        posting = moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        moves.discard(operator, producer, "SITE", "L", start + HOUR)
        with pytest.raises(ConflictError):
            reverse(operator, posting, note="too late")

    def test_a_correction_is_looked_at_as_a_whole(self, operator, producer, start):
        posting = moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        moves.discard(operator, producer, "SITE", "L", start, nuclide="Lu-177", activity_bq=0.9 * GBQ)
        lines = pair(producer, "L", "Lu-177", 0.95 * GBQ)
        new = correct(operator, posting, lines=lines, note="assay repeated")
        assert new.document["corrects"] == str(posting.uuid)
        here = place(producer, "SITE")
        assert of(operator, "L", start, "Lu-177", here) == pytest.approx(0.05 * GBQ)
        with pytest.raises(ConflictError):
            correct(operator, new, lines=pair(producer, "L", "Lu-177", 0.8 * GBQ), note="too low")
        assert audit.verify().ok

    def test_a_correction_of_the_time_is_looked_at_from_the_earlier_one(self, operator, producer, start):
        posting = moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start + 10 * HOUR)
        moves.discard(operator, producer, "SITE", "L", start + HOUR, nuclide="Lu-177", activity_bq=0.5 * GBQ)
        with pytest.raises(ConflictError):
            correct(
                operator,
                posting,
                lines=pair(producer, "L", "Lu-177", GBQ),
                event_time=start + 9 * HOUR,
                note="it was later",
            )

    def test_why(self, operator, producer, start):
        posting = moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
        with pytest.raises(InputError, match="says why"):
            reverse(operator, posting, note=" ")


class TestStatement:
    def test_melting_is_shown(self, operator, producer, hospital, start):
        moves.produce(operator, producer, "SITE", "L", {"Lu-177": 10 * GBQ}, start)
        moves.dispatch(
            operator, producer, "SITE", hospital, "L", start + HOUR, nuclide="Lu-177", activity_bq=4 * GBQ
        )
        moves.receive_with_measurement(
            operator, hospital, "W", producer, "L", start + 5 * HOUR, nuclide="Lu-177", measured_bq=None
        )
        end = start + timedelta(days=2)
        rows = {r.nuclide: r for r in selectors.statement(operator, producer, start - HOUR, end)}
        row = rows["Lu-177"]
        assert row.opening_bq == 0
        assert row.flows_bq["produce"] == 10 * GBQ
        assert "dispatch" not in row.flows_bq  # it was still the producer's
        assert row.flows_bq["receive"] < 0
        assert row.decayed_bq > 0
        assert row.closing_bq == pytest.approx(of(operator, "L", end, "Lu-177", place(producer, "SITE")))


def test_balances_in_the_past_come_from_the_entries(operator, producer, start):
    moves.produce(operator, producer, "SITE", "L", {"Lu-177": GBQ}, start)
    moves.discard(operator, producer, "SITE", "L", start + 10 * HOUR)
    here = place(producer, "SITE")
    rate = decay_data.decay_const("Lu-177")
    assert of(operator, "L", start + HOUR, "Lu-177", here) == pytest.approx(
        GBQ * math.exp(-rate * 3600), rel=1e-12
    )
    assert of(operator, "L", start - HOUR, "Lu-177", here) == 0
    assert [r.lot for r in selectors.balances(operator, start + HOUR, site="SITE")] == ["L"]
    assert [r.place for r in selectors.balances(operator, start + 11 * HOUR, site="SITE")] == ["SITE/waste"]


def _sums_per_posting():
    for posting in Posting.objects.all():
        by_nuclide = {}
        for entry in Entry.objects.filter(posting=posting):
            by_nuclide.setdefault(entry.nuclide, []).append(entry.activity_bq)
        yield from (math.fsum(parts) for parts in by_nuclide.values())
