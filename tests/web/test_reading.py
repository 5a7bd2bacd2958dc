"""The reading pages over a simulated city: computed figures are those of the result, marked, and never mixed in."""

from decimal import Decimal
from urllib.parse import quote

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from starlette.middleware.base import RequestResponseEndpoint

from duibiao.kernel.value import MissingReason
from duibiao.metrics.unit import UnitKind
from duibiao.store.accounts import AccountRole
from duibiao.views.computed import ComputedData
from duibiao.views.school_figures import school_figures
from duibiao.views.units import school_returns, unit_page
from duibiao.web.app import create_app
from duibiao.web.guard import Permission, Visitor
from duibiao.web.routes import ROUTERS
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace

CODE = "preschool.inclusive_coverage"
PAGES = (
    "/", "/plans", "/plans/strategy-2035", "/plans/basic-education", f"/indicators/{CODE}",
    f"/indicators/{CODE}?unit=500103", "/units", "/units/500000", "/units/500103", "/units/500103/print",
    "/departments", "/departments/市教委", "/map", "/screen", "/screen?slide=2&rotate=20",
)  # fmt: skip
HOSTILE = ("<script>alert(1)</script>", "' or 1=1 --", "../../etc/passwd", "%00", "\u202e模拟")


@pytest.fixture(scope="module")
def data(app: FastAPI) -> ComputedData:
    edition = app.state.cockpit.edition
    return ComputedData.of(edition.snapshot, edition.result, edition.workspace.home.unit)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_both_languages_and_says_what_is_simulated(client: TestClient, path: str) -> None:
    chinese = client.get(path)
    english = client.get(path, params={"lang": "en"}) if "?" not in path else client.get(f"{path}&lang=en")
    assert (chinese.status_code, english.status_code) == (200, 200)
    assert 'lang="en"' in english.text
    assert "style=" not in chinese.text.replace('rel="stylesheet"', "")
    if not path.startswith("/screen"):
        assert "模拟数据" in chinese.text
        assert "simulated data" in english.text


@pytest.mark.parametrize("path", [page.split("?")[0] for page in PAGES if page != "/"])
def test_every_page_is_data_too(client: TestClient, path: str) -> None:
    assert client.get(f"/api/v1{path}").status_code == 200
    table = client.get(f"/api/v1{path}", params={"format": "csv"})
    assert table.status_code == 200
    assert len(table.content.decode("utf-8-sig").splitlines()) > 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_in_the_address_find_nothing_and_are_escaped(client: TestClient, hostile: str) -> None:
    for path in ("/indicators/", "/units/", "/plans/", "/departments/"):
        answer = client.get(path + quote(hostile, safe=""))
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
    for path in (f"/indicators/{CODE}?unit=", "/map?indicator=", "/?plan=", "/screen?plan="):
        answer = client.get(path + quote(hostile, safe=""))
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
    found = client.get("/units/500103?q=" + quote(hostile, safe=""))
    assert found.status_code == 200
    assert "<script>alert" not in found.text


def test_the_comparison_shows_the_figures_of_the_result(client: TestClient, data: ComputedData) -> None:
    found = client.get(f"/api/v1/indicators/{CODE}").json()["computed"]
    assert found["mark"]["zh"] == "模拟数据"
    for group in found["groups"]:
        for one in group["members"]:
            cell = data.result.cell(CODE, one["unit"], found["year"])
            assert (one["value"] is None) == (cell.value is None)
            if cell.value is not None:
                assert abs(Decimal(one["value"]) - Decimal(repr(cell.value))) <= Decimal("0.005")
            assert one["coverage"] == f"{cell.known}/{cell.total}"
    members = [one for group in found["groups"] for one in group["members"]]
    assert found["known"] == sum(1 for one in members if one["value"] is not None)
    assert found["total"] == len(members)


def test_there_is_a_ranking_or_a_reason_and_never_both(client: TestClient, data: ComputedData) -> None:
    ranked = 0
    for code in data.result.figures:
        found = client.get(f"/api/v1/indicators/{code}").json()["computed"]
        assert bool(found["ranking"]) != bool(found["why_not"])
        if found["ranking"]:
            ranked += 1
            assert found["known"] == found["total"] >= 5
            assert found["ranking"][0]["place"] == 1
    assert ranked


def test_published_values_and_computed_ones_stay_apart(client: TestClient) -> None:
    page = client.get(f"/api/v1/indicators/{CODE}").json()
    assert all(point["picked"]["quality"]["zh"] != "模拟数据" for point in page["history"])
    assert all(point["picked"]["source"] for point in page["history"])


def test_a_district_stands_beside_last_year_its_group_and_the_city(
    workspace: Workspace, data: ComputedData, client: TestClient
) -> None:
    page = unit_page(workspace, data, "500103", workspace.reference_date)
    rows = [*page.targets, *page.others]
    assert rows
    for row in rows:
        cell = data.result.cell(row.indicator, "500103", page.year or 0)
        assert row.value.value is not None
        assert cell.value is not None
        if row.change is not None:
            assert row.last_year is not None
            assert row.last_year.value is not None
            assert row.change == row.value.value - row.last_year.value
        assert row.not_comparable is None or row.change is None
    for row in page.missing:
        assert row.value.missing is not None
        assert data.result.cell(row.indicator, "500103", page.year or 0).missing is not MissingReason.NOT_APPLICABLE
    shown = client.get("/api/v1/units/500103").json()
    assert len(shown["targets"]) == len(page.targets)


def test_no_growth_crosses_a_change_of_boundary(workspace: Workspace, data: ComputedData) -> None:
    page = unit_page(workspace, data, "500157", workspace.reference_date)
    assert {one.name.removesuffix("（模拟）") for one in page.history} == {"江北区", "渝北区"}
    assert all(row.change is None and row.not_comparable for row in (*page.targets, *page.others))


def school(data: ComputedData) -> str:
    """A school that made returns in the last year."""
    form = next(form for form in data.snapshot.forms.values() if form.code == "kindergarten")
    codes: list[str] = data.snapshot.table(form.code, max(form.tables))["unit"].to_pylist()
    return next(code for code in codes if data.units[code].kind is UnitKind.SCHOOL)


def test_single_returns_are_shown_inside_the_units_a_visitor_was_given_only(
    client: TestClient, city: object, app: FastAPI, data: ComputedData
) -> None:
    code = school(data)
    page = client.get(f"/api/v1/units/{code}").json()
    assert page["returns"]
    assert page["sees_returns"] is False
    assert all(table["cells"] == [] for table in page["returns"])
    assert "需登录" in client.get(f"/units/{code}").text

    district = data.units[code].parent
    other = next(unit.code for unit in data.units.values() if unit.kind is UnitKind.DISTRICT and unit.code != district)
    for given, sees in ((district, True), (data.home, True), (code, True), (other, False)):
        visitor = Visitor(
            "a1", "某人", units=frozenset({given}), grants=frozenset({(AccountRole.LEADER, given)}),
            permissions=frozenset({Permission.READ_PUBLISHED, Permission.READ_RETURNS}),
        )  # fmt: skip
        shown = signed_in(app, visitor).get(f"/api/v1/units/{code}").json()
        assert shown["sees_returns"] is sees
        assert all(bool(table["cells"]) is sees for table in shown["returns"])
        assert bool(shown["targets"] or shown["others"]) is sees


def test_a_role_that_reads_no_returns_opens_none_with_the_permission_of_another(
    app: FastAPI, data: ComputedData
) -> None:
    code = school(data)
    other = next(unit.code for unit in data.units.values() if unit.kind is UnitKind.SCHOOL and unit.code != code)
    visitor = Visitor(
        "a1", "某人", units=frozenset({data.home, other}),
        grants=frozenset({(AccountRole.PLANNER, data.home), (AccountRole.REPORTER, other)}),
        permissions=frozenset({Permission.READ_PUBLISHED, Permission.READ_RETURNS}),
    )  # fmt: skip
    client = signed_in(app, visitor)
    assert client.get(f"/api/v1/units/{code}").json()["sees_returns"] is False
    assert client.get(f"/api/v1/units/{other}").json()["sees_returns"] is True


def signed_in(app: FastAPI, visitor: Visitor) -> TestClient:
    """A client of the same cockpit that somebody signed in to."""
    own = create_app(Settings(app.state.cockpit.settings.packs), ROUTERS)
    own.state.cockpit = app.state.cockpit

    async def enter(request: Request, call_next: RequestResponseEndpoint) -> Response:
        request.state.visitor = visitor
        return await call_next(request)

    own.middleware("http")(enter)
    return TestClient(own, base_url="http://127.0.0.1")


def test_the_cells_of_a_school_are_those_of_its_return(workspace: Workspace, data: ComputedData) -> None:
    code = school(data)
    for table in school_returns(data, code, workspace.reference_date, show=True):
        stored = data.snapshot.table(table.form, table.year)
        row = next(one for one in stored.to_pylist() if one["unit"] == code)
        form = data.snapshot.forms[table.form]
        for cell in table.cells:
            raw = row[cell.element]
            scale = Decimal(10) ** form.elements[cell.element].decimals
            assert cell.value == (None if raw is None else Decimal(raw) / scale)
        assert table.filled == sum(1 for cell in table.cells if cell.value is not None)


def test_the_figures_of_a_school_follow_from_its_own_cells(workspace: Workspace, data: ComputedData) -> None:
    code = school(data)
    page = {row.indicator: row for row in school_figures(workspace, data, code, workspace.reference_date)}
    assert page
    stored = data.snapshot.table("kindergarten", data.result.years[-1]).to_pylist()
    row = next(one for one in stored if one["unit"] == code)
    children = page["preschool.enrolment"]
    assert (children.unit, children.value.value) == ("人", Decimal(row["children_enrolled"]))  # the city counts 万人
    assert children.value.shown == f"{row['children_enrolled']}人"
    assert not {one for one in page if one.endswith("_cv")}, "a difference coefficient of one school"
    district = page["preschool.public_share"].group
    assert district is not None
    assert district.unit == data.units[code].parent
    for one in page.values():
        assert one.value.coverage == "1/1"


def test_from_the_city_to_a_school_in_two_clicks(client: TestClient, data: ComputedData) -> None:
    code = school(data)
    district = data.units[code].parent
    assert f'href="/units/{district}"' in client.get("/units").text
    assert f'href="/units/{code}"' in client.get(f"/units/{district}?q={quote(data.units[code].name)}").text
    crumbs = client.get(f"/units/{code}").text
    assert f'href="/units/{district}"' in crumbs
    assert f'href="/units/{data.home}"' in crumbs


def test_the_diagram_shades_quarters_and_hatches_what_is_missing(client: TestClient) -> None:
    page = client.get(f"/api/v1/map?indicator={CODE}").json()
    shades = [tile["shade"] for tile in page["tiles"]]
    assert set(shades) <= {0, 1, 2, 3, None}
    for tile in page["tiles"]:
        assert (tile["shade"] is None) == (tile["value"] is None or tile["value"]["value"] is None)
    total = client.get("/api/v1/map?indicator=preschool.enrolment").json()
    assert all(tile["shade"] is None for tile in total["tiles"])
    assert "总量" in total["why_plain"]["zh"]


def test_the_screen_holds_nothing_of_the_visitor_and_nothing_computed(client: TestClient) -> None:
    for path in ("/screen", "/screen?slide=2", "/screen?slide=3&rotate=15"):
        text = client.get(path).text
        assert "登录" not in text
        assert "模拟" not in text
        assert 'class="nav"' not in text
    assert "data-rotate" not in client.get("/screen").text
    assert 'data-rotate="15"' in client.get("/screen?rotate=15").text
