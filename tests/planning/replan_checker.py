"""An independent referee of replans: the plan's referee, with the events read again and the past compared.

It shares no code with the planner either: events are read from the plan's JSON, undone where they changed a
batch, and what is left must obey every rule of a plan; what the previous plan did before ``now`` must be in
the new one, move by move.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from checker import REL, Referee, decayed, rate, seconds

from becq.chain.network import Network
from becq.physics.quantities import parse_activity, parse_duration


def with_events(network: Network, events: list[dict[str, Any]]) -> Network:
    """The network in which the outages and the rush orders of ``events`` are rows like others."""
    data = network.model_dump(mode="json", exclude_none=True, by_alias=True)
    for event in events:
        if event["kind"] == "rush":
            data.setdefault("orders", []).append(event["order"])
        if event["kind"] != "outage":
            continue
        outage = {"start": event["start"], "end": event["end"], "reason": event.get("reason", "outage")}
        for section in ("resources", "processes"):
            for row in data[section]:
                named = event.get(section[:-1] if section == "resources" else "process")
                if row["id"] == named or (section == "processes" and row["site"] == event.get("site")):
                    row.setdefault("outages", []).append(outage)
    return Network.model_validate(data)


class ReplanReferee(Referee):
    """Checks ``plan``, made from ``previous`` with the events that it carries; ``network`` is the first one."""

    def __init__(self, network: Network, plan: dict[str, Any], previous: dict[str, Any]) -> None:
        super().__init__(with_events(network, plan["events"]), plan)
        self.original, self.previous = network, previous
        self.now = seconds(plan["now"])
        self.lost_before = {row["id"] for row in previous["batches"] if row["state"] == "lost"}
        self.previous_batches = {row["id"] for row in previous["batches"]}
        self.state = {row["id"]: row["state"] for row in plan["batches"]}

    def check(self) -> list[str]:
        self._past()
        self._nothing_new_before_now()
        self._cancelled()
        self._pins_kept()
        return super().check()

    def _of(self, kind: str, batch: str) -> list[dict[str, Any]]:
        return [event for event in self.plan["events"] if event["kind"] == kind and event["batch"] == batch]

    def _batch(self, row: dict[str, Any]) -> None:
        if row["kind"] == "stock":
            super()._batch(row)
            return
        if row["kind"] == "free":
            self._package(row)
            return
        nominal = copy.deepcopy(row)
        by: dict[str, float] = defaultdict(float)
        for event in self._of("late", row["id"]):
            by[event["stage"]] += parse_duration(event["by"])
        shifts = {
            "start": by["start"],
            "eob": by["start"] + by["eob"],
            "release": by["start"] + by["eob"] + by["release"],
        }
        for key, shift in shifts.items():
            nominal[key] = (datetime.fromisoformat(row[key]) - timedelta(seconds=shift)).isoformat()
        process = self.network.process[row["process"]]
        lam = rate(row["nuclide"])
        nominal["activity_bq"] *= math.exp(lam * by["release"])
        if process.max_input is not None:
            nominal["activity_bq"] *= math.exp(lam * by["eob"])
        measured = self._of("activity", row["id"])
        if measured:
            kept = process.processing_yield * math.exp(-lam * (seconds(row["release"]) - seconds(row["eob"])))
            there = parse_activity(measured[-1]["eob"]) * kept
            if row["state"] != "lost":
                self._say(
                    abs(row["activity_bq"] - there) <= REL * max(there, 1.0),
                    f"{row['id']}: not what was measured",
                )
        if row["state"] == "lost":
            self._say(row["activity_bq"] == row["used_bq"] == 0, f"{row['id']}: is lost, and gives something")
            self._say(
                bool(self._of("failed", row["id"]))
                or self._interrupted(row)
                or self._spoilt(row)
                or row["id"] in self.lost_before,
                f"{row['id']}: lost for no reason",
            )
        else:
            self._say(not self._of("failed", row["id"]), f"{row['id']}: failed, and is used")
        if measured or row["state"] == "lost":
            nominal["activity_bq"] = self._expected(nominal)
            nominal["used_bq"] = 0.0
        told = len(self.faults)
        amended, self.network = self.network, self.original if row["state"] == "lost" else self.network
        try:
            super()._batch(nominal)
        finally:
            self.network = amended
        if by["start"]:  # inputs come before the start as it is, not as it was planned
            about = ("input not yet released", "input arrives after the start")
            kept = [fault for fault in self.faults[told:] if not fault.endswith(about)]
            self.faults[told:] = kept
            for supply in self.plan["supplies"]:
                if supply["order"] == row["id"]:
                    in_time = seconds(supply["arrive"]) <= seconds(row["start"])
                    self._say(in_time, f"{row['id']}: input arrives after its later start")

    def _expected(self, row: dict[str, Any]) -> float:
        """What a batch gives by the book."""
        process = self.network.process[row["process"]]
        if process.activity_per_batch is not None:
            kept = process.activity_per_batch * process.processing_yield
            return decayed(row["nuclide"], kept, seconds(row["release"]) - seconds(row["eob"]))
        if process.max_input is not None:
            taken = sum(item["activity_bq"] for item in row["inputs"]) * process.processing_yield
            return decayed(row["nuclide"], taken, seconds(row["release"]) - seconds(row["start"]))
        return 0.0

    def _interrupted(self, row: dict[str, Any]) -> bool:
        process = self.network.process[row["process"]]
        outages = list(process.outages)
        outages += self.network.resource[process.resource].outages if process.resource else []
        return any(
            seconds(row["start"]) < self._instant(outage.start) < seconds(row["release"])
            for outage in outages
        )

    def _spoilt(self, row: dict[str, Any]) -> bool:
        process = self.network.process[row["process"]]
        feeds = {item["lot"] for item in row["inputs"]}
        feeds |= {
            send["lot"]
            for send in self.previous["supplies"]
            if send["order"] in (row["id"], f"{row['site']}:{process.input_product}")
        }
        return any(self.state.get(self._origin(lot)) == "lost" for lot in feeds)

    def _origin(self, lot: str) -> str:
        """The batch that the goods of a package come from."""
        came = {send["order"]: send["lot"] for send in self.previous["supplies"]}
        packages = {row["id"] for row in self.previous["batches"] if row["kind"] == "free"}
        while lot in packages:
            lot = came[lot]
        return lot

    def _package(self, row: dict[str, Any]) -> None:
        """A package whose further use is open: what came there, where it came, and sent on once at most."""
        name = row["id"]
        came = [send for send in self.plan["supplies"] if send["order"] == name]
        self._say(len(came) == 1, f"{name}: came {len(came)} times")
        for send in came:
            self._say(send["to"] == row["site"], f"{name}: lies elsewhere")
            self._say(seconds(send["arrive"]) == seconds(row["release"]), f"{name}: not when it came")
            self._say(
                abs(send["activity_arrive_bq"] - row["activity_bq"]) <= REL * row["activity_bq"],
                f"{name}: not what came",
            )
        onward = [send for send in self.sends if send["lot"] == name]
        if self.network.site[row["site"]].kind in ("airport", "station"):
            self._say(len(onward) <= 1, f"{name}: one package went {len(onward)} ways")
            for send in onward:
                wait = seconds(send["depart"]) - seconds(row["release"])
                self._say(wait <= 12 * 3600 + 1, f"{name}: lies at a terminal for {wait / 3600:.1f} h")

    def _elutions(self) -> None:
        """As in a plan; an eluate that was measured is what was measured, and its column is eluted all the same."""
        kept = self.plan["batches"]
        self.plan["batches"] = [
            row | {"activity_bq": 0.0} if self._of("activity", row["id"]) else row for row in kept
        ]
        try:
            super()._elutions()
        finally:
            self.plan["batches"] = kept

    def _licences(self) -> None:
        """A package counts until it was used or sent on, or expires."""
        kept = dict(self.batch)
        for name, row in kept.items():
            if row["kind"] != "free":
                continue
            uses = [seconds(send["depart"]) for send in self.sends if send["lot"] == name]
            last = max(uses, default=seconds(row["expires"]))
            self.batch[name] = row | {"start": datetime.fromtimestamp(last, self.network.zone).isoformat()}
        try:
            super()._licences()
        finally:
            self.batch = kept

    def _past(self) -> None:
        """What the previous plan did before now is in this one, unless an event explains why it is not."""
        here = {(row["order"], row["lot"], row["arrive"]): row for row in self.sends}
        here |= {(row["order"], row["lot"], ""): row for row in self.sends if not row["legs"]}
        stopped = {row["order"].rpartition("@")[0] for row in self.sends if row["state"] == "sent"}
        for row in self.previous["batches"]:
            if row["kind"] in ("stock", "free") or seconds(row["start"]) >= self.now:
                continue
            if self.state.get(row["id"]) in ("begun", "lost"):
                continue
            self._say(self._could_not_begin(row), f"{row['id']}: had begun, and is forgotten")
        for row in self.previous["deliveries"] + self.previous["supplies"]:
            if seconds(row["depart"]) >= self.now:
                continue
            same = here.get((row["order"], row["lot"], row["arrive"] if row["legs"] else ""))
            if same is not None and same["state"] == "sent":
                for key in ("depart", "arrive", "legs"):
                    expected = row[key]
                    if not row["legs"] and key != "legs":  # handed over on the site, once it is released
                        expected = max(row[key], self.batch[row["lot"]]["release"])
                    self._say(same[key] == expected, f"{row['id']}: {key} of what was sent is rewritten")
                later = seconds(row["reference_time"]) - seconds(same["reference_time"])
                at = decayed(row["nuclide"], same["activity_bq"], later)
                self._say(
                    abs(at - row["activity_bq"]) <= REL * row["activity_bq"],
                    f"{row['id']}: another activity was sent",
                )
            elif not row["legs"] and row["order"] in self.previous_batches:
                # Not handed over, because the batch that should have taken it has not begun.
                waits = self.state.get(row["order"]) not in ("begun", "lost")
                lost = self.state.get(self._origin(row["lot"])) == "lost"
                self._say(waits or lost, f"{row['id']}: is forgotten")
            elif not row["legs"] and "@" in row["order"] and row["order"] not in self.orders:
                continue  # laid ready for a batch that the plan does not start
            elif row["id"] not in stopped:
                self._say(self._could_not_leave(row), f"{row['id']}: had left, and is forgotten")

    def _could_not_begin(self, row: dict[str, Any]) -> bool:
        process = self.network.process[row["process"]]
        outages = list(process.outages)
        outages += self.network.resource[process.resource].outages if process.resource else []
        start = seconds(row["start"])
        if any(self._instant(each.start) <= start < self._instant(each.end) for each in outages):
            return True
        if any(
            self._of("late", other["id"])
            for other in self.plan["batches"]
            if other["resource"] and other["resource"] == row["resource"]
        ):
            return True
        names = (row["id"], f"{row['site']}:{process.input_product}")
        feeds = [send for send in self.previous["supplies"] if send["order"] in names]
        feeds = [send for send in feeds if seconds(send["arrive"]) <= start]
        keys = ("order", "lot", "arrive")
        whole = {tuple(send[key] for key in keys) for send in self.sends if send["state"] == "sent"}
        return any(tuple(send[key] for key in keys) not in whole for send in feeds)

    def _could_not_leave(self, row: dict[str, Any]) -> bool:
        lot = self.batch.get(self._origin(row["lot"]))
        if lot is None or lot["state"] == "lost":
            return True
        if lot["kind"] != "stock" and lot["state"] != "begun":
            return True
        return seconds(lot["release"]) > seconds(row["depart"]) or self._uses_cancelled(row["legs"])

    def _nothing_new_before_now(self) -> None:
        for row in self.plan["batches"]:
            if row["kind"] == "stock":
                continue
            begun = row["state"] in ("begun", "lost")
            if row["kind"] != "free":
                self._say(begun == (seconds(row["start"]) < self.now), f"{row['id']}: state {row['state']}")
                if begun:
                    known = {each["id"] for each in self.previous["batches"]}
                    self._say(row["id"] in known, f"{row['id']}: began, and nobody had planned it")
        for row in self.sends:
            sent = row["state"] == "sent"
            self._say(sent == (seconds(row["depart"]) < self.now), f"{row['id']}: state {row['state']}")

    def _uses_cancelled(self, legs: list[dict[str, str]]) -> bool:
        for leg in legs:
            for event in self.plan["events"]:
                if event["kind"] != "cancelled" or event["lane"] != leg["lane"] or "leaves" not in leg:
                    continue
                if event.get("from", leg["from"]) != leg["from"] or event.get("to", leg["to"]) != leg["to"]:
                    continue
                leaves = seconds(leg["leaves"])
                if "leaves" in event:
                    at = self._instant(datetime.fromisoformat(event["leaves"]))
                    if abs(at - leaves) < 60:
                        return True
                    continue
                begins, ends = (self._instant(datetime.fromisoformat(event[key])) for key in ("start", "end"))
                if begins <= leaves < ends:
                    return True
        return False

    def _cancelled(self) -> None:
        for row in self.sends:
            self._say(not self._uses_cancelled(row["legs"]), f"{row['id']}: by a departure that does not go")

    def _pins_kept(self) -> None:
        dropped = {note["subject"] for note in self.plan["notes"] if note["code"] == "pin_dropped"}
        old = self.previous.get("pins") or {}
        now = self.plan["pins"] or {"batches": {}, "deliveries": {}}
        for section in ("batches", "deliveries"):
            for name, what in old.get(section, {}).items():
                if name not in dropped:
                    self._say(now[section].get(name, 0) == what, f"{name}: its pin is gone")
