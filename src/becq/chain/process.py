"""Resources and the processes that run on them.

Four processes create activity (reactor irradiation, accelerator run, solution-reactor campaign, import);
two turn one product into another of the same nuclide (generator manufacture, labelling); one takes the
daughter from a generator that stands on the site (generator elution).

Times of a batch: start → (duration) → EOB → (processing) → (QC) → release. ``activity_per_batch`` is at
EOB and ``processing_yield`` is what the processing keeps, decay apart; decay from EOB to release is exact.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from becq.chain.fields import (
    Clocks,
    DurationS,
    Fraction,
    PositiveActivityBq,
    Slug,
    SpecificActivityBqG,
    Weekdays,
)
from becq.chain.item import Item

ProcessKind = Literal[
    "reactor_irradiation",
    "accelerator_run",
    "solution_reactor_campaign",
    "import",
    "generator_manufacture",
    "labelling",
    "generator_elution",
]
CREATING = frozenset({"reactor_irradiation", "accelerator_run", "solution_reactor_campaign", "import"})
CONVERTING = frozenset({"generator_manufacture", "labelling"})


class Outage(BaseModel):
    """A span of time in which no batch may be under way. Naive times are in the network's zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: datetime
    end: datetime
    reason: str
    source: str | None = None
    assumption: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Outage:
        if self.end <= self.start:
            raise ValueError("end must be after start")
        return self


class Resource(Item):
    """A machine or line that batches occupy from start to EOB plus changeover."""

    site: Slug
    name: str
    name_zh: str
    kind: Literal["reactor", "cyclotron", "accelerator", "hot_cell", "generator_line", "generator", "other"]
    positions: int = Field(default=1, ge=1, description="Batches that may be under way at once")
    changeover: DurationS = Field(default=0.0, ge=0)
    outages: list[Outage] = Field(default_factory=list)


class Process(Item):
    """A recipe at a site: what one batch makes, from what, how long it takes, when it may start."""

    site: Slug
    kind: ProcessKind
    resource: Slug | None = Field(default=None, description="Resource occupied; none for imports")
    product: Slug
    name: str | None = None
    name_zh: str | None = None
    input_product: Slug | None = Field(
        default=None, description="Product consumed (conversions) or eluted (elution)"
    )
    activity_per_batch: PositiveActivityBq | None = Field(
        default=None, description="Creating processes: activity of one batch at EOB, before processing"
    )
    max_input: PositiveActivityBq | None = Field(
        default=None, description="Conversions: largest input activity of one batch, at its start"
    )
    max_units: int | None = Field(default=None, ge=1, description="Most packages that one batch fills")
    processing_yield: Fraction = Field(default=1.0, description="Share kept by processing, decay apart")
    elution_efficiency: Fraction | None = Field(default=None, description="Elution: share of the daughter taken")
    duration: DurationS = Field(default=0.0, ge=0, description="Start to EOB")
    processing_time: DurationS = Field(default=0.0, ge=0)
    qc_time: DurationS = Field(default=0.0, ge=0, description="End of processing to release")
    specific_activity_eob: SpecificActivityBqG | None = None
    start_days: Weekdays = Field(default_factory=lambda: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    start_times: Clocks = Field(min_length=1)
    outages: list[Outage] = Field(default_factory=list)
    cost: Annotated[float, Field(ge=0, description="Cost of one batch")] = 0.0
    currency: str = "CNY"

    @model_validator(mode="after")
    def _complete(self) -> Process:
        if self.kind in CREATING:
            if self.activity_per_batch is None:
                raise ValueError(f"a process of kind {self.kind} needs activity_per_batch")
            if self.input_product is not None:
                raise ValueError(f"a process of kind {self.kind} takes no input_product")
        elif self.kind in CONVERTING:
            if self.input_product is None or self.max_input is None:
                raise ValueError(f"a process of kind {self.kind} needs input_product and max_input")
        elif self.input_product is None or self.elution_efficiency is None:
            raise ValueError("generator_elution needs input_product (the generator) and elution_efficiency")
        return self
