"""Runs that make lots, and the lots that exist.

A lot's activity is in the books alone; here is what it is, whose it is, and where it came from.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from becq.platform.accounts.models import Organisation

CODE_LENGTH = 120


class RunStatus(models.TextChoices):
    """How far a run has come."""

    PLANNED = "planned", "Planned"
    ASSAYED = "assayed", "Assayed at EOB"
    RELEASED = "released", "Released"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class LotStatus(models.TextChoices):
    """What may be done with a lot."""

    QUARANTINE = "quarantine", "Made, not yet released"
    AVAILABLE = "available", "Released"
    UNDER_WAY = "under way", "On the way to its consignee"
    BLOCKED = "blocked", "Not to be used"


class ProductionRun(models.Model):
    """One batch of a process, planned and then as it went. Its code is the code of the lot it makes."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    plan_code = models.CharField(max_length=80, blank=True, db_index=True)
    process = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site_code = models.CharField(max_length=80)
    resource = models.CharField(max_length=80, blank=True)
    product = models.CharField(max_length=80)
    nuclide = models.CharField(max_length=12)
    daughter = models.CharField(max_length=12, blank=True, help_text="Generators: the nuclide eluted")
    input_product = models.CharField(max_length=80, blank=True)
    planned_start = models.DateTimeField()
    planned_eob = models.DateTimeField()
    planned_release = models.DateTimeField()
    planned_expires = models.DateTimeField()
    planned_activity_eob_bq = models.FloatField()
    planned_activity_bq = models.FloatField(help_text="At the planned release")
    inputs = models.JSONField(default=list, help_text="[{lot, activity_bq, reference_time}] as planned")
    cost = models.FloatField(default=0.0)
    status = models.CharField(max_length=12, choices=RunStatus, default=RunStatus.PLANNED)
    actual_start = models.DateTimeField(null=True, blank=True)
    actual_eob = models.DateTimeField(null=True, blank=True)
    assayed_bq = models.FloatField(null=True, blank=True, help_text="At the actual EOB")
    assay_uncertainty_bq = models.FloatField(null=True, blank=True, help_text="Standard uncertainty")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_bq = models.FloatField(null=True, blank=True, help_text="At the actual release")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["planned_start", "code"]
        indexes = [
            models.Index(fields=["status", "planned_eob"], name="production_run_due"),
            models.Index(fields=["organisation", "planned_start"], name="production_run_of"),
        ]

    def __str__(self) -> str:
        return self.code


class Lot(models.Model):
    """A lot by its code in the books: a batch, opening stock, a package of a lot, an eluate."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    run = models.OneToOneField(
        ProductionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="lot"
    )
    product = models.CharField(max_length=80)
    nuclide = models.CharField(max_length=12)
    daughter = models.CharField(max_length=12, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site_code = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=LotStatus, default=LotStatus.QUARANTINE)
    for_run = models.CharField(max_length=CODE_LENGTH, blank=True, help_text="Run it was sent for")
    order_code = models.CharField(max_length=CODE_LENGTH, blank=True, help_text="Order it was sent for")
    parents = models.ManyToManyField("self", symmetrical=False, related_name="children", blank=True)
    children_made = models.PositiveIntegerField(default=0, help_text="Codes given to parts of it so far")

    class Meta:
        ordering = ["made_at", "code"]
        indexes = [models.Index(fields=["site_code", "product"], name="production_lot_site")]

    def __str__(self) -> str:
        return self.code
