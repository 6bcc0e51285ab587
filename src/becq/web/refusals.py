"""What calculators refuse, and names of lines, in the language of the page: patterns for ``problems``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

REFUSALS = (
    (
        r"\"(?P<value>.*)\": \"(?P<unit>.*)\" could be minutes or months; write min, or days",
        gettext_lazy("“%(value)s”: “%(unit)s” could be minutes or months; write min, or days"),
    ),
    (
        r"There is no nuclide (?P<what>\S+) \((?P<name_zh>\S+)\)",
        gettext_lazy("There is no nuclide %(what)s"),
    ),
    (
        r"There is no nuclide (?P<what>\S+) in ICRP-107 or in nature",
        gettext_lazy("There is no nuclide %(what)s in ICRP-107 or in nature"),
    ),
    (
        r"did you mean (?P<meant>.+)\?",
        gettext_lazy("did you mean %(meant)s?"),
    ),
    (
        r"\"(?P<value>.*)\": no element \"(?P<what>.*)\"",
        gettext_lazy("“%(value)s”: there is no element “%(what)s”"),
    ),
    (
        r"\"(?P<value>.*)\" is not a nuclide",
        gettext_lazy("“%(value)s” is not a nuclide"),
    ),
    (
        r"write element and mass number, like Tc-99m or 锝-99m",
        gettext_lazy("write element and mass number, like Tc-99m or 锝-99m"),
    ),
    (
        r"\"(?P<value>.*)\": six-day curies are defined for Mo-99 as it leaves the processing "
        r"plant(?:, not for (?P<what>\S+))?",
        gettext_lazy("“%(value)s”: six-day curies are defined for Mo-99 only"),
    ),
    (
        r"write the activity at its reference time, in Ci or Bq",
        gettext_lazy("write the activity at its reference time, in Ci or Bq"),
    ),
    (
        r"\"(?P<value>.*)\" is not a generator known here: (?P<words>.+)",
        gettext_lazy("“%(value)s” is not a generator known here; there are %(words)s"),
    ),
    (
        r"\"(?P<value>.*)\" is not a shield material",
        gettext_lazy("“%(value)s” is not a shield material"),
    ),
    (
        r"No shield material '?(?P<value>.*?)'?; there are (?P<words>.+)",
        gettext_lazy("There is no shield material “%(value)s”; there are %(words)s"),
    ),
    (
        r"Even 100 m of this material do not bring the dose rate down that far",
        gettext_lazy("Even 100 m of this material do not bring the dose rate down that far"),
    ),
    (
        r"(?:After that age nothing|Nothing) is left of (?P<what>\S+?)(?: to refer to)?",
        gettext_lazy("Nothing is left of %(what)s after that time"),
    ),
    (
        r"(?P<what>\S+) (?P<energy>\S+) keV gamma",
        gettext_lazy("%(what)s %(energy)s keV gamma"),
    ),
    (
        r"(?P<what>\S+) (?P<energy>\S+) keV x",
        gettext_lazy("%(what)s %(energy)s keV X ray"),
    ),
    (
        r"(?P<what>\S+) (?P<energy>\S+) keV annihilation",
        gettext_lazy("%(what)s %(energy)s keV annihilation"),
    ),
    (
        r"(?P<what>[A-Z]\S+) bremsstrahlung",
        gettext_lazy("%(what)s bremsstrahlung"),
    ),
    (
        r"no flux at all: the target only decays",
        gettext_lazy("no flux at all: the target only decays"),
    ),
    (
        r"(?P<what>\S+): left out: the evaluations disagree \((?P<values>.+) in the fission "
        r"spectrum\)",
        gettext_lazy("%(what)s: left out: the evaluations disagree (%(values)s in the fission spectrum)"),
    ),
    (
        r"An enrichment of (?P<value>\S+) is out of range: an atom fraction above 0 and up to 1 "
        r"\(0\.98 for 98 %\)",
        gettext_lazy(
            "An enrichment of %(value)s is out of range: an atom fraction above 0 and up to 1 (0.98 "
            "for 98 %%)"
        ),
    ),
    (
        r"Enrichment (?P<value>\S+): an atom fraction lies between 0 and 1",
        gettext_lazy("Enrichment %(value)s: an atom fraction lies between 0 and 1"),
    ),
    (
        r"Enrichment of natural (?P<what>\S+): name the enriched isotope as the target",
        gettext_lazy("Enrichment of natural %(what)s: name the enriched isotope as the target"),
    ),
    (
        r"Enrichment (?P<value>\S+) of (?P<what>\S+): what the rest is does not follow from "
        r"nature; give the whole isotopic composition",
        gettext_lazy("Enrichment %(value)s of %(what)s: what the rest is does not follow from nature"),
    ),
    (
        r"An enrichment needs an isotope as the target, like (?P<example>\S+)",
        gettext_lazy("An enrichment needs an isotope as the target, like %(example)s"),
    ),
    (
        r"The energy of the beam must lie between (?P<least>\S+) and (?P<most>\S+) MeV; it is "
        r"(?P<energy>\S+) MeV",
        gettext_lazy(
            "The energy of the beam must lie between %(least)s and %(most)s MeV; it is %(energy)s MeV"
        ),
    ),
    (
        r"Becq's own table has no yields of (?P<what>.+)\. Name a folder of nuclear data in "
        r"BECQ_NUCLEAR_DATA, or use one of: (?P<words>.+)",
        gettext_lazy(
            "Becq's own table has no yields of %(what)s. Name a folder of nuclear data in "
            "BECQ_NUCLEAR_DATA, or use one of: %(words)s"
        ),
    ),
    (
        r"\"(?P<value>.*)\" does not balance: (?P<what>\S+) gives (?P<made>\S+), and "
        r"(?P<product>\S+) is stable; did you mean (?P<meant>.+)\?",
        gettext_lazy(
            "“%(value)s” does not balance: %(what)s gives %(made)s, and %(product)s is stable; did "
            "you mean %(meant)s?"
        ),
    ),
    (
        r"Nothing radioactive is known to come from (?P<what>\S+): name a product",
        gettext_lazy("Nothing radioactive is known to come from %(what)s: name a product"),
    ),
    (
        r"(?P<product>\S+) does not come from (?P<what>\S+) by capture and decay: it gives "
        r"(?P<words>.+?)(?:; a threshold reaction needs the fast flux)?; the network stops after "
        r"(?P<count>\d+) captures in a row: follow more, up to 20",
        gettext_lazy(
            "%(product)s does not come from %(what)s by capture and decay: it gives %(words)s; the network "
            "stops after %(count)s captures in a row: follow more, up to 20"
        ),
    ),
    (
        r"(?P<product>\S+) does not come from (?P<what>\S+) by capture and decay: it gives "
        r"(?P<words>.+?)(?:; a threshold reaction needs the fast flux)?",
        gettext_lazy("%(product)s does not come from %(what)s by capture and decay: it gives %(words)s"),
    ),
    (
        r"(?P<material>\S+) holds no (?P<what>\S+)",
        gettext_lazy("%(material)s holds no %(what)s"),
    ),
    (
        r"The density of (?P<what>\S+) in g/cm³ is needed for its self-shielding",
        gettext_lazy("The density of %(what)s in g/cm³ is needed for its self-shielding"),
    ),
    (
        r"(?P<energy>\S+) MeV per fission is out of range \((?P<least>\S+) to (?P<most>\S+)\)",
        gettext_lazy("%(energy)s MeV per fission is out of range (%(least)s to %(most)s)"),
    ),
    (
        r"An extraction efficiency of (?P<value>\S+) is out of range: above 0, up to 1",
        gettext_lazy("An extraction efficiency of %(value)s is out of range: above 0, up to 1"),
    ),
    (
        r"A self-shielding factor of (?P<value>\S+) is out of range: above 0, up to 1",
        gettext_lazy("A self-shielding factor of %(value)s is out of range: above 0, up to 1"),
    ),
    (
        r"A density of (?P<value>\S+) g/cm³ is out of range \(above 0, up to (?P<most>\S+)\)",
        gettext_lazy("A density of %(value)s g/cm³ is out of range (above 0, up to %(most)s)"),
    ),
    (
        r"An epithermal ratio above 1 is not that of a thermal reactor: .+",
        gettext_lazy(
            "An epithermal ratio above 1 is not that of a thermal reactor: usually it is 0.01 to 0.1"
        ),
    ),
    (
        r"(?P<what>A thermal|A fast) flux above 1e17 cm⁻² s⁻¹ is beyond any reactor",
        gettext_lazy("A flux above 10¹⁷ cm⁻² s⁻¹ is beyond any reactor"),
    ),
    (
        r"A density is of use with a geometry only: give the shape of the target too",
        gettext_lazy("A density is of use with a shape only: give the shape of the target too"),
    ),
    (
        r"The extraction comes before the next start: cooling must not exceed the pause",
        gettext_lazy("The extraction comes before the next start: cooling must not exceed the pause"),
    ),
    (
        r"(?P<what>\S+) is stable: it has no activity",
        gettext_lazy("%(what)s is stable: it has no activity"),
    ),
    (
        r"\"(?P<value>.*)\" is no target: name an isotope like Yb-176 or an element like Yb",
        gettext_lazy("“%(value)s” is no target: name an isotope like Yb-176 or an element like Yb"),
    ),
    (
        r"(?P<product>\S+): the cross section of (?P<what>\S+) may be an upper limit, and so its "
        r"activity",
        gettext_lazy("%(product)s: the cross section of %(what)s may be an upper limit, and so its activity"),
    ),
    (
        r"of (?P<what>\S+) the mass that fissioned; thermal captures take another (?P<share>\S+) % of it",
        gettext_lazy("of %(what)s the mass that fissioned; thermal captures take another %(share)s %% of it"),
    ),
    (
        r"(?P<count>\d+) cycles without a stop between them: one run of all their time",
        gettext_lazy("%(count)s cycles without a stop between them: one run of all their time"),
    ),
    (
        r"a stop between cycles does nothing in one cycle; give the number of cycles too",
        gettext_lazy("a stop between cycles does nothing in one cycle; give the number of cycles too"),
    ),
    (
        r"a pause between runs does nothing in one run; give the number of runs too",
        gettext_lazy("a pause between runs does nothing in one run; give the number of runs too"),
    ),
    (
        r'"(?P<text>.+)" is too little; write a flux in n/\(cm² s\), like 2e14',
        gettext_lazy("“%(text)s” is too little; write a flux in n/(cm² s), like 2e14"),
    ),
    (
        r'"(?P<text>.+)" is not an epithermal ratio; usual are 0\.01 in a reflector to 0\.1 in a core',
        gettext_lazy("“%(text)s” is not an epithermal ratio; usual are 0.01 in a reflector to 0.1 in a core"),
    ),
    (
        r'"(?P<text>.+)": a factor of self-shielding is above 0, up to 1',
        gettext_lazy("“%(text)s”: a factor of self-shielding is above 0, up to 1"),
    ),
    (
        r'"(?P<text>.+)" is not a heat per fission; write for example 200 MeV',
        gettext_lazy("“%(text)s” is not a heat per fission; write for example 200 MeV"),
    ),
    (
        r"self-shielding factors: thermal (?P<one>\S+), resonances of (?P<what>\S+) "
        r"(?P<two>[\d.e-]+)",
        gettext_lazy("self-shielding factors: thermal %(one)s, resonances of %(what)s %(two)s"),
    ),
    (
        r"self-shielding factors: thermal (?P<one>\S+), resonances of (?P<what>\S+) "
        r"(?P<two>[\d.e-]+), at (?P<density>\S+) g/cm³",
        gettext_lazy(
            "self-shielding factors: thermal %(one)s, resonances of %(what)s %(two)s, at %(density)s g/cm³"
        ),
    ),
    (
        r"(?P<product>\S+), the usual product of (?P<what>\S+), needs a fast flux: give one, or "
        r"name a product",
        gettext_lazy(
            "%(product)s, the usual product of %(what)s, needs a fast flux: give one, or name a product"
        ),
    ),
    (
        r"an infinitely dilute target is assumed: a solid sphere of (?P<mass>\S+) g at "
        r"(?P<density>\S+) g/cm³(?: \(assumed\))? would give (?P<share>\S+) % of this; give the "
        r"shape of the target",
        gettext_lazy(
            "an infinitely dilute target is assumed: a solid sphere of %(mass)s g at %(density)s "
            "g/cm³ would give %(share)s %% of this; give the shape of the target"
        ),
    ),
    (
        r"a target of (?P<mass>\S+) kg fits no irradiation position and would lower the flux",
        gettext_lazy("a target of %(mass)s kg fits no irradiation position and would lower the flux"),
    ),
    (
        r"one (?P<shape>\w+) of this size weighs (?P<one>\S+ \S+), more than the target of "
        r"(?P<mass>\S+ \S+): the self-shielding is that of the whole piece",
        gettext_lazy(
            "one piece of this size weighs %(one)s, more than the target of %(mass)s: the "
            "self-shielding is that of the whole piece"
        ),
    ),
    (
        r"Give either self-shielding factors or a geometry, not both",
        gettext_lazy("give a shape or the factors of self-shielding, not both"),
    ),
    (
        r"self-shielding: factors as given",
        gettext_lazy("self-shielding: factors as given"),
    ),
)
