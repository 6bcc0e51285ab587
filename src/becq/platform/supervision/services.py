"""What is done in supervision: rules added and retired, filings recorded."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from becq.errors import ConflictError, InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.supervision.models import Duty, Filing, OwnRule
from becq.platform.supervision.rulebook import book_of
from becq.rules.rulebook import parse_rules

NUMBER_LENGTH = 80
RESERVED = frozenset({"all", "own", "check", "filings", "limits", "new"})
"""Names that rules cannot have, because they stand in addresses."""
MOST_RULES = 200
"""Rules of its own that an organisation may have in force."""


@transaction.atomic
def add_rules(actor: User, organisation: Organisation, content: bytes, name: str) -> list[OwnRule]:
    """Add the rules of a CSV or YAML file to those of an organisation: all of them, or none.

    :raises ProblemsError: with everything that is wrong with the file.
    :raises InputError: a rule of that name is in force already, or too many.
    """
    policy.require(actor, "rules.write", organisation=organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    book = parse_rules(content, name)
    book_of(organisation).with_rules(book)  # refuses names that are taken
    for rule in book.rules:
        if rule.id in RESERVED:
            raise InputError(f"A rule cannot be called '{rule.id}', which is the address of a page")
    in_force = OwnRule.objects.filter(organisation=organisation, retired_at__isnull=True).count()
    if in_force + len(book) > MOST_RULES:
        raise InputError(f"An organisation has at most {MOST_RULES} rules of its own in force")
    now = clock.now()
    return [
        OwnRule.objects.create(
            organisation=organisation, code=rule.id, cells=rule.cells(), added_at=now, added_by=actor
        )
        for rule in book.rules
    ]


@transaction.atomic
def retire_rule(actor: User, rule: OwnRule) -> OwnRule:
    """Take a rule out of force; what it said before stays on record.

    :raises ConflictError: it is out of force already.
    """
    policy.require(actor, "rules.write", organisation=rule.organisation)
    rule = OwnRule.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=rule.pk)
    if rule.retired_at is not None:
        raise ConflictError(f"Rule '{rule.code}' is retired already")
    rule.retired_at, rule.retired_by = clock.now(), actor
    rule.save()
    return rule


@transaction.atomic
def record_filing(
    actor: User,
    organisation: Organisation,
    duty: str,
    subject: str,
    *,
    filed_on: date,
    number: str,
    not_before: date | None = None,
    note: str = "",
) -> Filing:
    """Record that something was filed with the authority.

    :param subject: what it was about: the code of a consignment, or a year.
    :param not_before: day of the event that is filed.
    :raises InputError: a day in the future or before the event, no number.
    :raises ConflictError: it has been filed already.
    """
    policy.require(actor, "filing.record", organisation=organisation)
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if duty not in Duty.values:
        raise InputError(f"'{duty}' is no duty: say one of {', '.join(Duty.values)}")
    if filed_on > today:
        raise InputError(f"The day of the filing, {filed_on}, is in the future; today is {today}")
    if not_before is not None and filed_on < not_before:
        raise InputError(f"The day of the filing, {filed_on}, is before what was filed, {not_before}")
    number = number.strip()
    if not number or len(number) > NUMBER_LENGTH:
        raise InputError(
            f"Give the number of the filing or of its receipt, at most {NUMBER_LENGTH} characters"
        )
    if Filing.objects.filter(organisation=organisation, duty=duty, subject=subject).exists():
        raise ConflictError(f"{subject} has been filed already")
    return Filing.objects.create(
        organisation=organisation,
        duty=duty,
        subject=subject,
        filed_on=filed_on,
        number=number,
        note=note.strip(),
        recorded_at=clock.now(),
        recorded_by=actor,
    )
