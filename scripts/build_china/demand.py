"""What the hospitals order: standing orders from the patients of a week, dated orders for what is rare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from becq.physics.nuclides import nuclide
from build_china.hospitals import Hospital, hospitals, weekly_patients, whole
from build_china.tables import FIRST, WEEKS, Item, activity, parameter, table

DAYS = {
    1: (["tue"], ["wed"], ["thu"]),
    2: (["tue", "thu"], ["mon", "wed"]),
    3: (["mon", "wed", "fri"],),
    4: (["mon", "tue", "wed", "thu"],),
    5: (["mon", "tue", "wed", "thu", "fri"],),
}
"""Days of delivery by their number; hospitals take the choices in turn."""
TC99M = ("bone", "thyroid", "renal", "cardiac")
GENERATORS_GBQ = (11.1, 18.5, 37.0, 55.5, 74.0, 111.0, 148.0, 185.0)
"""Sizes of Mo-99/Tc-99m generators at the calibration: within the range of the makers of production.csv."""
ELUTED, LABELLED = 0.9, 0.95
MIDWEEK_DAYS = 4
"""From the calibration on Monday to the elution on Friday, the weakest of a week."""


@dataclass(frozen=True)
class Window:
    """When an order is delivered and to when its activity is calibrated (in days after the delivery)."""

    earliest: str
    latest: str
    calibration: str
    offset: int = 0


MORNING = Window("05:30", "07:45", "08:00")
WINDOWS = {
    "hyperthyroidism": Window("08:00", "16:00", "12:00", 1),
    "thyroid-cancer": Window("08:00", "16:00", "12:00", 1),
    "uptake": Window("08:00", "16:00", "12:00", 1),
    "bone-metastases": Window("08:00", "16:00", "12:00", 1),
    "seeds": Window("08:00", "17:00", "12:00", 1),
    "lu-psma": Window("06:30", "12:00", "14:00"),
    "lu-dotatate": Window("06:30", "12:00", "14:00"),
    "sirt": Window("07:00", "12:00", "14:00"),
    "ra223": Window("08:00", "16:00", "12:00", 1),
    "ac225": Window("08:00", "16:00", "16:00"),
    "cu64": Window("08:00", "13:00", "14:00"),
    "psma-pet": Window("12:30", "14:45", "15:00"),
    "amyloid": Window("12:30", "14:45", "15:00"),
}
RARE_DAY = {
    "bone-metastases": 2,
    "lu-psma": 1,
    "lu-dotatate": 3,
    "sirt": 2,
    "seeds": 1,
    "ra223": 3,
    "ac225": 3,
    "cu64": 2,
    "psma-pet": 1,
    "amyloid": 3,
}
"""Kinds with less than a patient a week in most hospitals have dated orders: day of the week of delivery
(Monday 0)."""
PRIORITY = {"thyroid-cancer": 1, "lu-psma": 1, "lu-dotatate": 1, "sirt": 1, "ac225": 1, "ra223": 1,
            "uptake": 3, "hyperthyroidism": 3, "cu64": 3}  # fmt: skip
NUCLIDES = {"ga68": "Ga-68", "psma-pet": "F-18", "amyloid": "F-18"}
"""Kinds whose patients of a session share one delivery, one after the other: what decays meanwhile."""


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Rows of procedures.csv by kind."""
    return {row["kind"]: row for row in table("procedures")}


def session_gbq(name: str, dose_mbq: float, patients: int, spacing_min: float) -> float:
    """Activity at the first injection from which ``patients`` are served, one every ``spacing_min``."""
    half_life_min = nuclide(name).half_life_s / 60.0
    return sum(dose_mbq * 2 ** (n * spacing_min / half_life_min) for n in range(patients)) / 1e3


def tc99m_gbq(kind: str, patients: int) -> float:
    """The same for a morning of Tc-99m."""
    spacing = parameter("tc_span") / max(1, patients - 1)
    return session_gbq("Tc-99m", float(kinds()[kind]["activity_mbq"]), patients, spacing)


@dataclass
class Sharing:
    """Whole patients out of rates: what a hospital's sessions leave over goes to the next hospital."""

    carry: float = 0.0

    def sessions(self, rate: float, least: int, most_days: int) -> tuple[int, int]:
        """(days a week, patients a session)"""
        wanted = rate + self.carry
        days = max(1, min(most_days, int(wanted / least)))
        patients = max(0, round(wanted / days))
        self.carry = wanted - days * patients
        return days, patients


def item(hospital: Hospital, name: str, product: str, gbq: float, window: Window, **more: object) -> Item:
    """A standing order."""
    offset = {"calibration_day_offset": window.offset} if window.offset else {}
    return {
        "id": f"{hospital.code}.{name}",
        "site": hospital.id,
        "product": product,
        "activity": activity(gbq),
        "earliest": window.earliest,
        "latest": window.latest,
        "calibration": window.calibration,
        **offset,
        **more,
        "assumption": f"procedures.csv: {name.rpartition('-')[0] if name[-3:] in ('-am', '-pm') else name}",
    }


def chosen(days: int, hospital: Hospital) -> list[str]:
    choices = DAYS[days]
    return choices[hospital.number % len(choices)]


def standing_orders() -> Iterator[Item]:
    """Orders that repeat weekly."""
    yield from fdg()
    yield from technetium()
    yield from gallium()
    for kind in ("hyperthyroidism", "thyroid-cancer", "uptake"):
        row, sharing = kinds()[kind], Sharing()
        for hospital, rate in zip(hospitals(), weekly_patients(kind), strict=True):
            if not rate:
                continue
            days, patients = sharing.sessions(rate, int(row["least_session"]), int(row["most_days"]))
            if not patients:
                continue
            gbq = patients * float(row["activity_mbq"]) / 1e3
            product = row["product"]
            if kind == "thyroid-cancer" and hospital.size != "large":
                product = "i131-solution"  # wards of smaller hospitals dispense it themselves
            yield item(
                hospital, kind, product, gbq, WINDOWS[kind],
                days=chosen(days, hospital), priority=PRIORITY[kind], patients=patients,
            )  # fmt: skip


def fdg() -> Iterator[Item]:
    row, sharing = kinds()["fdg"], Sharing()
    for hospital, rate in zip(hospitals(), weekly_patients("fdg"), strict=True):
        if not rate:
            continue
        days, daily = sharing.sessions(rate, int(row["least_session"]), int(row["most_days"]))
        far = not hospital.own_machine and hospital.km("fdg") > parameter("far_km")
        windows = {"am": Window("06:30", "07:45", "08:00"), "pm": Window("11:15", "12:45", "13:00")}
        if far:
            windows = {"am": Window("07:30", "09:45", "10:00"), "pm": Window("12:30", "14:15", "14:30")}
        afternoon = daily // 2 if daily > 6 else 0
        for name, patients in (("am", daily - afternoon), ("pm", afternoon)):
            if patients:
                spacing = parameter("injection_spacing") / hospital.pet
                gbq = session_gbq("F-18", float(row["activity_mbq"]), patients, spacing)
                yield item(
                    hospital, f"fdg-{name}", row["product"], gbq, windows[name],
                    days=chosen(days, hospital), priority=2, patients=patients,
                )  # fmt: skip


def technetium_sessions() -> Iterator[tuple[Hospital, dict[str, tuple[int, int]]]]:
    """Each hospital with SPECT: days a week and patients a day of each kind of scan."""
    sharing = {kind: Sharing() for kind in TC99M}
    rates = {kind: weekly_patients(kind) for kind in TC99M}
    for hospital in hospitals():
        if not hospital.spect:
            continue
        found = {}
        for kind in TC99M:
            row = kinds()[kind]
            days, patients = sharing[kind].sessions(
                rates[kind][hospital.number], int(row["least_session"]), int(row["most_days"])
            )
            if patients:
                found[kind] = days, patients
        if found:
            yield hospital, found


def technetium() -> Iterator[Item]:
    """Doses of each kind where a pharmacy is near, else a generator for all of them."""
    for hospital, sessions in technetium_sessions():
        if hospital.km("tc99m") <= parameter("pharmacy_km"):
            for kind, (days, patients) in sessions.items():
                yield item(
                    hospital, kind, kinds()[kind]["product"], tc99m_gbq(kind, patients), MORNING,
                    days=chosen(days, hospital), priority=2, patients=patients,
                )  # fmt: skip
            continue
        daily_gbq = sum(tc99m_gbq(kind, patients) for kind, (_, patients) in sessions.items())
        weekly = sum(days * patients for days, patients in sessions.values())
        weaker = 2 ** (MIDWEEK_DAYS * 86400 / nuclide("Mo-99").half_life_s)
        needed = daily_gbq / (ELUTED * LABELLED) * weaker
        size = next((size for size in GENERATORS_GBQ if size >= needed), GENERATORS_GBQ[-1])
        yield item(
            hospital, "generator", "tc99m-generator", size, Window("08:00", "20:00", "08:00", 1),
            days=["sun"], priority=1, patients=weekly,
        )  # fmt: skip


def gallium() -> Iterator[Item]:
    row, sharing = kinds()["ga68"], Sharing()
    for hospital, rate in zip(hospitals(), weekly_patients("ga68"), strict=True):
        if not rate:
            continue
        days, patients = sharing.sessions(rate, int(row["least_session"]), int(row["most_days"]))
        if patients:
            gbq = session_gbq(
                "Ga-68", float(row["activity_mbq"]), patients, parameter("injection_spacing") / 2
            )
            yield item(
                hospital, "ga68", row["product"], gbq, Window("08:30", "09:30", "09:30"),
                days=["tue", "thu"][:days], priority=2, patients=patients,
            )  # fmt: skip


def single_orders() -> Iterator[Item]:
    """Orders of the two weeks for what is rare: whole patients week by week, spread over the hospitals."""
    for kind in RARE_DAY:
        row, rates = kinds()[kind], weekly_patients(kind)
        users = [hospital for hospital in hospitals() if rates[hospital.number]]
        counts = whole(rates[hospital.number] for _ in range(WEEKS) for hospital in users)
        for place, patients in enumerate(counts):
            if not patients:
                continue
            week, hospital = place // len(users), users[place % len(users)]
            yield dated(kind, row, hospital, week, patients)


def dated(kind: str, row: dict[str, str], hospital: Hospital, week: int, patients: int) -> Item:
    window = WINDOWS[kind]
    day = FIRST + timedelta(days=7 * week + RARE_DAY[kind])
    dose = float(row["activity_mbq"])
    gbq = patients * dose / 1e3
    if kind in NUCLIDES:
        gbq = session_gbq(NUCLIDES[kind], dose, patients, parameter("injection_spacing") / hospital.pet)
    return {
        "id": f"{hospital.code}.{kind}.{day:%m%d}",
        "site": hospital.id,
        "product": row["product"],
        "activity": activity(gbq),
        "calibration": f"{day + timedelta(days=window.offset)} {window.calibration}",
        "earliest": f"{day} {window.earliest}",
        "latest": f"{day} {window.latest}",
        "priority": PRIORITY.get(kind, 2),
        "patients": patients,
        "assumption": f"procedures.csv: {kind}",
    }
