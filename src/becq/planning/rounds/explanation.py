"""Why a delivery is in no round: tried with each vehicle alone, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime

from becq.planning.rounds.calls import Call
from becq.planning.rounds.result import Missed
from becq.planning.rounds.schedule import fits_from, make_tour
from becq.planning.rounds.task import Task
from becq.planning.rounds.tours import DEPOT, cost_of

NO_VEHICLE, NO_ROAD, EXPIRED, PACKAGE, LATE, PACKAGES, INDEX, SHIFT, BUSY = (
    "no_vehicle",
    "no_road",
    "expired",
    "package",
    "late",
    "packages",
    "index",
    "shift",
    "busy",
)
Words = tuple[str, str, str, str]
"""Sentence and remedy in English, then both in Chinese."""


def explain_missed(task: Task, number: int) -> Missed:
    """Why the stop ``number`` of the task's problem is visited by no vehicle."""
    call, problem = task.calls[number], task.problem
    alone = [(fleet, make_tour(problem, fleet, [[number]])) for fleet in range(len(problem.fleets))]
    possible = [(cost_of(tour, problem.fleets[fleet]), fleet) for fleet, tour in alone if tour is not None]
    if possible:
        return _missed(task, call, BUSY, _busy(task, *min(possible)))
    stop = problem.stops[number]
    arrivals = [
        max(stop.choices[0].ready, fleet.opens) + int(fleet.duration[DEPOT, number + 1])
        for fleet in problem.fleets
    ]
    if min(arrivals) > stop.closes:
        return _missed(task, call, LATE, _late(task, number, arrivals))
    for dimension, code in ((0, PACKAGES), (1, INDEX)):
        latest = stop.choices[-1].load[dimension]
        if all(latest > fleet.capacity[dimension] for fleet in problem.fleets):
            return _missed(task, call, code, _too_much(task, code, latest))
    if all(_too_heavy(task, number, fleet) for fleet in range(len(problem.fleets))):
        return _missed(task, call, INDEX, _too_much(task, INDEX, stop.choices[0].load[1]))
    return _missed(task, call, SHIFT, _shift(task))


def explain_barred(task: Task, call: Call, code: str) -> Missed:
    """Why a delivery is no stop of the task's problem."""
    site = task.network.site[task.site]
    words: Words
    if code == NO_VEHICLE:
        words = (
            f"No vehicle of {site.name} drives on this day.",
            "Give the network a vehicle there, or a further day of one.",
            f"{site.name_zh}当日没有可用车辆。",
            "在网络中为其配备车辆，或增加车辆的出车日。",
        )
    elif code == NO_ROAD:
        words = (
            f"No road lane leads from {site.name} to its receiver.",
            "Add the receiver to a road lane, or lengthen its max_km.",
            f"没有从{site.name_zh}到收货单位的公路线路。",
            "把收货单位加入公路线路，或加大线路的最大里程。",
        )
    elif code == EXPIRED:
        expires, opens = (clock(task, first_minute(task, at)) for at in (call.closes, call.opens))
        words = (
            f"Its lot expires at {expires}, before the window opens at {opens}.",
            "Deliver it from a later lot, or open the window earlier.",
            f"其批次于{expires}失效，早于时间窗开始（{opens}）。",
            "改用更晚的批次，或提前时间窗。",
        )
    else:
        load = call.packed.load_at(call.closes)
        words = (
            f"Even at the close of its window each package has transport index {load.index or 0:.1f} or a "
            "dose rate that only travels under exclusive use.",
            "Shield it more, or spread it over more packages (capacity of the packaging).",
            f"直到时间窗结束，每个货包的运输指数仍为{load.index or 0:.1f}，或剂量率只允许独家使用运输。",
            "加强屏蔽，或分装为更多货包（包装的单件最大活度）。",
        )
    return _missed(task, call, code, words)


def _missed(task: Task, call: Call, code: str, words: Words) -> Missed:
    sentence, remedy, sentence_zh, remedy_zh = words
    return Missed(
        delivery=call.delivery,
        order=call.order,
        site=call.site,
        product=call.product,
        window_opens=iso(call.opens),
        window_closes=iso(call.closes),
        reason=code,
        sentence=sentence,
        sentence_zh=sentence_zh,
        remedy=remedy,
        remedy_zh=remedy_zh,
    )


def _busy(task: Task, cost: int, fleet: int) -> Words:
    vehicle = task.vehicles[fleet]
    price = f"{cost / task.per_currency:,.0f} {vehicle.currency}"
    return (
        "A vehicle of its own would bring it in time; all vehicles are full or elsewhere then.",
        f"One more vehicle ({vehicle.name}) would bring it for {price}.",
        "若单独派车可按时送达；现有车辆届时已满载或在途。",
        f"增加一辆车（{vehicle.name_zh}）即可送达，费用{price}。",
    )


def _late(task: Task, number: int, arrivals: list[int]) -> Words:
    stop = task.problem.stops[number]
    fleet = min(range(len(arrivals)), key=lambda each: (arrivals[each], each))
    opens = task.problem.fleets[fleet].opens
    arrival, ready = arrivals[fleet], stop.choices[0].ready
    driven = int(task.problem.fleets[fleet].duration[DEPOT, number + 1])
    held = first_minute(task, task.calls[number].ready)
    late, needed = arrival - stop.closes, stop.closes - driven
    at = {name: clock(task, value) for name, value in (("came", arrival), ("end", stop.closes))}
    by, begin = clock(task, needed), clock(task, ready)
    if held >= opens:
        start = f"Its lot is released at {clock(task, held)}"
        start_zh = f"其批次{clock(task, held)}放行"
        cure, cure_zh = f"Release the lot by {by}", f"最迟{by}放行该批次"
    else:
        start = f"Loading may begin at {begin}"
        start_zh = f"{begin}起可装车"
        cure, cure_zh = f"Let a shift begin by {by}", f"让班次最迟{by}开始"
    return (
        f"{start}; loading and the way take {driven} min, so that it comes at {at['came']} at the earliest, "
        f"{late} min after the window closes at {at['end']}.",
        f"{cure}, or let the window close at {at['came']}.",
        f"{start_zh}；装车和行驶需{driven}分钟，最早{at['came']}到达，"
        f"比时间窗结束（{at['end']}）晚{late}分钟。",
        f"{cure_zh}，或将时间窗延至{at['came']}。",
    )


def _too_much(task: Task, code: str, amount: int) -> Words:
    if code == PACKAGES:
        most = max(fleet.capacity[0] for fleet in task.problem.fleets)
        return (
            f"It takes {amount} packages; the largest vehicle holds {most}.",
            "Use larger packages, or a vehicle that holds more.",
            f"需要{amount}个货包；最大的车辆只能装{most}个。",
            "改用更大的货包，或使用可装更多货包的车辆。",
        )
    highest = max(fleet.capacity[1] for fleet in task.problem.fleets) / 10
    return (
        f"Its transport indexes add up to {amount / 10:.1f}; no vehicle may carry more than {highest:.1f}.",
        "Shield it more, or use a vehicle with a higher limit.",
        f"其运输指数之和为{amount / 10:.1f}；车辆上限最高为{highest:.1f}。",
        "加强屏蔽，或使用上限更高的车辆。",
    )


def _too_heavy(task: Task, number: int, fleet: int) -> bool:
    """Whether what fits the vehicle only fits when it is too late to leave."""
    kind, stop = task.problem.fleets[fleet], task.problem.stops[number]
    fits = fits_from(task.problem, kind, [number])
    return fits is None or max(fits, kind.opens) + int(kind.duration[DEPOT, number + 1]) > stop.closes


def _shift(task: Task) -> Words:
    ends = clock(task, max(fleet.closes for fleet in task.problem.fleets))
    return (
        f"A vehicle that waits for its window is not back within its shift (to {ends}) and duty.",
        "Lengthen a shift or a duty, or open the window earlier.",
        f"等到时间窗再交付的车辆无法在班次（至{ends}）和最长出车时间内返回。",
        "延长班次或最长出车时间，或提前时间窗。",
    )


def first_minute(task: Task, moment: float) -> int:
    """The first whole minute of the day from a moment on."""
    return -int(-(moment - task.midnight) // 60)


def clock(task: Task, minute: int) -> str:
    """A minute of the day as the clocks of the site show it; with the date where it is another day."""
    zone = task.network.site[task.site].zone
    moment = datetime.fromtimestamp(task.moment(minute), zone)
    return f"{moment:%H:%M}" if moment.date() == task.day else f"{moment:%m-%d %H:%M}"


def iso(moment: float) -> str:
    """An instant as text in UTC."""
    return datetime.fromtimestamp(round(moment), UTC).isoformat()


__all__ = ["clock", "explain_barred", "explain_missed", "iso"]
