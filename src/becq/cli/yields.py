"""``becq yield``: what an accelerator, a reactor or fission makes."""

from __future__ import annotations

from typing import Annotated

import typer

from becq.cli.answers import answer

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Activity that an irradiation makes, and its impurities.",
)


@app.command()
def cyclotron(
    reaction: Annotated[
        str, typer.Option(help="Route: Ni-64(p,n)Cu-64, natGa(p,xn)Ge-68, Mo-100(g,n)Mo-99.")
    ],
    energy: Annotated[str, typer.Option(help="Energy where the beam enters the target: 12MeV.")],
    current: Annotated[str, typer.Option(help="Beam current: 50uA.")],
    duration: Annotated[str, typer.Option(help="Length of the run: 4h.")],
    exit_energy: Annotated[
        str, typer.Option("--exit", help="Energy where it leaves; without it the beam stops: 4MeV.")
    ] = "",
    enrichment: Annotated[str, typer.Option(help="Atom fraction of the target isotope: 98%.")] = "",
    material: Annotated[str, typer.Option(help="Chemical form of the target: H2O.")] = "",
    cooling: Annotated[str, typer.Option(help="Time after the run: 2h.")] = "",
    thickness: Annotated[str, typer.Option(help="Target along the beam: 10g/cm2, instead of --exit.")] = "",
    converter: Annotated[str, typer.Option(help="Of an electron machine: W, or none.")] = "",
    converter_thickness: Annotated[str, typer.Option(help="Thickness of the converter: 5.8g/cm2.")] = "",
    collection: Annotated[str, typer.Option(help="Share of the photons that the target catches: 50%.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Activity, impurities and yield of a target under protons, deuterons, alphas or bremsstrahlung."""
    texts = {
        "reaction": reaction,
        "energy": energy,
        "exit": exit_energy,
        "current": current,
        "duration": duration,
        "enrichment": enrichment,
        "material": material,
        "cooling": cooling,
        "thickness": thickness,
        "converter": converter,
        "converter_thickness": converter_thickness,
        "collection": collection,
    }
    answer("cyclotron", texts, as_json)


@app.command()
def reactor(
    target: Annotated[str, typer.Option(help="Isotope, or element of natural composition: Yb-176, W.")],
    mass: Annotated[str, typer.Option(help="Of the element, or of --material: 10mg.")],
    flux: Annotated[str, typer.Option(help="Thermal flux per cm² and s: 2e14.")],
    duration: Annotated[str, typer.Option(help="Irradiation time, of one cycle: 14d.")],
    cooling: Annotated[str, typer.Option(help="Time after the irradiation: 2d.")] = "",
    product: Annotated[str, typer.Option(help="Product, where not the usual one of the target.")] = "",
    enrichment: Annotated[str, typer.Option(help="Atom fraction of the target isotope: 97.6%.")] = "",
    material: Annotated[str, typer.Option(help="Chemical form: Yb2O3.")] = "",
    epithermal: Annotated[
        str, typer.Option(help="Epithermal flux per unit lethargy over thermal: 0.02.")
    ] = "",
    fast: Annotated[str, typer.Option(help="Equivalent fission flux, for threshold reactions.")] = "",
    cycles: Annotated[str, typer.Option(help="Number of cycles.")] = "",
    pause: Annotated[str, typer.Option(help="Stop between cycles: 7d.")] = "",
    thermal_shielding: Annotated[str, typer.Option(help="Thermal self-shielding factor: 0.95.")] = "",
    shape: Annotated[
        str, typer.Option(help="Computes the self-shielding: foil:0.1mm, cylinder:5mm:10mm.")
    ] = "",
    density: Annotated[str, typer.Option(help="Of the target, with --shape: 9.2g/cm3.")] = "",
    resonance_shielding: Annotated[str, typer.Option(help="Resonance self-shielding factor: 0.6.")] = "",
    absorptions: Annotated[
        str, typer.Option(help="Captures of one nucleus that are followed: 10 for Cf-252.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Activity, specific activity and impurities of a target irradiated with neutrons."""
    texts = {
        "target": target,
        "mass": mass,
        "flux": flux,
        "duration": duration,
        "cooling": cooling,
        "product": product,
        "enrichment": enrichment,
        "material": material,
        "epithermal": epithermal,
        "fast": fast,
        "cycles": cycles,
        "pause": pause,
        "thermal_shielding": thermal_shielding,
        "resonance_shielding": resonance_shielding,
        "shape": shape,
        "density": density,
        "absorptions": absorptions,
    }
    answer("reactor", texts, as_json)


@app.command()
def fission(
    power: Annotated[str, typer.Option(help="Fission power of the solution or the targets: 200kW.")],
    duration: Annotated[str, typer.Option(help="Running time, of one run: 24h.")],
    product: Annotated[str, typer.Option(help="Fission product: Mo-99, I-131, Xe-133, Sr-90.")],
    extraction: Annotated[str, typer.Option(help="Share that the separation takes out: 0.8.")] = "",
    cooling: Annotated[str, typer.Option(help="Time from shutdown to the separation: 6h.")] = "",
    runs: Annotated[str, typer.Option(help="Number of runs, with an extraction after each.")] = "",
    pause: Annotated[str, typer.Option(help="From shutdown to the next start: 12h.")] = "",
    fissile: Annotated[str, typer.Option(help="U-235 or Pu-239.")] = "",
    energy: Annotated[str, typer.Option(help="Heat per fission: 200MeV.")] = "",
    flux: Annotated[str, typer.Option(help="Thermal flux that burns up fission products: 1e13.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fission products of a solution reactor or of uranium targets; Mo-99 also in six-day curies."""
    texts = {
        "power": power,
        "duration": duration,
        "product": product,
        "extraction": extraction,
        "cooling": cooling,
        "runs": runs,
        "pause": pause,
        "fissile": fissile,
        "energy": energy,
        "flux": flux,
    }
    answer("fission", texts, as_json)


@app.callback()
def yields() -> None:
    """Activity that an irradiation makes, and its impurities."""
