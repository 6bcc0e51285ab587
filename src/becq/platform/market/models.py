"""Orders, orders that repeat weekly, and what happened to each order."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from becq.chain.order import USUAL_PARTS
from becq.platform.accounts.models import Organisation

CODE_LENGTH = 80
LAST = 2_000_000_000
"""Position of an order that came by itself, after those of the network file."""


class Status(models.TextChoices):
    """Where an order stands."""

    DRAFT = "draft", "Draft"
    PLACED = "placed", "Placed"
    CONFIRMED = "confirmed", "Confirmed"
    UNMET = "unmet", "Unmet"
    DELIVERED = "delivered", "Delivered"
    FULFILLED = "fulfilled", "Fulfilled"
    CANCELLED = "cancelled", "Cancelled"


OPEN = frozenset({Status.PLACED, Status.CONFIRMED, Status.UNMET})
"""Orders that a plan still has to serve."""


class Channel(models.TextChoices):
    """How an order came in."""

    FORM = "form", "Form"
    FILE = "file", "File"
    STANDING = "standing", "Standing order"
    API = "api", "API"


class Demand(models.Model):
    """What orders and standing orders have in common."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site_code = models.CharField(max_length=CODE_LENGTH, db_index=True)
    product_code = models.CharField(max_length=CODE_LENGTH, db_index=True)
    nuclide = models.CharField(max_length=12)
    activity_bq = models.FloatField(help_text="At the calibration time")
    tolerance = models.FloatField(default=0.1)
    priority = models.PositiveSmallIntegerField(default=2)
    partial = models.BooleanField(default=False)
    patients = models.PositiveIntegerField(null=True, blank=True)
    split = models.BooleanField(default=False, help_text="It may come in several parts")
    least_part_bq = models.FloatField(null=True, blank=True, help_text="At the calibration time")
    most_parts = models.PositiveSmallIntegerField(default=USUAL_PARTS)
    alternatives = models.TextField(blank=True, help_text="Other products that would do: p = 5 GBq; q = ...")
    definition = models.JSONField(default=dict, help_text="As the network file writes it")
    position = models.PositiveIntegerField(default=LAST)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class StandingOrder(Demand):
    """An order that repeats weekly; ``definition`` is what ``chain`` expands."""

    days = models.CharField(max_length=40, help_text="mon,wed; times are in the site's zone")
    earliest = models.TimeField()
    latest = models.TimeField()
    calibration = models.TimeField()
    calibration_day_offset = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "pk"]


class Order(Demand):
    """Activity wanted at a calibration time within a delivery window, and what was promised for it."""

    calibration_at = models.DateTimeField()
    earliest = models.DateTimeField(db_index=True)
    latest = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Channel, default=Channel.FORM)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLACED, db_index=True)
    standing = models.ForeignKey(
        StandingOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="occurrences"
    )
    note = models.TextField(blank=True)
    supplier = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_activity_bq = models.FloatField(null=True, blank=True, help_text="At the calibration time")
    confirmed_lot = models.CharField(max_length=120, blank=True)
    confirmed_arrival = models.DateTimeField(null=True, blank=True)
    confirmed_parts = models.JSONField(
        default=list,
        blank=True,
        help_text="Of several, or of another product: lot, product, activities, arrival",
    )
    co_suppliers = models.ManyToManyField(
        Organisation, blank=True, related_name="+", help_text="Suppliers of the other parts"
    )
    plan_code = models.CharField(max_length=40, blank=True, help_text="Committed plan that answered it")
    unmet_reason = models.CharField(max_length=40, blank=True)
    unmet_sentence = models.TextField(blank=True)
    unmet_sentence_zh = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_activity_bq = models.FloatField(null=True, blank=True, help_text="At the calibration time")
    cancelled_reason = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    amended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["earliest", "code"]
        indexes = [models.Index(fields=["customer", "earliest"], name="market_order_customer")]

    @property
    def is_open(self) -> bool:
        """True while a plan still has to serve it."""
        return self.status in OPEN

    @property
    def is_short(self) -> bool:
        """True when it is not served, or promised less than its tolerance allows."""
        if self.status == Status.UNMET:
            return True
        promised = self.confirmed_activity_bq
        return promised is not None and promised < self.activity_bq * (1 - self.tolerance) * (1 - 1e-6)

    def window(self) -> tuple[datetime, datetime]:
        """Start and end of the delivery window."""
        return self.earliest, self.latest


class OrderEvent(models.Model):
    """Who did what to an order, when: the audit strip. ``changes`` is {field: [old, new]}."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    changes = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
