"""The books: accounts, postings with their entries, and what is derived from these.

``Posting`` and ``Entry`` only ever grow; the database itself refuses anything else (see ``guard``).
``Chain`` is the end of each holder's chain of postings. ``Balance`` and ``Lineage`` are projections:
they say nothing that the postings do not say, and can be dropped and rebuilt.
"""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from becq.errors import ConflictError
from becq.platform.accounts.models import Organisation

LOT_LENGTH = 120
NUCLIDE_LENGTH = 12


class AccountKind(models.TextChoices):
    """A place holds activity; a nominal account says where activity came from or went to for good."""

    PLACE = "place", "Place"
    NOMINAL = "nominal", "Nominal"


class Nominal(models.TextChoices):
    """The nominal accounts of every holder."""

    PRODUCTION = "production", "Production"
    PATIENT = "patient", "Patients"
    ENVIRONMENT = "environment", "Environment"
    WASTE_FACILITY = "waste facility", "Waste facility"
    EXPORTED = "exported", "Exported"
    UNACCOUNTED = "unaccounted", "Unaccounted for"


class Kind(models.TextChoices):
    """What happened."""

    PRODUCE = "produce", "Produced"
    PROCESS = "process", "Processed"
    ELUTE = "elute", "Eluted"
    TRANSFER = "transfer", "Moved"
    DISPATCH = "dispatch", "Dispatched"
    RECEIVE = "receive", "Received"
    DISPENSE = "dispense", "Dispensed"
    ADMINISTER = "administer", "Administered"
    DISCARD = "discard", "Discarded"
    DISCHARGE = "discharge", "Discharged to the environment"
    EXPORT = "export", "Exported"
    ADJUST = "adjust", "Adjusted to a measurement"
    REVERSE = "reverse", "Reversed"


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows come, none changes, none goes."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ConflictError("Posted is posted: correct it with a new posting")

    update = delete = bulk_update = update_or_create = _refuse  # type: ignore[assignment]
    aupdate = adelete = abulk_update = aupdate_or_create = _refuse  # type: ignore[assignment]


class AppendOnlyModel(models.Model):
    """A row that can be inserted and read, and nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a row that is in the books already is refused."""
        if not self._state.adding:
            raise ConflictError("Posted is posted: correct it with a new posting")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise ConflictError("Posted is posted: correct it with a new posting")


class Account(models.Model):
    """A place of a holder, or one of its nominal accounts. ``name`` says the rest and is hashed."""

    kind = models.CharField(max_length=10, choices=AccountKind)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=120, help_text="Site code, or the name of the nominal account")
    name = models.CharField(max_length=240, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "holder", "place"], name="ledger_one_account"),
        ]

    def __str__(self) -> str:
        return self.name


class Chain(models.Model):
    """The last link of a holder's chain; locked while a posting is added."""

    holder = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)


class Posting(AppendOnlyModel):
    """Something that happened, as a link of its holder's chain."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    event_time = models.DateTimeField(db_index=True)
    recorded_time = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150, help_text="As it was when posted")
    document = models.JSONField(default=dict, help_text="References: consignment, order, lot, parents, ...")
    note = models.TextField(blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnlyModel.Meta):
        ordering = ["holder_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["holder", "sequence"], name="ledger_linear_chain")]


class Entry(AppendOnlyModel):
    """Activity that came into (+) or left (-) an account, at the event time of its posting."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    lot = models.CharField(max_length=LOT_LENGTH)
    nuclide = models.CharField(max_length=NUCLIDE_LENGTH)
    activity_bq = models.FloatField()
    uncertainty_bq = models.FloatField(null=True, blank=True)

    class Meta(AppendOnlyModel.Meta):
        ordering = ["posting_id", "id"]
        indexes = [
            models.Index(fields=["account", "lot"], name="ledger_entry_account_lot"),
            models.Index(fields=["lot"], name="ledger_entry_lot"),
        ]


class Balance(models.Model):
    """Projection: what an account holds of a lot, at the time of the last event that touched it.

    All nuclides of one (account, lot) have the same ``reference_time``, so the rows of it are a complete
    state: the balance at any later time follows by decay alone.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=LOT_LENGTH)
    nuclide = models.CharField(max_length=NUCLIDE_LENGTH)
    activity_bq = models.FloatField()
    reference_time = models.DateTimeField()
    turnover_bq = models.FloatField(help_text="Sum of the magnitudes of all entries of the account and lot")
    posted = models.BooleanField(help_text="False for a nuclide that has only grown in")

    class Meta:
        ordering = ["account_id", "lot", "nuclide"]
        constraints = [
            models.UniqueConstraint(fields=["account", "lot", "nuclide"], name="ledger_one_balance"),
        ]
        indexes = [models.Index(fields=["lot"], name="ledger_balance_lot")]


class Lineage(models.Model):
    """Projection: by which posting a lot was made from another."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+")
    parent = models.CharField(max_length=LOT_LENGTH, db_index=True)
    child = models.CharField(max_length=LOT_LENGTH, db_index=True)

    class Meta:
        ordering = ["posting_id", "parent", "child"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "parent", "child"], name="ledger_one_lineage"),
        ]
