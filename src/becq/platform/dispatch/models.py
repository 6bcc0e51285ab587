"""Consignments: what goes from whom to whom, and everything that happened on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from becq.platform.accounts.models import Organisation


class ConsignmentKind(models.TextChoices):
    """What a consignment is for."""

    DELIVERY = "delivery", "Delivery of an order"
    SUPPLY = "supply", "Supply of a production run or of a site"
    HANDOVER = "handover", "Hand-over on the same site"


class ConsignmentStatus(models.TextChoices):
    """How far it has come."""

    PLANNED = "planned", "Planned"
    DISPATCHED = "dispatched", "Under way"
    RECEIVED = "received", "Received"
    REJECTED = "rejected", "Rejected"
    RETURNED = "taken back", "Taken back"
    CANCELLED = "cancelled", "Cancelled"


class EventKind(models.TextChoices):
    """What happened to a consignment."""

    DISPATCHED = "dispatched", "Dispatched"
    HANDED_OVER = "handed over", "Handed over"
    DELAYED = "delayed", "Delayed"
    RECEIVED = "received", "Received"
    REJECTED = "rejected", "Rejected"
    TAKEN_BACK = "taken back", "Taken back"
    CANCELLED = "cancelled", "Cancelled"


class Consignment(models.Model):
    """One lot (or part of one) from one site to another."""

    code = models.CharField(max_length=200, unique=True)
    plan_code = models.CharField(max_length=80, blank=True, db_index=True)
    kind = models.CharField(max_length=10, choices=ConsignmentKind)
    order_code = models.CharField(max_length=120, blank=True, db_index=True)
    target_run = models.CharField(max_length=120, blank=True, help_text="Supplies: the run it is for")
    from_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_site = models.CharField(max_length=80)
    to_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_site = models.CharField(max_length=80)
    product = models.CharField(max_length=80)
    nuclide = models.CharField(max_length=12)
    lot_code = models.CharField(max_length=120, help_text="Lot it is taken from")
    package_lot = models.CharField(max_length=120, blank=True, help_text="Code of the lot it became")
    planned_depart = models.DateTimeField()
    planned_arrive = models.DateTimeField()
    expected_arrive = models.DateTimeField(help_text="As it is expected now")
    legs = models.JSONField(default=list, help_text="[{lane, mode, from, to, start, end}]")
    planned_activity_bq = models.FloatField(help_text="At the reference time")
    equivalent = models.FloatField(
        default=1.0, help_text="Bq of the product ordered for which 1 Bq stands, where another one is sent"
    )
    instead_of = models.CharField(
        max_length=80, blank=True, help_text="Product ordered, where another one is sent"
    )
    reference_time = models.DateTimeField(help_text="Calibration time of the order")
    cost = models.FloatField(default=0.0)
    status = models.CharField(max_length=12, choices=ConsignmentStatus, default=ConsignmentStatus.PLANNED)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    dispatched_bq = models.FloatField(null=True, blank=True, help_text="Measured at packing")
    carrier = models.CharField(max_length=120, blank=True)
    vehicle = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    expected_bq = models.FloatField(null=True, blank=True, help_text="At receipt, after the books")
    received_bq = models.FloatField(null=True, blank=True, help_text="Measured at receipt")
    received_uncertainty_bq = models.FloatField(null=True, blank=True, help_text="Standard uncertainty")
    findings = models.JSONField(default=list, help_text="Findings at receipt")
    override_reason = models.TextField(blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["planned_depart", "code"]
        indexes = [
            models.Index(fields=["status", "planned_depart"], name="dispatch_to_send"),
            models.Index(fields=["status", "expected_arrive"], name="dispatch_to_receive"),
        ]

    def __str__(self) -> str:
        return self.code


class ConsignmentEvent(models.Model):
    """One line of a consignment's timeline."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    activity_bq = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
