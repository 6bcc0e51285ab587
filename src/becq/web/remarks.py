"""What calculators say, in the language of the page: refusals of their inputs, and remarks of the physics.

Patterns of the English sentences with their templates, as :func:`becq.web.problems.say` uses them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

REMARKS = (
    # inputs
    (r"this is needed", gettext_lazy("this is needed")),
    (r"the text is too long or unreadable", gettext_lazy("the text is too long or unreadable")),
    (r"this is given more than once", gettext_lazy("this is given more than once")),
    (r"give it once", gettext_lazy("give it once")),
    (
        r"did you mean (?P<meant>\S+)\? In an address \+ is written %2B",
        gettext_lazy("did you mean %(meant)s?"),
    ),
    (r"there is no such input", gettext_lazy("there is no such input")),
    (r"\"(?P<value>.*)\" is not a choice", gettext_lazy("“%(value)s” is not a choice")),
    (r"\"(?P<value>.*)\" is not an energy", gettext_lazy("“%(value)s” is not an energy")),
    (r"\"(?P<value>.*)\" is not a current", gettext_lazy("“%(value)s” is not a current")),
    (r"\"(?P<value>.*)\" is not a mass", gettext_lazy("“%(value)s” is not a mass")),
    (r"\"(?P<value>.*)\" is not a power", gettext_lazy("“%(value)s” is not a power")),
    (r"\"(?P<value>.*)\" is not a length", gettext_lazy("“%(value)s” is not a length")),
    (r"\"(?P<value>.*)\" is not a neutron flux", gettext_lazy("“%(value)s” is not a neutron flux")),
    (r"\"(?P<value>.*)\" is not a dose rate", gettext_lazy("“%(value)s” is not a dose rate")),
    (r"\"(?P<value>.*)\" is not a share", gettext_lazy("“%(value)s” is not a share")),
    (r"\"(?P<value>.*)\" is not a duration", gettext_lazy("“%(value)s” is not a duration")),
    (r"\"(?P<value>.*)\" is not a layer", gettext_lazy("“%(value)s” is not a layer")),
    (r"\"(?P<value>.*)\" is not a time of day", gettext_lazy("“%(value)s” is not a time of day")),
    (
        r"\"(?P<value>.*)\" is not a list of times of day",
        gettext_lazy("“%(value)s” is not a list of times of day"),
    ),
    (r"\"(?P<value>.*)\" is not a date and time", gettext_lazy("“%(value)s” is not a date and time")),
    (r"\"(?P<value>.*)\" is not a whole number", gettext_lazy("“%(value)s” is not a whole number")),
    (r"\"(?P<value>.*)\" is out of range", gettext_lazy("“%(value)s” is out of range")),
    (
        r"use a whole number from (?P<first>\d+) to (?P<last>\d+)",
        gettext_lazy("use a whole number from %(first)s to %(last)s"),
    ),
    (
        r"write a number and a unit, like (?P<example>.+)",
        gettext_lazy("write a number and a unit, like %(example)s"),
    ),
    (
        r"\"(?P<value>.*)\": an? [\w ]+ is a finite number, not below zero",
        gettext_lazy("“%(value)s”: this is a finite number, not below zero"),
    ),
    (r"\"(?P<value>.*)\" is more than the whole", gettext_lazy("“%(value)s” is more than the whole")),
    (
        r"\"(?P<value>.*)\": a duration here is not negative",
        gettext_lazy("“%(value)s”: a duration here is not negative"),
    ),
    (
        r"\"(?P<value>.*)\": a value above zero is needed here",
        gettext_lazy("“%(value)s”: a value above zero is needed here"),
    ),
    (
        r"\"(?P<value>.*)\" is beyond anything that is meant here",
        gettext_lazy("“%(value)s” is beyond anything that is meant here"),
    ),
    (r"use at most (?P<most>.+)", gettext_lazy("use at most %(most)s")),
    (
        r"\"(?P<value>.*)\" is in (?P<unit>.+?); did you mean (?P<meant>.+)\? Write \".*\" to insist",
        gettext_lazy("“%(value)s” is in %(unit)s; did you mean %(meant)s? Write “%(value)s!” to insist"),
    ),
    (
        r"(?P<nuclide>\S+) \(.*\) is stable: it has no activity",
        gettext_lazy("%(nuclide)s is stable: it has no activity"),
    ),
    (
        r"(?P<nuclide>\S+) has a half-life of (?P<half_life>.+); did you mean (?P<meant>.+)\? "
        r"Write \"(?P<again>.*)\" to insist",
        gettext_lazy(
            "%(nuclide)s has a half-life of %(half_life)s; did you mean %(meant)s? "
            "Write “%(again)s” to insist"
        ),
    ),
    # remarks and refusals of the physics
    (
        r"(?P<what>\S+) grows mostly from (?P<parent>\S+): where \S+ is taken out first, isotopes of "
        r"(?P<element>\S+) made directly stay behind, so no specific activity is given",
        gettext_lazy(
            "%(what)s grows mostly from %(parent)s: where that is taken out first, isotopes of %(element)s "
            "made directly stay behind, so no specific activity is given"
        ),
    ),
    (
        r"\"(?P<value>.*)\": a full stop makes a fraction; write the hydrate as (?P<right>.+)",
        gettext_lazy("“%(value)s”: a full stop makes a fraction; write the hydrate as %(right)s"),
    ),
    (
        r"\"(?P<value>.*)\": (?P<count>\d+) would be a number of atoms; leave it out and give the enrichment "
        r"of (?P<what>\S+), or write (?P<right>.+)",
        gettext_lazy(
            "“%(value)s”: %(count)s would be a number of atoms; leave it out and give the enrichment of "
            "%(what)s, or write %(right)s"
        ),
    ),
    (r"pure (?P<what>\S+): no enrichment given", gettext_lazy("pure %(what)s: no enrichment given")),
    (r"natural (?P<what>\S+) \((?P<source>.+)\)", gettext_lazy("natural %(what)s (%(source)s)")),
    (
        r"the other (?P<share>\S+) of (?P<what>\S+) taken in natural proportions \(assumption\)",
        gettext_lazy("the other %(share)s of %(what)s taken in natural proportions (assumption)"),
    ),
    (
        r"no epithermal flux given: resonance captures left out",
        gettext_lazy("no epithermal flux given: resonance captures left out"),
    ),
    (
        r"no fast flux given: threshold reactions left out",
        gettext_lazy("no fast flux given: threshold reactions left out"),
    ),
    (
        r"no self-shielding: an infinitely dilute target",
        gettext_lazy("no self-shielding: an infinitely dilute target"),
    ),
    (
        r"no cross section of (?P<what>\S+) is known: its burn-up is left out",
        gettext_lazy("no cross section of %(what)s is known: its burn-up is left out"),
    ),
    (
        r"(?P<what>\S+): resonance integral split between the states as at thermal energy",
        gettext_lazy("%(what)s: resonance integral split between the states as at thermal energy"),
    ),
    (
        r"(?P<what>\S+): resonance integral unknown, the 1/v tail alone taken",
        gettext_lazy("%(what)s: resonance integral unknown, the 1/v tail alone taken"),
    ),
    (
        r"(?P<what>\S+): no uncertainty of the resonance integral is known",
        gettext_lazy("%(what)s: no uncertainty of the resonance integral is known"),
    ),
    (r"no uncertainty is known of (?P<what>.+)", gettext_lazy("no uncertainty is known of %(what)s")),
    (
        r"half-life of (?P<what>\S+): ICRP-107 differs from (?P<source>.+) by (?P<off>\S+)",
        gettext_lazy("half-life of %(what)s: ICRP-107 differs from %(source)s by %(off)s"),
    ),
    (
        r"(?P<what>\S+): all taken to the ground state: the library does not split isomers",
        gettext_lazy("%(what)s: all taken to the ground state: the library does not split isomers"),
    ),
    (
        r"(?P<what>\S+): all capture taken to the ground state: no branching to the isomer in the source",
        gettext_lazy(
            "%(what)s: all capture taken to the ground state: no branching to the isomer in the source"
        ),
    ),
    (
        r"(?P<what>\S+): fission: a loss of the target; fission products are not followed",
        gettext_lazy("%(what)s: fission: a loss of the target; fission products are not followed"),
    ),
    (r"(?P<what>\S+): Maxwellian-averaged value\.", gettext_lazy("%(what)s: Maxwellian-averaged value")),
    (r"(?P<energy>\S+) MeV of heat per fission", gettext_lazy("%(energy)s MeV of heat per fission")),
    (
        r"Photons from (?P<energy>\S+) keV up; point source without self-absorption",
        gettext_lazy("Photons from %(energy)s keV up; point source without self-absorption"),
    ),
    (
        r"Beta particles stop in (?P<what>.+); the skin dose of an open source is not included",
        gettext_lazy("Beta particles stop in %(what)s; the skin dose of an open source is not included"),
    ),
    (r"No photon data for (?P<what>.+): left out", gettext_lazy("No photon data for %(what)s: left out")),
    (
        r"Neutrons of spontaneous fission are not counted; with Cf-252 they rule the dose",
        gettext_lazy("Neutrons of spontaneous fission are not counted; with Cf-252 they rule the dose"),
    ),
    (r"Point source in the middle", gettext_lazy("Point source in the middle")),
    (
        r"The activity of the target (?P<what>\S+) itself and of its progeny is not counted",
        gettext_lazy("The activity of the target %(what)s itself and of its progeny is not counted"),
    ),
    (
        r"No cross sections for (?P<what>.+): what they make is missing",
        gettext_lazy("No cross sections for %(what)s: what they make is missing"),
    ),
    (
        r"No cross sections for (?P<what>.+) in (?P<material>\S+)",
        gettext_lazy("No cross sections for %(what)s in %(material)s"),
    ),
    (
        r"Side reactions are known to (?P<energy>\S+) MeV only: impurities are a lower limit",
        gettext_lazy("Side reactions are known to %(energy)s MeV only: impurities are a lower limit"),
    ),
    (
        r"Isomers not told apart, all counted as ground state: (?P<what>.+)",
        gettext_lazy("Isomers not told apart, all counted as ground state: %(what)s"),
    ),
    (
        r"(?P<what>\S+): the cross section counts its isomers too; all of it was taken for \S+",
        gettext_lazy("%(what)s: the cross section counts its isomers too; all of it was taken for it"),
    ),
    (
        r"\"(?P<value>.*)\" is not a reaction: write "
        r"target\(projectile,ejectiles\)product, like (?P<example>.+)",
        gettext_lazy(
            "“%(value)s” is not a reaction; write target(projectile,ejectiles)product, like %(example)s"
        ),
    ),
    (
        r"(?P<what>\S+) needs more than (?P<least>\S+) MeV; the beam has (?P<energy>\S+) MeV",
        gettext_lazy("%(what)s needs more than %(least)s MeV; the beam has %(energy)s MeV"),
    ),
    (
        r"\"(?P<value>.*)\" does not balance: (?P<what>\S+) gives (?P<made>\S+); "
        r"did you mean (?P<meant>.+)\?",
        gettext_lazy("“%(value)s” does not balance: %(what)s gives %(made)s; did you mean %(meant)s?"),
    ),
    (
        r"\"(?P<value>.*)\" does not balance; did you mean (?P<meant>.+)\?",
        gettext_lazy("“%(value)s” does not balance; did you mean %(meant)s?"),
    ),
    (
        r"(?P<what>\S+): cross sections are known from (?P<least>\S+) to (?P<most>\S+) MeV, "
        r"the beam has (?P<energy>\S+) MeV",
        gettext_lazy(
            "%(what)s: cross sections are known from %(least)s to %(most)s MeV, the beam has %(energy)s MeV"
        ),
    ),
    (
        r"The beam cannot leave the target with more energy than it enters with",
        gettext_lazy("The beam cannot leave the target with more energy than it enters with"),
    ),
    (
        r"(?P<material>\S+) contains no (?P<what>\S+); its elements are (?P<words>.+)",
        gettext_lazy("%(material)s contains no %(what)s; its elements are %(words)s"),
    ),
    (
        r"The layers are thicker than the distance between source and point",
        gettext_lazy("The layers are thicker than the distance between source and point"),
    ),
    (
        r"The shield is thicker than the package's outer radius",
        gettext_lazy("The shield is thicker than the package's outer radius"),
    ),
    (
        r"(?P<product>\S+) is no radioactive fission product of (?P<what>\S+) in the "
        r"table \(yields from 1e-6\)",
        gettext_lazy(
            "%(product)s is no radioactive fission product of %(what)s in the table (yields from 1e-6)"
        ),
    ),
    (
        r"No elution lies after the first moment; add a later time or a day",
        gettext_lazy("No elution lies after the first moment; add a later time or a day"),
    ),
    (r"Converter assumed: (?P<what>.+)", gettext_lazy("Converter assumed: %(what)s")),
    (r"Target thickness assumed: (?P<what>.+)", gettext_lazy("Target thickness assumed: %(what)s")),
    (
        r"All particles go straight ahead, without multiple scattering and angles of emission: "
        r"(?:against published values )?(?P<least>\S+) to (?P<most>\S+) times(?: published values)?",
        gettext_lazy(
            "All particles go straight ahead, without multiple scattering and angles of emission: "
            "%(least)s to %(most)s times published values"
        ),
    ),
    (
        r"The target is taken to catch all photons \(collection 1\): an upper limit",
        gettext_lazy("The target is taken to catch all photons (collection 1): an upper limit"),
    ),
    (r"it has no meaning for photons", gettext_lazy("it has no meaning for photons")),
    (r"it is for photon reactions only", gettext_lazy("it is for photon reactions only")),
    (r"give it or an exit energy, not both", gettext_lazy("give it or an exit energy, not both")),
    (r"\"(?P<value>.*)\" is not a shape", gettext_lazy("“%(value)s” is not a shape")),
    (
        r"\"(?P<value>.*)\": a length here is above zero",
        gettext_lazy("“%(value)s”: a length here is above zero"),
    ),
    (
        r"\"(?P<value>.*)\": a dose rate here is above zero",
        gettext_lazy("“%(value)s”: a dose rate here is above zero"),
    ),
    (
        r"give a shape or the factors of self-shielding, not both",
        gettext_lazy("give a shape or the factors of self-shielding, not both"),
    ),
    (r"\"(?P<value>.*)\" is not a density", gettext_lazy("“%(value)s” is not a density")),
    (
        r"\"(?P<value>.*)\" is not a thickness in mass per area",
        gettext_lazy("“%(value)s” is not a thickness in mass per area"),
    ),
    (r"\"(?P<value>.*)\" is not a chemical formula", gettext_lazy("“%(value)s” is not a chemical formula")),
    (r"\"(?P<value>.*)\" is not a time zone", gettext_lazy("“%(value)s” is not a time zone")),
    (r"\"(?P<value>.*)\" is not a need", gettext_lazy("“%(value)s” is not a need")),
    (
        r"There are no photon data of (?P<what>\S+) here",
        gettext_lazy("There are no photon data of %(what)s here"),
    ),
    (
        r"(?P<what>\S+): average over the fission spectrum: its uncertainty is the spread of evaluations",
        gettext_lazy(
            "%(what)s: average over the fission spectrum: its uncertainty is the spread of evaluations"
        ),
    ),
    (
        r"(?P<what>\S+): (?P<made>\S+) \((?:under 4 min, )?not in ICRP-107\) is taken as decayed at once\.",
        gettext_lazy("%(what)s: %(made)s is taken as decayed at once"),
    ),
    (
        r"(?P<what>\S+): (?P<made>\S+) is not in ICRP-107; a loss of the target only\.",
        gettext_lazy("%(what)s: %(made)s is not in ICRP-107; a loss of the target only"),
    ),
    (
        r"(?P<what>\S+): left out: no measured value, and the libraries disagree \((?P<values>.+)\)",
        gettext_lazy("%(what)s: left out: no measured value, and the libraries disagree (%(values)s)"),
    ),
    (r"thermal fission only", gettext_lazy("thermal fission only")),
    (r"no burn-up of fission products", gettext_lazy("no burn-up of fission products")),
    (
        r"fission products burnt up at (?P<flux>\S+) per cm² and s",
        gettext_lazy("fission products burnt up at %(flux)s per cm² and s"),
    ),
    (
        r"(?P<what>\S+) outlives (?P<product>\S+) and decays to it: it is in the activities as far as it has "
        r"decayed, not in the yields",
        gettext_lazy("%(what)s outlives %(product)s and decays to it: it is not in the yields"),
    ),
    (
        r"(?P<product>\S+) grows from (?P<what>\S+), which outlives it: the yields are those of an endless "
        r"run, a short one gives less",
        gettext_lazy("%(product)s grows from %(what)s, which outlives it: a short run gives less"),
    ),
    (
        r"(?P<what>.+): TENDL is a statistical model, which does not hold for so light a target; "
        r"the yield may be wrong by a factor of two",
        gettext_lazy(
            "%(what)s: TENDL does not hold for so light a target; it may be wrong by a factor of two"
        ),
    ),
)
