"""The days of the demo, event by event in order of time, through the services that forms call.

Measurements deviate as they do in practice: EOB assays -8 to +4 % of the plan, packing +-2 %, dose
calibrators at receipt +-5 %, flights that are late, now and then a lot that fails quality control. All of
it is drawn from one seeded generator, so a demo is the same every time.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from becq.chain.network import Network
from becq.errors import BecqError, ConflictError
from becq.physics.nuclides import nuclide as nuclide_of
from becq.platform import clock
from becq.platform.accounts.models import Organisation, OrganisationKind, User
from becq.platform.clinic import services as clinic
from becq.platform.demo.people import People
from becq.platform.dispatch import selectors as consignments
from becq.platform.dispatch import services as dispatch
from becq.platform.dispatch.licences import receipt_findings
from becq.platform.dispatch.packing import packing_finding
from becq.platform.ledger import services as ledger
from becq.platform.ledger.chart import place
from becq.platform.market import selectors as market
from becq.platform.measured import decayed
from becq.platform.production import selectors as production
from becq.platform.production import services as making
from becq.platform.supervision import services as supervision
from becq.platform.supervision.models import Duty
from becq.platform.waste import services as waste

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = timedelta(hours=6)
"""How long a dispatcher waits for a lot that is late before giving up."""

QC_FAILURE = 0.015
LATE_FLIGHT = 0.06
LEAST_SHARE = 0.3
"""Of a planned consignment: what is less is not sent."""

TYPICAL_BQ = {
    "F-18": 0.3e9,
    "Tc-99m": 0.74e9,
    "Ga-68": 0.15e9,
    "I-131": 3.7e9,
    "Lu-177": 7.4e9,
    "Y-90": 2.5e9,
    "Sr-89": 0.148e9,
    "Ac-225": 8e6,
    "Cu-64": 0.2e9,
}
"""A usual dose, where an order does not say for how many patients it is."""

FILED = 0.8
"""Share of transfers that are filed within a week; the others wait (assumption)."""
OVERRIDES = {
    "cn-licence-possession": "Measured a little above the plan; decays below the limit within the day",
    "cn-transfer-approval": "The approval is applied for; the authority has been told, its number follows",
}
MOST_PATIENTS = 20
GENERATOR_PATIENTS = 12
"""Per day from a hospital's own generator."""

# What happens at one moment happens in this order.
STOCK, RECEIPT, ASSAY, RELEASE, DEPARTURE, CARE, PAPERS = range(7)


class Play:
    """The events to come, and the people who bring them about."""

    def __init__(self, network: Network, people: People, seed: int) -> None:
        self.network, self.people = network, people
        self.random = random.Random(seed)  # noqa: S311 - a play, no secret
        self.events: list[tuple[datetime, int, int, Callable[[datetime], None]]] = []
        self.number = count()
        self.done: Counter[str] = Counter()
        self.patients = count(1)
        self.filings = count(1)
        self.paperwork = random.Random(seed + 1)  # noqa: S311 - apart, so that the days stay the same

    def add(self, at: datetime, order: int, what: Callable[[datetime], None]) -> None:
        """Something will happen at ``at``."""
        heapq.heappush(self.events, (at, order, next(self.number), what))

    def run(self, until: datetime, report: Callable[[datetime, int], None]) -> None:
        """Let everything up to ``until`` happen."""
        passed = 0
        while self.events and self.events[0][0] <= until:
            at, _, _, what = heapq.heappop(self.events)
            with clock.frozen(at), transaction.atomic():
                what(at)
            passed += 1
            if passed % 100 == 0:
                report(at, passed)

    # --- what was there, and what the plan says ---------------------------------------------------

    def open_books(self) -> None:
        """Opening stock is taken on at its reference times."""
        for row in self.network.stock:
            at = self.network.instant(row.reference_time)

            def take(now: datetime, row: Any = row) -> None:
                expires = self.network.instant(row.expires) if row.expires else None
                making.take_stock_on(
                    self.people.admin, code=row.id, product=row.product, site=row.site,
                    activity_bq=row.activity, at=now, expires=expires,
                )  # fmt: skip
                self.done["opening lots"] += 1

            self.add(at, STOCK, take)

    def follow(self, plan: str) -> None:
        """The runs and consignments of a committed plan."""
        for run in production.runs(self.people.planner, plan=plan):
            self.add(run.planned_eob, ASSAY, lambda at, code=run.code: self.assay(code, at))
        for row in consignments.consignments(self.people.planner, plan=plan):
            self.add(row.planned_depart, DEPARTURE, lambda at, code=row.code: self.depart(code, at))

    # --- making -----------------------------------------------------------------------------------

    def assay(self, code: str, at: datetime) -> None:
        """The activity of a run is measured; a run whose input is late waits."""
        run = production.run(self.people.planner, code)
        actor = self._maker(run)
        try:
            measured = self._yield_of(run, at)
            if measured <= 0:
                raise ConflictError(f"Nothing goes into run {code}")
            note = "Not what was planned to go in" if making.is_implausible(run, measured, at) else ""
            making.record_eob_assay(
                actor, run, measured_bq=measured, at=at, relative_uncertainty=0.03, note=note
            )
        except ConflictError as error:
            if at - run.planned_eob < PATIENCE:
                self.add(at + HOUR / 2, ASSAY, lambda later: self.assay(code, later))
                return
            making.fail_run(self.people.who("rso", run.organisation), run, at=at, note=str(error))
            self.done["runs failed"] += 1
            return
        self.done["assays"] += 1
        ready = max(run.planned_release, at + (run.planned_release - run.planned_eob))
        self.add(ready, RELEASE, lambda later: self.release(code, later))

    def release(self, code: str, at: datetime) -> None:
        """Quality control passes, or rarely not."""
        run = production.run(self.people.planner, code)
        hospital = run.organisation.kind == OrganisationKind.HOSPITAL
        actor = self.people.who("rso" if hospital else "planner", run.organisation)
        if run.kind != making.ELUTION and self.random.random() < QC_FAILURE:
            making.fail_run(actor, run, at=at, note="Quality control: radiochemical purity below 95 %")
            self.done["runs failed"] += 1
            return
        making.release(actor, run, at=at, note="Quality control passed")
        self.done["releases"] += 1
        lot = production.lot(self.people.planner, code)
        if lot.expires is not None:
            self.add(lot.expires + MINUTE, CARE, lambda later: self.throw_away(code, later))

    def _maker(self, run: Any) -> User:
        hospital = run.organisation.kind == OrganisationKind.HOSPITAL
        return self.people.who("hospital" if hospital and run.kind == making.ELUTION else "planner",
                               run.organisation)  # fmt: skip

    def _yield_of(self, run: Any, at: datetime) -> float:
        """What will be measured at EOB."""
        if run.kind in making.CREATING:
            return float(run.planned_activity_eob_bq) * self._around(0.99, 0.03, 0.92, 1.04)
        if run.kind == making.ELUTION:
            recipe = self.network.process[run.process]
            share = (recipe.elution_efficiency or 1.0) * recipe.processing_yield
            return making.grown_in(run, at) * min(share * self._around(1.0, 0.02, 0.95, 1.03), 1.0)
        planned = sum(
            decayed(run.nuclide, row["activity_bq"], datetime.fromisoformat(row["reference_time"]), at)
            for row in run.inputs
        )
        there = sum(
            self._held(run.organisation, run.site_code, lot, run.nuclide, at)
            if activity is None
            else activity
            for lot, activity in making.inputs_of(run, at).items()
        )
        kept = decayed(run.nuclide, run.planned_activity_eob_bq, run.planned_eob, at) / planned
        return there * min(kept * self._around(0.995, 0.01, 0.96, 1.02), 1.0)

    # --- on the way -------------------------------------------------------------------------------

    def depart(self, code: str, at: datetime) -> None:
        """A dispatcher packs what is there: all that was planned, or each consignment its share."""
        row = consignments.consignment(self.people.planner, code)
        if row.status != "planned":
            return
        sender = self.people.who("dispatcher", row.from_organisation)
        lots = production.lots(self.people.planner).filter(code=row.lot_code)
        lot = lots.first()
        if lot is None or lot.status == "quarantine":
            run = production.runs(self.people.planner).filter(code=row.lot_code).first()
            coming = run is not None and run.status in {"planned", "assayed"}
            if coming and at - row.planned_depart < PATIENCE:
                self.add(at + HOUR / 2, DEPARTURE, lambda later: self.depart(code, later))
                return
        if lot is None or lot.status != "available" or (lot.expires is not None and at > lot.expires):
            self._give_up(row, sender, f"lot {row.lot_code} is not there to be sent")
            return
        wanted = decayed(row.nuclide, row.planned_activity_bq, row.reference_time, at)
        share, held = self._share(row, lot, at)
        if share < LEAST_SHARE or (lot.site_code, lot.organisation_id) != (
            row.from_site,
            row.from_organisation_id,
        ):
            self._give_up(row, sender, f"too little is left of lot {row.lot_code}")
            return
        packed = min(wanted * share * self._around(1.0, 0.01, 0.98, 1.02), held)
        finding = packing_finding(row, packed, at)
        off = finding is not None and finding.severity != "ok"
        by_air = any(leg["mode"] == "flight" for leg in row.legs)
        row = dispatch.dispatch(
            sender, row, activity_bq=packed, at=at, carrier="Air and road" if by_air else "Road",
            vehicle=f"川A·{self.random.randrange(10000, 99999)}", note="All that could be had" if off else "",
        )  # fmt: skip
        self.done["dispatched"] += 1
        for leg in row.legs[:-1]:
            passed = datetime.fromisoformat(leg["end"])
            self.add(
                max(passed, at), DEPARTURE, lambda later, where=leg["to"]: self.pass_on(code, where, later)
            )
        if by_air and self.random.random() < LATE_FLIGHT:
            takes_off = next(leg for leg in row.legs if leg["mode"] == "flight")
            self.add(
                max(datetime.fromisoformat(takes_off["start"]), at),
                DEPARTURE,
                lambda later, where=takes_off["from"]: self.delay(code, where, later),
            )
        self.add(row.expected_arrive, RECEIPT, lambda later: self.arrive(code, later))

    def _share(self, row: Any, lot: Any, at: datetime) -> tuple[float, float]:
        """Of what is planned to be taken from a lot from now on, the share that is there; and what is."""
        held = self._held(row.from_organisation, row.from_site, lot.code, row.nuclide, at)
        waiting = consignments.consignments(self.people.planner, lot=lot.code, status="planned")
        wanted = sum(
            decayed(other.nuclide, other.planned_activity_bq, other.reference_time, at) for other in waiting
        )
        for run in production.runs(self.people.planner, site=row.from_site, status="planned"):
            wanted += sum(
                decayed(run.nuclide, part["activity_bq"], datetime.fromisoformat(part["reference_time"]), at)
                for part in run.inputs
                if part["lot"] == lot.code
            )
        return (min(held / wanted, 1.0) if wanted > 0 else 0.0), held

    def _give_up(self, row: Any, sender: User, why: str) -> None:
        dispatch.cancel(sender, row, note=why)
        self.done["not sent"] += 1

    def pass_on(self, code: str, where: str, at: datetime) -> None:
        """From one carrier to the next."""
        row = consignments.consignment(self.people.planner, code)
        if row.status == "dispatched":
            dispatch.hand_over(self.people.who("dispatcher", row.from_organisation), row, place=where, at=at)

    def delay(self, code: str, where: str, at: datetime) -> None:
        """The flight is late."""
        row = consignments.consignment(self.people.planner, code)
        if row.status != "dispatched":
            return
        late = row.expected_arrive + self.random.randrange(40, 130) * MINUTE
        dispatch.report_delay(
            self.people.who("dispatcher", row.from_organisation), row, expected_arrive=late, at=at,
            place=where, note="Flight delayed by the airline",
        )  # fmt: skip
        self.done["flights late"] += 1

    def arrive(self, code: str, at: datetime) -> None:
        """The consignee measures what has come; above the licence only its safety officer takes it in."""
        row = consignments.consignment(self.people.planner, code)
        if row.expected_arrive > at:
            self.add(row.expected_arrive, RECEIPT, lambda later: self.arrive(code, later))
            return
        holder = row.to_organisation
        hospital = holder.kind == OrganisationKind.HOSPITAL
        measured = consignments.predicted_bq(row, at) * self._around(1.0, 0.02, 0.95, 1.05)
        values: dict[str, Any] = {"measured_bq": measured, "at": at, "relative_uncertainty": 0.03}
        try:
            taker = self.people.who("hospital" if hospital else "dispatcher", holder)
            row = dispatch.receive(taker, row, **values)
        except ConflictError:
            officer = self.people.who("rso", holder)
            found = receipt_findings(officer, row, at, measured)
            broken = {each.rule for each in found if each.severity == "block"}
            if not broken or not broken <= OVERRIDES.keys():
                raise  # nobody in the play would take this in
            reason = OVERRIDES[min(broken)]
            row = dispatch.receive(officer, row, **values, override_reason=reason)
            self.done["received by override"] += 1
        self.done["received"] += 1
        if row.from_organisation_id != row.to_organisation_id and self.paperwork.random() < FILED:
            wait = timedelta(days=self.paperwork.uniform(1, 6))
            self.add(at + wait, PAPERS, lambda later: self.file(code, later))
        if row.order_code and hospital:
            self._treat_with(row, at)

    def file(self, code: str, at: datetime) -> None:
        """The safety officer of the consignor files a transfer with the authority."""
        row = consignments.consignment(self.people.planner, code)
        sender = row.from_organisation
        supervision.record_filing(
            self.people.who("rso", sender), sender, Duty.TRANSFER, code,
            filed_on=at.astimezone(self.network.zone).date(), number=f"{at:%Y}-{next(self.filings):04d}",
        )  # fmt: skip
        self.done["transfers filed"] += 1

    # --- care -------------------------------------------------------------------------------------

    def _treat_with(self, row: Any, at: datetime) -> None:
        """The patients of an order, from its calibration time on."""
        lot = production.lot(self.people.planner, row.package_lot)
        order = market.order(self.people.planner, row.order_code)
        if lot.daughter:
            self._elute_daily(lot, at)
            return
        first = max(at + 15 * MINUTE, row.reference_time)
        self._give_doses(lot, order.patients, first, at)

    def _give_doses(
        self, lot: Any, patients: int | None, first: datetime, at: datetime, most_bq: float = math.inf
    ) -> None:
        """Equal doses of ``most_bq`` at most one after another, then the rest into the bin."""
        held = decayed(
            lot.nuclide, self._held(lot.organisation, lot.site_code, lot.code, lot.nuclide, at), at, first
        )
        number = patients or round(held / TYPICAL_BQ.get(lot.nuclide, held))
        number = max(1, min(number, MOST_PATIENTS))
        rate = nuclide_of(lot.nuclide).decay_const
        gap = (8 if rate > 1e-5 else 20) * MINUTE
        moments = [first + i * gap for i in range(number)]
        if lot.expires is not None:
            moments = [moment for moment in moments if moment + 10 * MINUTE < lot.expires]
        needed = sum(math.exp(rate * (moment - first).total_seconds()) for moment in moments)
        for moment in moments:
            dose = min(0.96 * held / needed, most_bq)
            self.add(moment, CARE, lambda now, bq=dose: self.dispense(lot.code, bq, now))
        last = moments[-1] if moments else first
        self.add(last + HOUR, CARE, lambda now: self.throw_away(lot.code, now))

    def dispense(self, code: str, activity_bq: float, at: datetime) -> None:
        """Draw a dose; it is given some minutes later."""
        lot = production.lot(self.people.planner, code)
        nurse = self.people.who("hospital", lot.organisation)
        try:
            dose = clinic.dispense(
                nurse, lot, activity_bq=activity_bq * self._around(1.0, 0.01, 0.97, 1.03), at=at,
                patient_code=f"P{next(self.patients):05d}",
            )  # fmt: skip
        except ConflictError:
            self.done["doses not to be had"] += 1
            return
        self.done["doses dispensed"] += 1
        left = 0.0 if "capsule" in lot.product else self._around(0.02, 0.006, 0.005, 0.04)

        def give(now: datetime) -> None:
            there = decayed(dose.nuclide, dose.activity_bq, dose.at, now)
            day = f"{now + 8 * HOUR:%m%d}"
            clinic.administer(
                nurse, dose, at=now, residual_bq=there * left, container=f"{dose.nuclide}-{day}"
            )
            self.done["doses administered"] += 1

        self.add(at + self.random.randrange(4, 10) * MINUTE, CARE, give)

    def _elute_daily(self, generator: Any, at: datetime) -> None:
        """A hospital elutes its generator every morning at half past seven, Chinese time."""
        morning = (at + 8 * HOUR).replace(hour=7, minute=30, second=0, microsecond=0) - 8 * HOUR
        while morning < at + 2 * HOUR:
            morning += 24 * HOUR

        def elute(now: datetime) -> None:
            lot = production.lot(self.people.planner, generator.code)
            if lot.expires is not None and now > lot.expires:
                return
            grown = self._held(lot.organisation, lot.site_code, lot.code, "Tc-99m", now)
            nurse = self.people.who("hospital", lot.organisation)
            measured = grown * self._around(0.87, 0.02, 0.8, 0.92)
            eluate = making.record_elution(nurse, lot, measured_bq=measured, at=now)
            self.done["elutions in hospitals"] += 1
            self._give_doses(eluate, GENERATOR_PATIENTS, now + HOUR / 2, now, TYPICAL_BQ[eluate.nuclide])
            self.add(now + 24 * HOUR, CARE, elute)

        self.add(morning, CARE, elute)

    def throw_away(self, code: str, at: datetime) -> None:
        """What is left of a lot goes into the waste store."""
        lot = production.lot(self.people.planner, code)
        if lot.status != "available":
            return
        hospital = lot.organisation.kind == OrganisationKind.HOSPITAL
        actor = self.people.who("hospital" if hospital else "dispatcher", lot.organisation)
        try:
            waste.record_waste(actor, lot, at=at, container=f"{lot.nuclide}-{at + 8 * HOUR:%m%d}")
        except BecqError:
            return  # nothing is left
        self.done["left over to waste"] += 1

    # --- numbers ----------------------------------------------------------------------------------

    def _around(self, mean: float, sigma: float, least: float, most: float) -> float:
        return min(max(self.random.gauss(mean, sigma), least), most)

    def _held(self, holder: Organisation, site: str, lot: str, nuclide: str, at: datetime) -> float:
        held = ledger.state_of(place(holder, site), lot, at).activity_bq.get(nuclide, 0.0)
        return max(held, 0.0)
