"""How long waste decays in storage before it may be measured and cleared, as the rules in force say.

The numbers are those of the rules of the subject ``waste`` that speak of ``stored_s`` (in China HJ
1188-2021): nothing of them is written here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from becq.physics import decay_data
from becq.rules.evaluation import evaluate
from becq.rules.measure import show
from becq.rules.rule import Rule
from becq.rules.rulebook import Rulebook, builtin
from becq.rules.subject import DEFAULT_JURISDICTION, frame

QUANTITY = "stored_s"


@dataclass(frozen=True, slots=True)
class Storage:
    """The rule that asks for the longest time in storage, and that time; no rule: none is asked for."""

    rule: Rule | None
    time: timedelta


def storage(nuclide: str, jurisdiction: str = DEFAULT_JURISDICTION, book: Rulebook | None = None) -> Storage:
    """How long solid waste of ``nuclide`` is stored before it may be cleared."""
    rules = {rule.id: rule for rule in storage_rules(book)}
    facts = {
        "nuclides": nuclide,
        "longest_half_life_s": decay_data.half_life_s(nuclide),
        "longest_other_half_life_s": 0.0 if nuclide == "I-131" else decay_data.half_life_s(nuclide),
        "has_i131": nuclide == "I-131",
        "state": "solid",
        QUANTITY: 0.0,
        "jurisdiction": jurisdiction,
    }
    found = evaluate(Rulebook(tuple(rules.values())), {"waste": frame("waste", facts)}).frame
    asked = found.filter(found["limit"].is_not_null()).sort("limit", descending=True)
    if not asked.height:
        return Storage(None, timedelta())
    return Storage(rules[asked["rule"][0]], timedelta(seconds=asked["limit"][0]))


def storage_rules(book: Rulebook | None = None) -> tuple[Rule, ...]:
    """The rules that ask for a time in storage."""
    waste = (book or builtin()).of("waste")
    return tuple(rule for rule in waste.rules if rule.quantity == QUANTITY)


def storage_text(rule: Rule, zh: bool = False) -> str:
    """The time that a rule asks for: "> 30 d", "> 10 × T½"."""
    if rule.bound is not None:
        return f"{rule.comparison} {show(rule.bound, rule.shown_unit, rule.base, zh)}".replace(">=", "≥")
    text = re.sub(r"longest_(other_)?half_life_s", "T½", rule.limit).replace("*", "×")
    return f"{rule.comparison} {text}".replace(">=", "≥")
