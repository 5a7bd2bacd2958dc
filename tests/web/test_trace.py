"""From a computed figure down to the cells on the pages: it adds up, and nobody sees what is not theirs."""

from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.kernel.value import MissingReason
from duibiao.metrics.unit import UnitKind
from duibiao.store.accounts import AccountRole
from duibiao.views.computed import ComputedData
from duibiao.web.guard import GRANTED, Visitor
from tests.web.test_reading import signed_in

SIZE = "preschool.class_size"
COLLECTED = "500229"  # 城口县: its round went through the store


@pytest.fixture(scope="module")
def data(app: FastAPI) -> ComputedData:
    edition = app.state.cockpit.edition
    return ComputedData.of(edition.snapshot, edition.result, edition.workspace.home.unit)


def reader(app: FastAPI, role: AccountRole, unit: str) -> TestClient:
    """Somebody signed in with one role for one unit."""
    grants = frozenset({(role, unit)})
    return signed_in(app, Visitor("a", "某人", frozenset({role}), frozenset({unit}), GRANTED[role], grants=grants))


def trace(client: TestClient, code: str, **query: object) -> Any:
    found = client.get(f"/api/v1/indicators/{code}/trace", params={name: str(value) for name, value in query.items()})
    assert found.status_code == 200, found.text
    return found.json()


def number(shown: str) -> Decimal:
    return Decimal(shown.rstrip("人个万").replace(",", ""))


def test_the_cells_of_a_district_add_up_to_its_figure(app: FastAPI, data: ComputedData) -> None:
    client = reader(app, AccountRole.LEADER, data.home)
    whole = trace(client, SIZE)
    (part,) = whole["lineage"]["parts"]
    assert whole["words"]["zh"] == "Σ 在园幼儿数 ÷ Σ 幼儿园班数"
    assert len(part["districts"]) > 30
    assert whole["pages"] == -(-(part["counted"] + part["not_counted"]) // 50) > 1
    cells = [
        {cell["element"]: cell["shown"] for cell in unit["cells"]}
        for page in range(1, whole["pages"] + 1)
        for unit in trace(client, SIZE, page=page)["lineage"]["parts"][0]["units"]
        if not unit["missing"]
    ]
    assert len(cells) == part["counted"]
    value = data.result.cell(SIZE, data.home, data.result.years[-1])
    assert sum(number(one["children_enrolled"]) for one in cells) == value.numerator
    assert sum(number(one["classes_kindergarten"]) for one in cells) == value.denominator


def test_a_cell_leads_to_who_entered_it_where_this_store_knows(app: FastAPI, data: ComputedData) -> None:
    client = reader(app, AccountRole.ANALYST, data.home)
    page = trace(client, SIZE, unit=COLLECTED)
    units = {one["unit"] for one in page["lineage"]["parts"][0]["units"]}
    assert {one["unit"] for one in page["returns"]} == units
    html = client.get(f"/indicators/{SIZE}/trace?unit={COLLECTED}").text
    unit, slug = page["returns"][0]["unit"], page["returns"][0]["slug"]
    link = f"/data/returns/kindergarten/{slug}/{unit}?cell=children_enrolled"
    assert link in html
    assert "来历" in client.get(link).text
    other = next(one.code for one in data.below[data.home] if one.kind is UnitKind.DISTRICT and one.code < COLLECTED)
    carried = client.get(f"/indicators/{SIZE}/trace?unit={other}").text
    assert "由以前年度的快照带入" in carried
    assert "/data/returns/" not in carried


def test_everybody_sees_the_figure_and_only_their_own_returns(
    client: TestClient, app: FastAPI, data: ComputedData
) -> None:
    nobody = trace(client, SIZE, unit=COLLECTED)
    assert nobody["lineage"]["value"]["shown"]
    (part,) = nobody["lineage"]["parts"]
    assert part["units"] == part["districts"] == part["amounts"] == []
    assert "只给本单位和上级看" in client.get(f"/indicators/{SIZE}/trace?unit={COLLECTED}").text

    district = reader(app, AccountRole.REVIEWER, COLLECTED)
    (part,) = trace(district, SIZE)["lineage"]["parts"]  # the city's figure, seen from one district
    assert [one["code"] for one in part["districts"]] == [COLLECTED]
    assert part["amounts"] == []
    assert {data.units[one["unit"]].parent for one in part["units"]} == {COLLECTED}
    (part,) = trace(district, SIZE, unit=COLLECTED)["lineage"]["parts"]
    assert part["amounts"]

    mine = part["units"][0]["unit"]
    other = next(one.code for one in data.units.values() if one.school_kind == "111" and one.parent != COLLECTED)
    school = reader(app, AccountRole.HEAD, mine)
    (part,) = trace(school, SIZE, unit=COLLECTED)["lineage"]["parts"]
    assert [one["unit"] for one in part["units"]] == [mine]
    assert school.get(f"/api/v1/indicators/{SIZE}/trace?unit={other}").status_code == 404
    assert client.get(f"/api/v1/indicators/{SIZE}/trace?unit={mine}").status_code == 404


def test_the_trace_of_a_school_is_its_own_return(app: FastAPI, data: ComputedData) -> None:
    unit = next(one.code for one in data.below[COLLECTED] if one.school_kind == "111")
    page = trace(reader(app, AccountRole.REPORTER, unit), SIZE, unit=unit)
    (part,) = page["lineage"]["parts"]
    assert [one["unit"] for one in part["units"]] == [unit]
    cells = {cell["element"]: number(cell["shown"]) for cell in part["units"][0]["cells"]}
    assert Decimal(page["lineage"]["value"]["numerator"]) == cells["children_enrolled"]
    assert part["how"]["zh"].startswith(f"{cells['children_enrolled']} ÷ {cells['classes_kindergarten']} = ")


def test_what_is_withheld_is_not_traced_by_anybody(app: FastAPI, data: ComputedData) -> None:
    result = data.result
    code, unit, year = next(
        (code, unit, year)
        for code in result.figures
        for unit in result.groups.codes
        for year in result.years
        if result.cell(code, unit, year).missing is MissingReason.SUPPRESSED
    )
    page = trace(reader(app, AccountRole.LEADER, data.home), code, unit=unit, year=year)
    assert page["lineage"]["parts"] == []
    assert "小数保护" in page["reach"]["zh"]


def test_a_figure_across_a_break_says_which(client: TestClient, data: ComputedData) -> None:
    zone = next(one.code for one in data.units.values() if one.name.startswith("两江新区"))
    page = trace(client, "finance.district_education_growth", unit=zone)
    assert page["lineage"]["value"]["value"] is None
    assert "不可比（" in page["sentence"]["zh"]


def test_what_was_not_computed_has_no_trace(client: TestClient, data: ComputedData) -> None:
    for query in ("unit=no-such", f"year={data.result.years[0] - 1}"):
        assert client.get(f"/api/v1/indicators/{SIZE}/trace?{query}").status_code == 404
    assert client.get("/api/v1/indicators/no.such/trace").status_code == 404
    published = next(code for code in ("preschool.public_seats", "basic.nothing") if code not in data.result.figures)
    assert client.get(f"/indicators/{published}/trace").status_code == 404
