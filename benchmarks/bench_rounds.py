"""Delivery rounds against published solutions: the cost found over the best known one.

    BECQ_ROUTING_DATA=FOLDER python benchmarks/bench_rounds.py [--all] [--seconds 60] [NAME ...]

The folder holds ``Solomon`` (instances .txt and solutions .sol of CVRPLIB's set Solomon: time windows) and
``MTVRPTWR`` (.vrp and .sol of the repository PyVRP/Instances: several rounds a vehicle, and goods that are
released in the course of the day). Both count distances and times truncated to one decimal (the convention of
the DIMACS challenge) and the distance alone. Bar: within 1 % of the best known on every instance of Solomon.

Without the folder, only the rounds of a day of the Sichuan network are timed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from becq.planning.rounds.search import search
from becq.planning.rounds.tours import Choice, Fleet, Stop, TourProblem

BAR = 1.01
SOLOMON = (
    "R101", "R112", "C101", "C109", "RC101", "RC108", "R201", "R211", "C201", "C208", "RC201", "RC208",
)  # fmt: skip
MULTI = ("C201R0.25", "C208R0.75", "R201R0.5", "R211R0.25", "RC201R0.75", "RC208R0.5")
EXAMPLE = Path(__file__).parent.parent / "examples" / "sichuan" / "network.yaml"


def read_problem(path: Path) -> TourProblem:
    """An instance in tenths."""
    import vrplib

    solomon = path.suffix == ".txt"
    data = vrplib.read_instance(path, instance_format="solomon" if solomon else "vrplib")
    places = np.asarray(data["node_coord"], float)
    apart = np.floor(10 * np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 1e-9)
    distance = apart.astype(np.int64)
    count = len(places)
    service = 10 * np.broadcast_to(np.asarray(data["service_time"], np.int64), count).copy()
    service[0] = 0
    windows = 10 * np.asarray(data["time_window"], np.int64)
    released = 10 * np.asarray(data.get("release_time", np.zeros(count)), np.int64)
    duration = distance + service[:, None]
    np.fill_diagonal(duration, 0)
    stops = tuple(
        Stop(
            int(windows[n, 0]),
            int(windows[n, 1]),
            (Choice(int(released[n]), (int(data["demand"][n]),)),),
        )
        for n in range(1, count)
    )
    fleet = Fleet(
        count=int(data["vehicles"]),
        capacity=(int(data["capacity"]),),
        opens=int(windows[0, 0]),
        closes=int(windows[0, 1]),
        longest=int(windows[0, 1] - windows[0, 0]),
        fixed=0,
        per_distance=1,
        per_duration=0,
        distance=distance,
        duration=duration,
        most_rounds=1 if solomon else None,
    )
    return TourProblem(stops, (fleet,))


def best_known(path: Path) -> int:
    """Cost of the published solution in tenths: CVRPLIB writes it in units, PyVRP/Instances in tenths."""
    words = path.read_text(encoding="utf-8").replace(":", " ").split()
    cost = float(words[words.index("Cost") + 1])
    return round(cost if path.parent.name == "MTVRPTWR" else 10 * cost)


def check(problem: TourProblem, found: object) -> int:
    """The distance of tours, replayed from the matrices; every limit is asserted on the way."""
    [fleet] = problem.fleets
    seen: list[int] = []
    total = 0
    assert len(found.tours) <= fleet.count  # type: ignore[attr-defined]
    for tour in found.tours:  # type: ignore[attr-defined]
        now = fleet.opens
        for each in tour.rounds:
            ready = max(problem.stops[visit.stop].choices[0].ready for visit in each.visits)
            now, here = max(now, ready), 0
            assert sum(problem.stops[v.stop].choices[0].load[0] for v in each.visits) <= fleet.capacity[0]
            for visit in each.visits:
                stop = problem.stops[visit.stop]
                now = max(now + int(fleet.duration[here, visit.stop + 1]), stop.opens)
                assert now <= stop.closes
                total += int(fleet.distance[here, visit.stop + 1])
                here = visit.stop + 1
                seen.append(visit.stop)
            now += int(fleet.duration[here, 0])
            total += int(fleet.distance[here, 0])
        assert now <= fleet.closes
    assert sorted(seen) == list(range(len(problem.stops)))
    return total


def measure(folder: Path, names: list[str], seconds: float) -> float:
    """Search each instance; the largest ratio to the best known."""
    worst = 0.0
    for name in names:
        path = next(folder / f"{name}{end}" for end in (".txt", ".vrp") if (folder / f"{name}{end}").exists())
        problem, known = read_problem(path), best_known(folder / f"{name}.sol")
        began = time.perf_counter()
        found = search(problem, time_limit_s=seconds, patience=100_000)
        took = time.perf_counter() - began
        cost = check(problem, found)
        worst = max(worst, cost / known)
        print(
            f"  {name:10} {len(problem.stops)} stops: {cost / 10:8.1f}, best known {known / 10:8.1f}, "
            f"ratio {cost / known:.4f}  ({took:.1f} s)",
            flush=True,
        )
    return worst


def sichuan() -> None:
    """The rounds of every pharmacy of Sichuan on one Monday."""
    from becq.chain.reading import read_network
    from becq.planning import plan
    from becq.planning.rounds import make_rounds, rounds_of

    network, day = read_network(EXAMPLE), date(2026, 12, 7)
    made = plan(network, day, 1)
    for site, when in rounds_of(made, network):
        began = time.perf_counter()
        found = make_rounds(network, made, site, when)
        took = time.perf_counter() - began
        rounds = sum(len(each.rounds) for each in found.vehicles)
        print(
            f"  {site} {when}: {found.deliveries} deliveries, {len(found.missed)} missed, "
            f"{len(found.vehicles)} vehicles, {rounds} rounds, {found.km:,.0f} km, "
            f"{found.cost:,.0f} CNY ({took:.1f} s)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="instances; a choice of each set if left out")
    parser.add_argument("--all", action="store_true", help="every instance of the folder")
    parser.add_argument("--seconds", type=float, default=60.0, help="longest time for one instance")
    given = parser.parse_args()
    place = os.environ.get("BECQ_ROUTING_DATA")
    if place is None:
        print("BECQ_ROUTING_DATA names no folder of instances: Solomon and MTVRPTWR are left out")
    else:
        for kind, chosen in (("Solomon", SOLOMON), ("MTVRPTWR", MULTI)):
            folder = Path(place) / kind
            known = sorted(path.stem for path in folder.glob("*.sol"))
            wanted = given.names or (known if given.all else chosen)
            names = [name for name in wanted if name in known]
            print(f"{kind}: {len(names)} of {len(known)} instances, {given.seconds:g} s each at most")
            if names:
                worst = measure(folder, names, given.seconds)
                print(f"  largest ratio to the best known: {worst:.4f} (bar {BAR} for Solomon)")
                if kind == "Solomon" and worst > BAR:
                    sys.exit(1)
    if not given.names:
        print("Sichuan and Chongqing, 7 December 2026:")
        sichuan()


if __name__ == "__main__":
    main()
