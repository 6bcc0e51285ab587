"""Doses drawn from lots, and their administration. Patients appear by pseudonym only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from becq.platform.accounts.models import Organisation


class DoseStatus(models.TextChoices):
    """Where a dose is."""

    DISPENSED = "dispensed", "Dispensed"
    ADMINISTERED = "administered", "Administered"
    DISCARDED = "discarded", "Discarded"


class Dose(models.Model):
    """One dose for one patient; its code is its lot in the books."""

    code = models.CharField(max_length=120, unique=True)
    lot_code = models.CharField(max_length=120, db_index=True)
    product = models.CharField(max_length=80)
    nuclide = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site_code = models.CharField(max_length=80)
    activity_bq = models.FloatField(help_text="At ``at``")
    at = models.DateTimeField(help_text="When it was drawn and measured")
    patient_code = models.CharField(max_length=60, help_text="Pseudonym, never a name")
    order_code = models.CharField(max_length=120, blank=True)
    token = models.CharField(
        max_length=36,
        unique=True,
        null=True,
        blank=True,
        help_text="Of the form that drew it: one form, one dose",
    )
    status = models.CharField(max_length=14, choices=DoseStatus, default=DoseStatus.DISPENSED)
    dispensed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "code"]
        indexes = [models.Index(fields=["organisation", "at"], name="clinic_dose_day")]

    def __str__(self) -> str:
        return self.code


class Administration(models.Model):
    """A dose given. ``activity_bq`` is what the patient received, at ``at``."""

    dose = models.OneToOneField(Dose, on_delete=models.PROTECT, related_name="administration")
    at = models.DateTimeField()
    activity_bq = models.FloatField()
    residual_bq = models.FloatField(default=0.0, help_text="Measured in the syringe afterwards")
    administered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
