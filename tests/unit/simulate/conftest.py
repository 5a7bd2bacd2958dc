"""An invented city and the real packs, loaded as the program loads them."""

from pathlib import Path

import pytest

from duibiao.kernel.problem import Report
from duibiao.simulate import SimulatedCity, simulate_city
from duibiao.workspace.pack import Content, load_packs

DEMO = Path(__file__).parent / "packs"
REAL = Path(__file__).resolve().parents[3] / "packs"


def loaded(folder: Path) -> Content:
    """The content of a folder of packs; every problem refuses it."""
    report = Report()
    content = load_packs(folder, report)
    report.refuse_errors()
    return content


@pytest.fixture(scope="session")
def demo() -> Content:
    """A small invented city with elements, forms and checks of every sort."""
    return loaded(DEMO)


@pytest.fixture(scope="session")
def demo_city(demo: Content) -> SimulatedCity:
    """The invented city, simulated."""
    return simulate_city(demo, seed=7)


@pytest.fixture(scope="session")
def real() -> Content:
    """The packs of the project."""
    return loaded(REAL)


@pytest.fixture(scope="session")
def real_city(real: Content) -> SimulatedCity:
    """The city of the packs at full size."""
    return simulate_city(real, seed=2026)
