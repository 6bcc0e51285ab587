"""The book of rules of an organisation: what Becq ships and what the organisation has added."""

from __future__ import annotations

from becq.platform.accounts.models import Organisation
from becq.platform.supervision.models import OwnRule
from becq.rules.rule import Rule, make_rule
from becq.rules.rulebook import Rulebook, builtin


def own_rules(organisation: Organisation) -> tuple[Rule, ...]:
    """The rules in force that an organisation has written itself.

    A rule that no longer reads (Becq was updated and a fact has another name) is left out here; the page of
    the rules shows it with what is wrong, see ``selectors.own_rules``.
    """
    rows = OwnRule.objects.filter(organisation=organisation, retired_at__isnull=True)
    made = (make_rule(row.cells, organisation.code)[0] for row in rows)
    return tuple(rule for rule in made if rule is not None)


def book_of(organisation: Organisation | None) -> Rulebook:
    """The rules that hold for the sites of an organisation; None: those that Becq ships."""
    own = own_rules(organisation) if organisation is not None else ()
    shipped = builtin()
    known = {rule.id for rule in shipped.rules}
    return Rulebook(shipped.rules + tuple(rule for rule in own if rule.id not in known))
