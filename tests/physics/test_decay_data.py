"""The decay data are those of the package they are read from, and are read without importing it."""

import pickle
import subprocess
import sys

import pytest
import radioactivedecay as rd

from becq.errors import InputError
from becq.physics import decay_data


def test_equal_to_the_package_for_every_nuclide() -> None:
    assert list(decay_data.names()) == list(rd.DEFAULTDATA.nuclides)
    for name in decay_data.names():
        record = decay_data.record(name)
        assert record.half_life_s == pytest.approx(rd.DEFAULTDATA.half_life(name, "s"), rel=1e-15)
        for branch in record.branches:
            if branch.daughter:
                assert branch.fraction == rd.DEFAULTDATA.branching_fraction(name, branch.daughter)


def test_reads_without_importing_the_package() -> None:
    code = "import sys; from becq.physics import decay_data as d; d.half_life_s('Mo-99'); "
    code += "sys.exit('radioactivedecay' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_pickle_with_anything_but_arrays_is_refused() -> None:
    import io

    with pytest.raises(pickle.UnpicklingError):
        decay_data._ArrayUnpickler(io.BytesIO(pickle.dumps(subprocess.run))).load()


def test_chains_run_from_parents_to_progeny() -> None:
    assert decay_data.descendants(["Mo-99"]) == ("Mo-99", "Tc-99m", "Tc-99", "Ru-99")
    assert decay_data.descendants(["Mo-99"], stable=False) == ("Mo-99", "Tc-99m", "Tc-99")
    place = {name: i for i, name in enumerate(decay_data.names())}
    for name in decay_data.names():
        for branch in decay_data.record(name).branches:
            assert not branch.daughter or place[branch.daughter] > place[name]
    assert {"Mo-99", "Nb-99", "Tc-99m"} <= decay_data.ancestors(["Tc-99m"])


def test_branching_of_molybdenum() -> None:
    shares = {b.daughter: b.fraction for b in decay_data.record("Mo-99").branches}
    assert shares == {"Tc-99m": 0.8773, "Tc-99": 0.1227}


def test_half_lives_are_printed_with_their_own_unit() -> None:
    assert decay_data.record("C-14").half_life_text == "5.70 ky"
    assert decay_data.record("Tl-209").half_life_text.endswith(" min")
    assert decay_data.record("Ru-99").half_life_text == "stable"


def test_unknown_name() -> None:
    with pytest.raises(InputError, match="No decay data"):
        decay_data.record("99mTc")
