"""Bad calibration files are told with place and remedy; curves and shares do what they say."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duibiao.kernel.problem import Problem, UserError, catalogue
from duibiao.simulate import simulate_city
from duibiao.simulate.arithmetic import apportioned, spread_rows
from duibiao.simulate.calibration import Anchor, Curve, FigureBasis, read_calibration
from tests.unit.simulate.conftest import DEMO, loaded

WRONG = {
    "SIMULATION-VALUE": ("size: 0.8", "size: 9"),
    "SIMULATION-YEARS": ("{year: 2016, value: 60000", "{year: 2021, value: 60000"),
    "SIMULATION-STAGE": ("stages: [junior, senior]", "stages: [junior, seniour]"),
    "SOURCE-UNKNOWN": ("source: test}, {year: 2020, value: 66000", "source: tset}, {year: 2020, value: 66000"),
    "UNIT-UNKNOWN": ("to: '990104', share: 0.9", "to: '990199', share: 0.9"),
    "ELEMENT-UNKNOWN": ("element: primary_classes_large", "element: primary_classes_huge"),
    "PACK-CHOICE": ("how: takes", "how: guesses"),
    "PACK-FIELD-UNKNOWN": ("rural: true", "rrural: true"),
}  # fmt: skip


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """The invented packs with one place of the simulation file changed."""
    shutil.copytree(DEMO, tmp_path / "packs")
    file = tmp_path / "packs" / "demo" / "simulation.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path / "packs"


def refused(packs: Path) -> tuple[Problem, ...]:
    with pytest.raises(UserError) as caught:
        read_calibration(loaded(packs))
    return caught.value.problems


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_figure_is_told_with_its_place(code: str, tmp_path: Path) -> None:
    (found,) = refused(edited(tmp_path, *WRONG[code]))
    assert found.code == code
    assert found.where.file == "demo/simulation.yaml"
    assert found.where.line > 0
    assert found.remedy.zh
    assert found.remedy.en


def test_packs_without_a_calibration_have_nothing_to_simulate(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "packs")
    (tmp_path / "packs" / "demo" / "simulation.yaml").unlink()
    with pytest.raises(UserError) as caught:
        simulate_city(loaded(tmp_path / "packs"), seed=1)
    assert [one.code for one in caught.value.problems] == ["SIMULATION-NONE"]


def test_every_code_of_the_simulation_is_produced_by_a_test() -> None:
    here = Path(__file__).parent
    texts = "".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    assert [code for code in catalogue() if code.startswith("SIMULATION-") and f'"{code}"' not in texts] == []


def test_a_curve_meets_its_anchors_and_grows_evenly_between_them() -> None:
    curve = Curve(tuple(Anchor(year, value, FigureBasis.PUBLISHED, "s") for year, value in ((2016, 100), (2020, 160))))
    assert [round(curve.at(year), 6) for year in (2016, 2020)] == [100, 160]
    assert curve.at(2018) == pytest.approx((100 * 160) ** 0.5)
    assert curve.at(2021) / curve.at(2020) == pytest.approx(curve.at(2017) / curve.at(2016))
    assert Curve(()).at(2020) == 0.0
    assert Curve(curve.anchors[:1]).at(1999) == 100


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 4)), min_size=1, max_size=60),
    st.lists(st.integers(0, 10**7), min_size=5, max_size=5),
)
def test_parts_add_up_and_stay_close_to_their_share(members: list[tuple[float, int]], totals: list[int]) -> None:
    weights, groups = np.array([one for one, _ in members]), np.array([one for _, one in members])
    parts = apportioned(weights, groups, np.array(totals))
    for group in range(5):
        here = groups == group
        assert parts[here].sum() == (totals[group] if here.any() else 0)
        total = weights[here].sum()
        if total > 0:
            assert np.abs(parts[here] - weights[here] / total * totals[group]).max() <= 1.0001
    assert (parts >= 0).all()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 1000)), min_size=1, max_size=30))
def test_rows_add_up(rows: list[tuple[int, int, int]]) -> None:
    weights = np.array([[a, b] for a, b, _ in rows], dtype=np.float64)
    totals = np.array([total for *_, total in rows])
    assert (spread_rows(weights, totals).sum(axis=1) == totals).all()
