"""The network in the database: one row per item, each as the network file writes it.

``NetworkItem.definition`` is what ``chain`` reads, so import and export lose nothing; ``Site`` repeats
the key columns of the section sites for look-ups and joins and is written in the same transaction.
Orders and standing orders are the market's.
"""

from __future__ import annotations

from django.db import models

from becq.platform.accounts.models import Organisation

CODE_LENGTH = 80


class Section(models.TextChoices):
    """Sections of the network file that are kept here."""

    SITES = "sites", "Sites"
    PRODUCTS = "products", "Products"
    RESOURCES = "resources", "Resources"
    PROCESSES = "processes", "Processes"
    LANES = "lanes", "Lanes"
    ROADS = "roads", "Roads"
    APPROVALS = "approvals", "Approvals"
    VEHICLES = "vehicles", "Vehicles"
    PACKAGINGS = "packagings", "Packagings"
    STOCK = "stock", "Stock"


class NetworkMeta(models.Model):
    """The head of the network file: at most one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.TextField()
    name_zh = models.TextField(null=True, blank=True)
    timezone = models.CharField(max_length=64, default="Asia/Shanghai")
    note = models.TextField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts every change of the network")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="network_one_meta")]


class NetworkItem(models.Model):
    """One row of a section. ``site_code`` is where it stands; blank for what joins or concerns several."""

    section = models.CharField(max_length=20, choices=Section)
    code = models.CharField(max_length=CODE_LENGTH)
    site_code = models.CharField(max_length=CODE_LENGTH, blank=True, db_index=True)
    definition = models.JSONField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["section", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["section", "code"], name="network_one_item")]

    def __str__(self) -> str:
        return f"{self.section}/{self.code}"


class Site(models.Model):
    """Key columns of a site. An airport or station that nobody holds has no organisation."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=300)
    name_zh = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    lat = models.FloatField()
    lon = models.FloatField()
    timezone = models.CharField(max_length=64)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="sites"
    )
    province = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.code
