"""What the planner and the platform say of events, what-ifs and explanations, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

EVENT_REMARKS = (
    (
        r"there is no (?:site|resource|process) '(?P<word>.*)'",
        gettext_lazy("the network has no “%(word)s”"),
    ),
    (r"the outage is over", gettext_lazy("the outage is over")),
    (
        r"give an end after now, or leave the event out",
        gettext_lazy("give an end after the moment from which the plan is made anew"),
    ),
    (r"it ends before it starts", gettext_lazy("it ends before it starts")),
    (r"give an end after the start", gettext_lazy("give an end after the start")),
    (r"the plan has no batch '(?P<word>.*)'", gettext_lazy("the plan has no batch “%(word)s”")),
    (r"name a batch as the plan does", gettext_lazy("choose a batch of the plan")),
    (r"it began at (?P<at>\S+)", gettext_lazy("it began at %(at)s")),
    (r"say stage=eob or stage=release", gettext_lazy("choose EOB or release")),
    (
        r"(?P<batch>\S+) begins at (?P<at>\S+) and has not begun",
        gettext_lazy("%(batch)s begins at %(at)s and has not begun"),
    ),
    (
        r"give a later --now, (?:or an outage of its process|and .*)|give a later --now; .*",
        gettext_lazy("give a later moment, or an outage"),
    ),
    (r"give another id", gettext_lazy("choose another calibration time")),
    (r"the delivery window is over", gettext_lazy("the delivery window is over")),
    (r"give a latest time after now", gettext_lazy("give a latest delivery after now")),
    (
        r"the delivery window opens outside the plan's days",
        gettext_lazy("the delivery window opens outside the days of the plan"),
    ),
    (r"plan more days first", gettext_lazy("plan more days first")),
    (
        r"no departure of (?P<lane>\S+) leaves then",
        gettext_lazy("no departure of %(lane)s leaves then"),
    ),
    (r"it leaves at (?P<times>.+)", gettext_lazy("it leaves at %(times)s")),
    (
        r"Now is (?P<now>.+), and plan (?P<code>\S+) can be made anew from (?P<start>.+) to (?P<end>.+)",
        gettext_lazy("%(code)s can be made anew from %(start)s to %(end)s, not from %(now)s"),
    ),
    (
        r"What plan (?P<code>\S+) was made of was not kept; .*",
        gettext_lazy("What %(code)s was made of was not kept. Plan again, then it can be changed."),
    ),
    (
        r"Plan (?P<code>\S+) is (?P<state>\w+); only a finished plan is made anew",
        gettext_lazy("%(code)s is %(state)s; only a finished plan is made anew"),
    ),
    (
        r"Plan (?P<code>\S+) is committed or the base of another one",
        gettext_lazy("%(code)s is committed or the base of another one"),
    ),
    (
        r"A plan takes (?P<number>\d+) events at once; .*",
        gettext_lazy("A plan takes %(number)s events at once; plan anew with those that there are."),
    ),
    (
        r"(?P<gone>.+) of (?P<batch>\S+) \(at its release\) has left by then, more than the (?P<held>.+) it "
        r"is said to have held; .*",
        gettext_lazy(
            "%(gone)s of %(batch)s (at its release) has left by then, more than the %(held)s that it is said "
            "to have held."
        ),
    ),
    (
        r"a variation names the [\w ]+ '(?P<word>.*)', which the network does not have",
        gettext_lazy("the network has no “%(word)s”"),
    ),
)
"""Pattern of a sentence, and the sentence of the page."""
