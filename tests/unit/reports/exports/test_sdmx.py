"""The SDMX export is valid against the official schemas, pysdmx reads it, and no figure or gap is lost."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.model import Codelist, DataStructureDefinition
from pysdmx.model.__base import MaintainableArtefact

from duibiao.kernel.text import Text
from duibiao.reports.exports.content import ExportContent
from duibiao.reports.exports.figures import FigureNature, exact, figures
from duibiao.reports.exports.folder import write_export
from duibiao.reports.exports.sdmx import NAMESPACE, sdmx, sdmx_period
from duibiao.reports.exports.sdmx_codes import CodeEntry, code_ids
from duibiao.reports.exports.sdmx_structure import xml_text
from tests.unit.reports.exports.conftest import HOSTILE
from tests.unit.reports.exports.sdmx_schema import message_schema, specific_schema


@pytest.fixture(scope="module")
def files(content: ExportContent) -> dict[str, bytes]:
    return dict(sdmx(content))


@pytest.fixture(scope="module")
def folder(content: ExportContent, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdmx") / "out"
    write_export(out, files, "sdmx", content.id)
    return out


@pytest.fixture(scope="module")
def schema(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return specific_schema(files["structure.xml"], NAMESPACE, tmp_path_factory.mktemp("schema"))


def wanted(content: ExportContent) -> dict[str, tuple[str, str, str]]:
    return {
        one.id: (exact(one.value), (one.missing or "").upper(), sdmx_period(one.period))
        for one in figures(content)
        if one.chosen
    }


def test_the_structure_is_valid_against_the_official_schema(files: dict[str, bytes]) -> None:
    message_schema().assertValid(etree.fromstring(files["structure.xml"]))


def test_the_data_are_valid_against_the_schema_of_their_structure(
    files: dict[str, bytes], schema: etree.XMLSchema
) -> None:
    schema.assertValid(etree.fromstring(files["data.xml"]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'REF_AREA="500000"', b'REF_AREA="999999"'),
        (b'OBS_STATUS="A"', b'OBS_STATUS="normal"'),
        (b'OBS_VALUE="95.2"', b'OBS_VALUE="ninety"'),
        (b'MEASURE="VALUE" ', b""),
        (b'TIME_PERIOD="2024"', b'TIME_PERIOD="2024/25"'),
    ],
)
def test_data_that_break_their_structure_are_refused(
    files: dict[str, bytes], schema: etree.XMLSchema, old: bytes, new: bytes
) -> None:
    assert old in files["data.xml"]
    assert not schema.validate(etree.fromstring(files["data.xml"].replace(old, new, 1)))


def test_every_figure_and_every_gap_reads_back_from_the_xml(files: dict[str, bytes], content: ExportContent) -> None:
    found = {
        str(one.get("OBS_ID")): (one.get("OBS_VALUE", ""), one.get("MISSING_REASON", ""), str(one.get("TIME_PERIOD")))
        for one in etree.fromstring(files["data.xml"]).iter("Obs")
    }
    assert found == wanted(content)


def test_every_figure_and_every_gap_reads_back_from_the_csv(files: dict[str, bytes], content: ExportContent) -> None:
    rows = list(csv.DictReader(io.StringIO(files["data.csv"].decode(), newline="")))
    assert {one["OBS_ID"]: (one["OBS_VALUE"], one["MISSING_REASON"], one["TIME_PERIOD"]) for one in rows} == wanted(
        content
    )
    assert {one["DATAFLOW"] for one in rows} == {"DUIBIAO:DF_EDUCATION_PLAN(1.0)"}


@pytest.mark.parametrize("name", ["data.xml", "data.csv"])
def test_pysdmx_reads_the_data_figure_for_figure(folder: Path, content: ExportContent, name: str) -> None:
    pytest.importorskip("pandas", reason="pysdmx reads data messages with pandas")
    (dataset,) = get_datasets(str(folder / name), str(folder / "structure.xml"))
    frame = dataset.data
    values = {
        row["OBS_ID"]: None if row["OBS_VALUE"] != row["OBS_VALUE"] else float(row["OBS_VALUE"])
        for row in frame.astype({"OBS_VALUE": "float64"})[["OBS_ID", "OBS_VALUE"]].to_dict("records")
    }
    assert values == {key: float(Decimal(value)) if value else None for key, (value, *_) in wanted(content).items()}
    zero = content.computed[2]
    assert values[f"computed:{zero.indicator}:{zero.unit}:{zero.period}"] == 0


def test_pysdmx_reads_the_structure_with_both_languages_of_every_list(folder: Path, content: ExportContent) -> None:
    structures = read_sdmx(str(folder / "structure.xml")).structures or ()
    found = {one.id: one for one in structures if isinstance(one, MaintainableArtefact)}
    definition = found["DSD_EDUCATION_PLAN"]
    assert isinstance(definition, DataStructureDefinition)
    assert [one.id for one in definition.components.dimensions] == [
        "FREQ", "REF_AREA", "INDICATOR", "MEASURE", "TARGET", "TIME_PERIOD",
    ]  # fmt: skip
    areas = found["CL_AREA"]
    assert isinstance(areas, Codelist)
    assert {one.id: one.name for one in areas} == {one.code: one.name for one in content.units}
    targets = found["CL_TARGET"]
    assert isinstance(targets, Codelist)
    assert len(targets) == len(content.rows) + 1


def test_names_stand_in_chinese_and_english_and_the_original_beside_a_code_that_differs(
    files: dict[str, bytes], content: ExportContent
) -> None:
    tree = etree.fromstring(files["structure.xml"])
    space = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
    names: dict[str, dict[str, str]] = {}
    originals: dict[str, str] = {}
    for code in tree.iter(f"{space}structure}}Code"):
        names[str(code.get("id"))] = {
            str(one.get("{http://www.w3.org/XML/1998/namespace}lang")): str(one.text)
            for one in code.iter(f"{space}common}}Name")
        }
        for title in code.iter(f"{space}common}}AnnotationTitle"):
            originals[str(code.get("id"))] = str(title.text)
    assert names["ON_COURSE"] == {"zh": "正常", "en": "on course"}
    assert names["preschool-inclusive_coverage"]["zh"].startswith("普惠性幼儿园覆盖率")
    assert originals["basic-education-row-03"] == "basic-education/row-03"
    target = code_ids(one.row.id for one in content.rows)[content.rows[0].row.id]
    assert names[target]["zh"].endswith(HOSTILE)


def test_simulated_figures_are_marked_in_the_data_and_in_the_header(
    files: dict[str, bytes], content: ExportContent
) -> None:
    tree = etree.fromstring(files["data.xml"])
    marked = [one for one in tree.iter("Obs") if one.get("NATURE") == FigureNature.SIMULATED.name]
    assert len(marked) == len(content.computed)
    titles = [one.text or "" for one in tree.iter("{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}Name")]
    assert any(title.startswith("模拟数据") for title in titles)


def test_a_school_year_is_a_range_and_a_year_is_a_year() -> None:
    assert sdmx_period("2024") == "2024"
    assert sdmx_period("2024/25") == "2024-09-01/P1Y"


def test_codes_are_valid_distinct_and_the_same_in_every_run() -> None:
    found = code_ids(["a/b", "a.b", "䶮", "plain_1", "a/b"])
    assert found["plain_1"] == "plain_1"
    assert found["䶮"] == "@4DAE"
    assert found["a/b"].startswith("a-b-")
    assert found["a.b"].startswith("a-b-")
    assert len(set(found.values())) == 4
    assert found == code_ids(["a/b", "a.b", "䶮", "plain_1"])


def test_a_character_xml_forbids_shows_as_a_replacement() -> None:
    assert xml_text("甲\x0b乙\ud800\n𠮷") == "甲�乙�\n𠮷"
    assert CodeEntry("A", "A", Text("甲")).parent == ""
