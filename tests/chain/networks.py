"""Random networks for property tests: consistent as a whole, odd in every single value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from becq.chain.approval import Approval
from becq.chain.fields import WEEKDAYS
from becq.chain.lane import Departure, Lane
from becq.chain.network import Network
from becq.chain.order import Order, StandingOrder, StockLot
from becq.chain.process import Outage, Process, Resource
from becq.chain.product import Product
from becq.chain.road import RoadLeg
from becq.chain.site import Licence, LicensedNuclide, LicensedOperation, Site
from becq.chain.vehicle import Packaging, Vehicle

ODD_TEXTS = (
    *("= A1 & 'x'", "null", "yes", "2026-03-02", "08:00", "1e5", "007", "# no comment", "a: b", "- item"),
    *("tab\there", "quote \" and '", "_x0041_", "<b>&amp;</b>", "０１２", "NaN", "\u2028x", "{a}", "*", "&a"),
    *("😀 smile", "!b", "%c", "@d", "`e", "true", ".5", "~", "a #b", "back\\slash", "|-\n x", "http://a.b"),
    "多行\n文本\n\n  缩进",
)

texts = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=12,
    ),
).filter(lambda text: bool(text.strip()) and not any(ord(letter) & 0xFFFE == 0xFFFE for letter in text))
maybe_text = st.none() | texts
activities = st.one_of(
    st.sampled_from((7.4e9, 3.7e10, 1e-3, 1e15, 7.4e9 / 3)), st.floats(1e-3, 1e18, exclude_min=True)
)
durations = st.one_of(st.sampled_from((60.0, 3600.0, 1209600.0, 0.1)), st.floats(1e-3, 1e9))
specific = st.floats(1.0, 1e20)
shares = st.floats(1e-6, 1.0)
costs = st.one_of(st.just(0.0), st.floats(0, 1e9))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.sampled_from((0, 0, 1, 59)))
days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True)
calendar_days = st.dates(date(2001, 1, 1), date(2099, 1, 1))
naive = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment if moment.second % 7 == 0 else moment.replace(microsecond=0)
)
zones = st.sampled_from((UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))))
aware = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), naive, zones)
instants = naive | aware
provenance = {"source": maybe_text, "assumption": maybe_text}
PLACES = (
    {},
    {"province": "no province"},
    {"province": "四川", "division": "511402", "jurisdiction": "CN-51"},
    {"province": "Sichuan", "division": "510000"},
    {"province": "Gelderland", "jurisdiction": "IAEA"},
    {"division": "110101", "jurisdiction": "CN-1101"},
)
KINDS = (
    {"kind": "hospital"},
    {"kind": "hospital", "use_class": 4},
    {"kind": "reactor"},
    {"kind": "radiopharmacy"},
)
NUCLIDES = ("Tc-99m", "Mo-99", "Lu-177", "F-18", "Yb-177!", "I-131")


def _q(value: float) -> str:
    return f"{value!r} Bq"


quantities = activities.map(_q)
spans = durations.map(lambda value: f"{value!r} s")


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    start = draw(instants)
    end = start + timedelta(seconds=draw(st.integers(1, 10**7)))
    return Outage(
        start=start, end=end, reason=draw(texts), source=draw(maybe_text), assumption=draw(maybe_text)
    )


@st.composite
def licences(draw: st.DrawFn) -> Licence:
    nuclides = draw(st.lists(st.sampled_from(NUCLIDES), max_size=3, unique=True))
    classes = draw(
        st.dictionaries(texts.map(str.strip), st.sampled_from("ABC"), max_size=2) if nuclides else st.just({})
    )
    handled = [(place, name) for place in classes for name in nuclides]
    operations = []
    for place, name in draw(st.permutations(handled)):
        daily = draw(activities)
        operations.append(
            LicensedOperation(
                workplace=place,
                workplace_class=classes[place],
                nuclide=name,
                operation=draw(st.sampled_from((None, "simple-liquid", "storage-liquid"))),
                daily_limit=_q(daily),
                yearly_limit=draw(st.sampled_from((None, _q(daily * 220)))),
                source=draw(maybe_text),
                assumption=draw(maybe_text),
            )
        )
    return Licence(
        number=draw(maybe_text),
        scope=draw(st.lists(st.sampled_from(("produce", "sell", "use")), min_size=1, unique=True)),
        valid_until=draw(st.none() | calendar_days),
        nuclides=[
            LicensedNuclide(
                nuclide=name,
                possession_limit=draw(quantities),
                source=draw(maybe_text),
                assumption=draw(maybe_text),
            )
            for name in nuclides
        ],
        operations=operations,
    )


def _ids(prefix: str, most: int, least: int = 0) -> st.SearchStrategy[list[str]]:
    odd = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,8}", fullmatch=True)
    return st.lists(
        odd | st.integers(0, 999).map(lambda n: f"{prefix}{n}"), min_size=least, max_size=most, unique=True
    )


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A network that passes every check."""

    def some(name: str) -> str | None:
        return draw(maybe_text, label=name)

    sites = [
        Site(
            id=identifier,
            name=draw(texts),
            name_zh=draw(texts),
            **draw(st.sampled_from(KINDS)),
            organisation=some("organisation"),
            **draw(st.sampled_from(PLACES)),
            city=some("city"),
            lat=draw(st.floats(-90, 90)),
            lon=draw(st.floats(-180, 180) | st.integers(-180, 180)),
            timezone=draw(st.sampled_from(("Asia/Shanghai", "UTC", "Europe/Berlin"))),
            licence=draw(st.none() | licences()),
            source=some("source"),
            assumption=some("assumption"),
        )
        for identifier in draw(_ids("S", 4, 2))
    ]
    at = st.sampled_from([site.id for site in sites])
    products = [
        Product(
            id=identifier,
            name=draw(texts),
            name_zh=draw(texts),
            kind="generator" if kind == "Mo-99" else draw(st.sampled_from(("bulk", "radiopharmaceutical"))),
            nuclide=kind,
            daughter="Tc-99m" if kind == "Mo-99" else None,
            form=some("form"),
            shelf_life=draw(spans),
            min_specific_activity=draw(st.none() | specific.map(lambda v: f"{v!r} Bq/g")),
            calibration_hour=draw(st.none() | clocks),
            calibration_day_offset=draw(st.integers(0, 60)),
        )
        for identifier, kind in zip(draw(_ids("P", 3, 1)), draw(st.permutations(NUCLIDES)), strict=False)
    ]
    ware = st.sampled_from([product.id for product in products])
    resources = [
        Resource(
            id=identifier,
            site=draw(at),
            name=draw(texts),
            name_zh=draw(texts),
            kind=draw(st.sampled_from(("reactor", "hot_cell", "other"))),
            positions=draw(st.integers(1, 10**9)),
            changeover=draw(spans),
            outages=draw(st.lists(outages(), max_size=2)),
        )
        for identifier in draw(_ids("R", 2))
    ]
    processes = []
    for identifier in draw(_ids("X", 3)):
        resource = draw(st.sampled_from([None, *resources]))
        processes.append(
            Process(
                id=identifier,
                site=resource.site if resource else draw(at),
                resource=resource.id if resource else None,
                kind=draw(st.sampled_from(("reactor_irradiation", "accelerator_run", "import"))),
                product=draw(ware),
                name=some("name"),
                activity_per_batch=draw(quantities),
                max_units=draw(st.none() | st.integers(1, 99)),
                processing_yield=draw(shares),
                duration=draw(spans),
                processing_time=draw(spans),
                qc_time=draw(spans),
                specific_activity_eob=draw(specific.map(lambda v: f"{v!r} Bq/g")),
                start_days=draw(days),
                start_times=draw(st.lists(clocks, min_size=1, max_size=3)),
                outages=draw(st.lists(outages(), max_size=2)),
                cost=draw(costs),
                currency=draw(texts),
            )
        )
    lanes = [
        Lane(id="road", mode="road", origins=["*"], destinations=["*"], speed_kmh=draw(st.floats(1, 400)))
    ]
    lanes += [
        Lane(
            id=identifier,
            mode=draw(st.sampled_from(("flight", "train"))),
            origins=[sites[0].id],
            destinations=[site.id for site in sites[1:]],
            both_ways=draw(st.booleans()),
            detour_factor=draw(st.floats(1, 3)),
            cut_off=draw(spans),
            handling=draw(spans),
            cost_per_trip=draw(costs),
            departures=draw(
                st.lists(
                    st.builds(
                        Departure,
                        days=days,
                        time=clocks,
                        duration=spans,
                        capacity_packages=st.none() | st.integers(0, 99),
                        number=maybe_text,
                    ),
                    min_size=1,
                    max_size=3,
                )
            ),
        )
        for identifier in draw(_ids("L", 2))
        if identifier != "road"
    ]
    pairs = [(a.id, b.id) for a in sites for b in sites if a.id < b.id]
    roads = [
        RoadLeg(
            id=identifier,
            origin=pair[0],
            destination=pair[1],
            both_ways=draw(st.booleans()),
            distance_km=draw(st.floats(0.1, 50)),
            duration=f"{draw(st.floats(3600, 1e6))!r} s",
            source=some("source"),
            assumption=some("assumption"),
        )
        for identifier, pair in zip(draw(_ids("W", 2)), draw(st.permutations(pairs)), strict=False)
    ]
    approvals = []
    for identifier in draw(_ids("A", 2)):
        origin, destination = draw(st.permutations([site.id for site in sites]))[:2]
        first, last = sorted((draw(calendar_days), draw(calendar_days)))
        approvals.append(
            Approval(
                id=identifier,
                origin=origin,
                destination=destination,
                nuclide=draw(st.sampled_from(NUCLIDES)),
                activity=draw(quantities),
                trade=draw(st.sampled_from(("domestic", "import", "export"))),
                number=some("number"),
                valid_from=first,
                valid_until=last,
                source=some("source"),
            )
        )
    vehicles = []
    for identifier in draw(_ids("V", 2)):
        shift = sorted(draw(st.lists(clocks, min_size=2, max_size=2, unique=True)))
        vehicles.append(
            Vehicle(
                id=identifier,
                site=draw(at),
                name=draw(texts),
                name_zh=draw(texts),
                count=draw(st.integers(1, 99)),
                speed_kmh=draw(st.none() | st.floats(1, 200)),
                package_limit=draw(st.none() | st.integers(1, 99)),
                transport_index_limit=draw(st.none() | st.floats(0.1, 500)),
                days=draw(days),
                shift_start=shift[0],
                shift_end=shift[1],
                duty=draw(st.none() | spans),
                loading=draw(spans),
                unloading=draw(spans),
                cost_per_day=draw(costs),
                cost_per_km=draw(costs),
                cost_per_hour=draw(costs),
                currency=draw(texts),
                assumption=some("assumption"),
            )
        )
    packagings = []
    if draw(st.booleans()):
        shield = draw(st.none() | st.sampled_from(("lead", "tungsten", "iron")))
        packagings.append(
            Packaging(
                id="PACK",
                products=[product.id for product in products],
                shield=shield,
                thickness_mm=draw(st.floats(0.1, 99)) if shield else 0.0,
                radius_mm=draw(st.floats(100, 5000)),
                capacity=draw(st.none() | quantities),
                source=some("source"),
            )
        )
    stock = []
    for identifier in draw(_ids("K", 2)):
        reference = draw(instants)
        expires = reference + timedelta(seconds=draw(st.integers(1, 10**6)))
        stock.append(
            StockLot(
                id=identifier,
                site=draw(at),
                product=draw(ware),
                activity=draw(quantities),
                reference_time=reference,
                expires=draw(st.sampled_from((None, expires))),
            )
        )
    common = {"tolerance": st.floats(0, 1), "priority": st.integers(1, 3), "partial": st.booleans()}
    others = [product.id for product in products]

    def wanted() -> dict[str, Any]:
        """What is ordered, and what an order may say of parts and of other products."""
        product, activity = draw(ware), draw(quantities)
        found: dict[str, Any] = {"product": product, "activity": activity}
        if draw(st.booleans()):
            found |= {"split": True, "most_parts": draw(st.integers(2, 20))}
            if draw(st.booleans()):
                found["least_part"] = activity
        names = draw(st.lists(st.sampled_from(others), unique=True, max_size=2))
        cost = st.none() | st.floats(0, 1e6)
        found["alternatives"] = [
            {"product": name, "activity": draw(quantities), "cost": draw(cost)}
            for name in names
            if name != product
        ]
        return found

    standing = []
    for identifier in draw(_ids("T", 2)):
        earliest, latest = sorted((draw(clocks), draw(clocks)))
        first, last = sorted((draw(calendar_days), draw(calendar_days)))
        standing.append(
            StandingOrder(
                id=identifier,
                site=draw(at),
                **wanted(),
                days=draw(days),
                earliest=earliest,
                latest=latest,
                calibration=draw(clocks),
                calibration_day_offset=draw(st.integers(0, 60)),
                valid_from=draw(st.sampled_from((None, first))),
                valid_to=draw(st.sampled_from((None, last))),
                **{name: draw(value) for name, value in common.items()},
            )
        )
    orders = []
    for identifier in draw(_ids("O", 2)):
        earliest_at = draw(instants)
        orders.append(
            Order(
                id=identifier,
                site=draw(at),
                **wanted(),
                calibration=draw(instants),
                earliest=earliest_at,
                latest=earliest_at + timedelta(seconds=draw(st.integers(0, 10**6))),
                patients=draw(st.none() | st.integers(0, 99)),
                source=some("source"),
                **{name: draw(value) for name, value in common.items()},
            )
        )
    return Network(
        name=draw(texts),
        name_zh=some("name_zh"),
        timezone=draw(st.sampled_from(("Asia/Shanghai", "UTC"))),
        note=some("note"),
        sites=sites,
        products=products,
        resources=resources,
        processes=processes,
        lanes=lanes,
        roads=roads,
        approvals=approvals,
        vehicles=vehicles,
        packagings=packagings,
        stock=stock,
        standing_orders=standing,
        orders=orders,
    )
