"""What supervision keeps: rules that an organisation has written itself, and what it has filed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from becq.platform.accounts.models import Organisation


class OwnRule(models.Model):
    """One rule of an organisation, as it was written. A rule is retired, never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)
    cells = models.JSONField(help_text="The columns of the rule, as in a file of rules")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["code", "-added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                condition=models.Q(retired_at__isnull=True),
                name="supervision_one_rule_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Duty(models.TextChoices):
    """What is owed to an authority, by the names that the rules use."""

    TRANSFER = "transfer", "Filing of a transfer"
    HOSPITAL_YEAR = "hospital-year", "Yearly filing of a hospital"
    PRODUCER_YEAR = "producer-year", "Yearly report of a producer"
    NEXT_YEAR_APPROVAL = "next-year-approval", "Application for next year's transfer approval"
    IMPORT = "import", "Filing of an import"
    EXPORT = "export", "Yearly filing of exports"


class Filing(models.Model):
    """One duty fulfilled: what was filed, on which day, under which number."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=20, choices=Duty)
    subject = models.CharField(
        max_length=200, help_text="Consignment, year, or year and supplier and nuclide"
    )
    filed_on = models.DateField()
    number = models.CharField(max_length=80, help_text="Number that the authority gave, or the receipt")
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-filed_on", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "duty", "subject"], name="supervision_filed_once")
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.subject}"
