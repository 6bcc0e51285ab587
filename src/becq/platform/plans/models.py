"""Runs of the planner: asked for, worked on by the background worker, looked at, committed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RunStatus(models.TextChoices):
    """Where a run stands."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Purpose(models.TextChoices):
    """What a run is for."""

    PLAN = "plan", "Plan"
    REPLAN = "replan", "Replan"
    SCENARIO = "scenario", "What-if"


class PlanRun(models.Model):
    """One run. ``result`` is ``Plan.as_dict(network)``; the columns repeat its headline figures.

    ``pins`` were given to this run; ``draft_pins`` are what a planner has pinned since, for the next one.
    ``events``, ``variations`` and ``touched`` say what a replan or a what-if has otherwise than its base
    (``becq.planning.events``, ``variation``, ``replan``); ``now`` is the moment before which nothing of it
    could be changed. The ``draft_`` ones are collected on the page of a plan for the next one.
    ``changes`` is ``becq.planning.changes`` against the base; ``conflict`` are pins that contradict each
    other.
    ``planned_orders`` is {order: {"digest", "site", "product"}} as planned, to tell what changed since.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, blank=True)
    first = models.DateField(help_text="First day, in the network's zone")
    days = models.PositiveSmallIntegerField()
    policy = models.CharField(max_length=20, default="priority", help_text="Who gets what is scarce")
    time_limit_s = models.FloatField(default=60.0)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED, db_index=True)
    progress = models.FloatField(default=0.0, help_text="0 to 1")
    progress_text = models.CharField(max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.PLAN, db_index=True)
    base = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replans")
    now = models.DateTimeField(null=True, blank=True)
    events = models.JSONField(default=list)
    variations = models.JSONField(default=list)
    touched = models.JSONField(default=list)
    draft_events = models.JSONField(default=list)
    draft_variations = models.JSONField(default=list)
    changes = models.JSONField(null=True, blank=True)
    conflict = models.JSONField(null=True, blank=True)
    pins = models.JSONField(default=dict)
    draft_pins = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    judgement = models.JSONField(default=dict, help_text="What the rules say: counts, findings")
    planned_orders = models.JSONField(default=dict)
    network_revision = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    served_fraction = models.FloatField(null=True, blank=True)
    greedy_served_fraction = models.FloatField(null=True, blank=True)
    gap = models.FloatField(null=True, blank=True)
    cost = models.FloatField(null=True, blank=True)
    solve_s = models.FloatField(null=True, blank=True)
    orders = models.PositiveIntegerField(null=True, blank=True)
    orders_served = models.PositiveIntegerField(null=True, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_finished(self) -> bool:
        """True when nothing more will happen to it by itself."""
        return self.status in {RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED}

    @property
    def is_in_force(self) -> bool:
        """True for a committed plan that no other one has replaced."""
        return self.committed_at is not None and self.superseded_by_id is None


class NetworkSnapshot(models.Model):
    """A network with the orders of a horizon, as plans were made of it (``material.pack``)."""

    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()


class PlanMaterial(models.Model):
    """What a finished run was made of and the planner's own words of it, to explain it and to plan it anew.

    ``document`` is ``Plan.as_dict()`` before it was told in the words of the books.
    """

    run = models.OneToOneField(PlanRun, on_delete=models.CASCADE, related_name="material")
    snapshot = models.ForeignKey(NetworkSnapshot, on_delete=models.PROTECT, related_name="+")
    document = models.BinaryField()


class OrderExplanation(models.Model):
    """Why an order of a plan is not served and what would serve it, worked out in the background.

    ``result`` is ``Explanation.as_dict()``.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="explanations")
    order = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    progress = models.FloatField(default=0.0)
    progress_text = models.CharField(max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "order"], name="one_explanation_an_order")]

    @property
    def is_finished(self) -> bool:
        """True when nothing more will happen to it by itself."""
        return self.status in {RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED}
