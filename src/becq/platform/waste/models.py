"""Radioactive waste that decays in storage until it may be cleared."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from becq.platform.accounts.models import Organisation


class WasteStatus(models.TextChoices):
    """What has become of it."""

    STORED = "stored", "Decaying in storage"
    CLEARED = "cleared", "Cleared"
    HANDED_OVER = "handed over", "Handed over to a waste facility"


class WasteEntry(models.Model):
    """One piece of waste in a container; its code is its lot in the books of the waste store."""

    code = models.CharField(max_length=120, unique=True)
    container = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site_code = models.CharField(max_length=80)
    lot_code = models.CharField(max_length=120, db_index=True, help_text="Lot or dose it comes from")
    nuclide = models.CharField(max_length=12)
    activity_bq = models.FloatField(help_text="At ``at``")
    at = models.DateTimeField()
    origin = models.CharField(max_length=60, help_text="What made it waste")
    clear_from = models.DateTimeField(help_text="Earliest clearance")
    rule = models.CharField(max_length=80, blank=True, help_text="Rule that asks for the time in storage")
    status = models.CharField(max_length=12, choices=WasteStatus, default=WasteStatus.STORED)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    findings = models.JSONField(default=list, help_text="Findings at the clearance")
    override_reason = models.TextField(blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["clear_from", "code"]
        indexes = [models.Index(fields=["status", "clear_from"], name="waste_to_clear")]

    def __str__(self) -> str:
        return self.code
