import platform
from importlib.metadata import version

import pytest

from sxsim.model.rule import sources_hash
from sxsim.results import provenance
from sxsim.results.provenance import environment, package_version, software


def test_the_software_is_named_with_the_version_of_its_model() -> None:
    assert software() == {"name": "sxsim", "version": version("sxsim"), "model": sources_hash()}


def test_the_environment_names_what_decides_the_bytes() -> None:
    found = environment()
    assert found["python"] == platform.python_version()
    assert not {"system", "machine"} & set(found)  # they decide no byte
    for name in ("mesa", "simpy", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic"):
        assert found["libraries"][name] == version(name)


def test_a_library_that_is_not_there_is_said_to_be_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "_LIBRARIES", ("numpy", "no-such-package-at-all"))
    found = environment()["libraries"]
    assert found == {"numpy": version("numpy"), "no-such-package-at-all": "not installed"}


def test_a_package_that_is_not_there_has_an_unknown_version() -> None:
    assert package_version("no-such-package-at-all") == "unknown"
