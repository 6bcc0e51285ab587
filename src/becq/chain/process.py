"""Resources and the processes that run on them.

Four processes create activity (reactor irradiation, accelerator run, solution-reactor campaign, import);
two turn one product into another of the same nuclide (generator manufacture, labelling); one takes the
daughter from a generator that stands on the site (generator elution).

Times of a batch: start → (duration) → EOB → (processing) → (QC) → release. ``activity_per_batch`` is at
EOB and ``processing_yield`` is what the processing keeps, decay apart; decay from EOB to release is exact.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from becq.chain.fields import (
    WEEKDAYS,
    Clocks,
    Count,
    DurationS,
    Fraction,
    Instant,
    Number,
    PositiveActivityBq,
    Slug,
    SpecificActivityBqG,
    Text,
    Weekdays,
)
from becq.chain.impurity import Impurities
from becq.chain.item import Item, Row, misfit

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


class Outage(Row):
    """A span of time in which no batch may be under way. Naive times are in the network's zone."""

    start: Instant = Field(description="Start of the outage")
    end: Instant = Field(description="End of the outage")
    reason: Text = Field(description="Why, as it is shown to planners")
    reason_zh: Text | None = Field(default=None, description="The same in Chinese")
    source: Text | None = Field(default=None, description="Where this comes from")
    assumption: Text | None = Field(default=None, description="What is assumed here, and why")

    @model_validator(mode="after")
    def _ordered(self) -> Outage:
        try:
            if self.end <= self.start:
                raise misfit("end", "the outage ends before it starts", "give an end after the start")
        except TypeError as error:
            raise misfit(
                "end",
                "only one of start and end carries a UTC offset",
                "write both with an offset, or both without",
            ) from error
        return self


class Resource(Item):
    """A machine or line that batches occupy: machines to EOB, cells and lines to the end of processing."""

    site: Slug = Field(description="Site where it stands")
    name: Text = Field(description="Name in English")
    name_zh: Text = Field(description="Name in Chinese")
    kind: Literal[
        "reactor", "cyclotron", "accelerator", "hot_cell", "generator_line", "generator", "other"
    ] = Field(description="What it is")
    positions: Count = Field(default=1, ge=1, description="Batches that may be under way at once")
    changeover: DurationS = Field(default=0.0, ge=0, description="From one batch to the next")
    outages: list[Outage] = Field(default_factory=list, description="When no batch may be under way")


class Process(Item):
    """A recipe at a site: what one batch makes, from what, how long it takes, when it may start."""

    site: Slug = Field(description="Site where it runs")
    kind: ProcessKind = Field(description="What the process does")
    resource: Slug | None = Field(default=None, description="Resource occupied; none for imports")
    product: Slug = Field(description="Product it makes")
    name: Text | None = Field(default=None, description="Name in English")
    name_zh: Text | None = Field(default=None, description="Name in Chinese")
    input_product: Slug | None = Field(
        default=None, description="Product consumed (conversions) or eluted (elution)"
    )
    activity_per_batch: PositiveActivityBq | None = Field(
        default=None, description="Creating processes: activity of one batch at EOB, before processing"
    )
    max_input: PositiveActivityBq | None = Field(
        default=None, description="Conversions: largest input activity of one batch, at its start"
    )
    max_units: Count | None = Field(default=None, ge=1, description="Most packages that one batch fills")
    processing_yield: Fraction = Field(default=1.0, description="Share kept by processing, decay apart")
    elution_efficiency: Fraction | None = Field(
        default=None, description="Elution: share of the daughter taken"
    )
    duration: DurationS = Field(default=0.0, ge=0, description="Start to EOB")
    processing_time: DurationS = Field(default=0.0, ge=0, description="EOB to end of processing")
    qc_time: DurationS = Field(default=0.0, ge=0, description="End of processing to release")
    specific_activity_eob: SpecificActivityBqG | None = Field(
        default=None, gt=0, description="Specific activity at EOB"
    )
    impurities: Impurities = Field(
        default_factory=list, description="Other nuclides in a batch at EOB, as shares of its activity"
    )
    start_days: Weekdays = Field(
        default_factory=lambda: list(WEEKDAYS), min_length=1, description="Days on which a batch may start"
    )
    start_times: Clocks = Field(min_length=1, description="Times at which a batch may start")
    outages: list[Outage] = Field(default_factory=list, description="When no batch may be under way")
    cost: Annotated[Number, Field(ge=0, description="Cost of one batch")] = 0.0
    currency: Text = Field(default="CNY", description="Currency of the cost, ISO 4217")

    @model_validator(mode="after")
    def _complete(self) -> Process:
        needed: tuple[str, ...]
        if self.kind in CREATING:
            needed = ("activity_per_batch",)
            if self.input_product is not None:
                raise misfit(
                    "input_product",
                    f"a process of kind {self.kind} takes no input_product",
                    "leave it out, or use kind generator_manufacture, labelling or generator_elution",
                )
        elif self.kind in CONVERTING:
            needed = ("input_product", "max_input")
        else:
            needed = ("input_product", "elution_efficiency")
        for field in needed:
            if getattr(self, field) is None:
                raise misfit(
                    field,
                    f"a process of kind {self.kind} needs {field}",
                    f"give {' and '.join(needed)}",
                )
        return self
