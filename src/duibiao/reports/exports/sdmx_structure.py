"""The structure of an SDMX export: concepts, code lists, data structure definition and data flow in SDMX-ML 2.1."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from duibiao.kernel.text import Text
from duibiao.reports.exports.content import PROGRAM, ExportContent
from duibiao.reports.exports.sdmx_codes import CodeEntry, ExportCodeList

AGENCY, VERSION = PROGRAM.upper(), "1.0"
CONCEPTS, STRUCTURE, FLOW = "CS_EDUCATION_PLAN", "DSD_EDUCATION_PLAN", "DF_EDUCATION_PLAN"
ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
MESSAGE, STRUCT, COMMON = f"{ROOT}/message", f"{ROOT}/structure", f"{ROOT}/common"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"


@dataclass(frozen=True, slots=True)
class SdmxConcept:
    """A component of the data structure (SDMX组成部分): its code list, or the type of its text.

    ``mandatory`` matters for attributes only.
    """

    id: str
    words: Text
    code_list: str = ""
    text_type: str = "String"
    mandatory: bool = False


DIMENSIONS = (
    SdmxConcept("FREQ", Text("频率", "frequency"), "CL_FREQ"),
    SdmxConcept("REF_AREA", Text("单位", "reference area"), "CL_AREA"),
    SdmxConcept("INDICATOR", Text("指标", "indicator"), "CL_INDICATOR"),
    SdmxConcept("MEASURE", Text("数值类别", "measure"), "CL_MEASURE"),
    SdmxConcept("TARGET", Text("目标", "target"), "CL_TARGET"),
)
TIME_DIMENSION = SdmxConcept(TIME, Text("年度或学年", "year, or school year from September"),
                             text_type="ObservationalTimePeriod")  # fmt: skip
PRIMARY_MEASURE = SdmxConcept(VALUE, Text("数值", "observed value"), text_type="Decimal")
ATTRIBUTES = (
    SdmxConcept("OBS_STATUS", Text("数值状态", "observation status"), "CL_OBS_STATUS", mandatory=True),
    SdmxConcept("UNIT_MEASURE", Text("计量单位", "unit of measure"), "CL_UNIT_MEASURE", mandatory=True),
    SdmxConcept("NATURE", Text("数值来历", "nature of the figure"), "CL_NATURE", mandatory=True),
    SdmxConcept("DECIMALS", Text("小数位数", "decimals"), text_type="Integer"),
    SdmxConcept("BOUND", Text("界限", "bound"), "CL_BOUND"),
    SdmxConcept("MISSING_REASON", Text("缺值原因", "reason of a missing value"), "CL_MISSING"),
    SdmxConcept("PROGRESS_STATUS", Text("进展状态", "progress status"), "CL_PROGRESS"),
    SdmxConcept("SOURCE", Text("来源", "source"), "CL_SOURCE"),
    SdmxConcept("PUBLISHED_ON", Text("公布日期", "day of publication")),
    SdmxConcept("COVERAGE", Text("覆盖：有值/应报", "coverage: known/expected")),
    SdmxConcept("OBS_ID", Text("数值编号", "id of the figure"), mandatory=True),
    SdmxConcept("COMMENT_OBS", Text("备注", "note")),
)
COMPONENTS = (*DIMENSIONS, TIME_DIMENSION, PRIMARY_MEASURE, *ATTRIBUTES)


def xml_text(text: str) -> str:
    """A text as XML can hold it: a character XML 1.0 forbids is replaced by U+FFFD, so that it shows."""
    return "".join(one if _is_xml(ord(one)) else "\ufffd" for one in text)


def _is_xml(point: int) -> bool:
    return point in (9, 10, 13) or 32 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000


def structure_message(content: ExportContent, lists: Mapping[str, ExportCodeList]) -> bytes:
    """The structure as one SDMX-ML 2.1 message, valid against SDMXMessage.xsd."""
    spaces = {"mes": MESSAGE, "str": STRUCT, "com": COMMON}
    message = etree.Element(f"{{{MESSAGE}}}Structure", nsmap=spaces)
    header(message, content, "STRUCTURE")
    made = etree.SubElement(message, f"{{{MESSAGE}}}Structures")
    _flow(etree.SubElement(made, f"{{{STRUCT}}}Dataflows"), content)
    holder = etree.SubElement(made, f"{{{STRUCT}}}Codelists")
    for one in lists.values():
        _code_list(holder, one)
    _concepts(etree.SubElement(made, f"{{{STRUCT}}}Concepts"))
    _definition(etree.SubElement(made, f"{{{STRUCT}}}DataStructures"))
    return written(message)


def written(message: etree._Element) -> bytes:
    """An element as a document."""
    made: bytes = etree.tostring(message, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def header(message: etree._Element, content: ExportContent, kind: str) -> etree._Element:
    """The header of a message: id, the reference day as the day it was prepared, sender, title with its mark."""
    head = etree.SubElement(message, f"{{{MESSAGE}}}Header")
    etree.SubElement(head, f"{{{MESSAGE}}}ID").text = f"{AGENCY}_{kind}_{content.as_of:%Y%m%d}"
    etree.SubElement(head, f"{{{MESSAGE}}}Test").text = "false"
    etree.SubElement(head, f"{{{MESSAGE}}}Prepared").text = f"{content.as_of.isoformat()}T00:00:00"
    etree.SubElement(head, f"{{{MESSAGE}}}Sender").set("id", AGENCY)
    mark = content.mark or Text("")
    title = Text(f"{mark.zh}　{content.title.zh}".strip("　"), f"{mark.en} {content.title.en}".strip())
    _named(head, title)
    return head


def _named(holder: etree._Element, words: Text) -> None:
    """Names in both languages, those there are."""
    for language, text in (("zh", words.zh), ("en", words.en)):
        if text:
            name = etree.SubElement(holder, f"{{{COMMON}}}Name")
            name.set(_LANG, language)
            name.text = xml_text(text)


def _artefact(holder: etree._Element, kind: str, id_: str, words: Text) -> etree._Element:
    made = etree.SubElement(holder, f"{{{STRUCT}}}{kind}", id=id_, agencyID=AGENCY, version=VERSION, isFinal="true")
    _named(made, words)
    return made


def reference(holder: etree._Element, id_: str, kind: str, package: str) -> None:
    """A reference to an artefact of this export."""
    etree.SubElement(holder, "Ref", {
        "id": id_, "agencyID": AGENCY, "version": VERSION, "class": kind, "package": package,
    })  # fmt: skip


def _flow(holder: etree._Element, content: ExportContent) -> None:
    flow = _artefact(holder, "Dataflow", FLOW, content.title)
    reference(etree.SubElement(flow, f"{{{STRUCT}}}Structure"), STRUCTURE, "DataStructure", "datastructure")


def _code_list(holder: etree._Element, one: ExportCodeList) -> None:
    made = _artefact(holder, "Codelist", one.id, one.title)
    for code in one.codes:
        _code(made, code)


def _code(holder: etree._Element, code: CodeEntry) -> None:
    """A code; an annotation holds the name it stands for where the two differ."""
    made = etree.SubElement(holder, f"{{{STRUCT}}}Code", id=code.id)
    if code.id != code.original:
        note = etree.SubElement(etree.SubElement(made, f"{{{COMMON}}}Annotations"), f"{{{COMMON}}}Annotation")
        note.set("id", "ORIGINAL")
        etree.SubElement(note, f"{{{COMMON}}}AnnotationTitle").text = xml_text(code.original)
        etree.SubElement(note, f"{{{COMMON}}}AnnotationType").text = PROGRAM
    _named(made, code.words)
    if code.parent:
        parent = etree.SubElement(made, f"{{{STRUCT}}}Parent")
        etree.SubElement(parent, "Ref", id=code.parent)


def _concepts(holder: etree._Element) -> None:
    scheme = _artefact(holder, "ConceptScheme", CONCEPTS, Text("教育规划监测的概念", "concepts of plan monitoring"))
    for one in COMPONENTS:
        _named(etree.SubElement(scheme, f"{{{STRUCT}}}Concept", id=one.id), one.words)


def _definition(holder: etree._Element) -> None:
    made = _artefact(holder, "DataStructure", STRUCTURE, Text("教育规划监测数据结构", "data of plan monitoring"))
    parts = etree.SubElement(made, f"{{{STRUCT}}}DataStructureComponents")
    dimensions = etree.SubElement(parts, f"{{{STRUCT}}}DimensionList", id="DimensionDescriptor")
    for position, one in enumerate(DIMENSIONS, 1):
        _represented(etree.SubElement(dimensions, f"{{{STRUCT}}}Dimension", id=one.id, position=str(position)), one)
    place = str(len(DIMENSIONS) + 1)
    _represented(etree.SubElement(dimensions, f"{{{STRUCT}}}TimeDimension", id=TIME, position=place), TIME_DIMENSION)
    attributes = etree.SubElement(parts, f"{{{STRUCT}}}AttributeList", id="AttributeDescriptor")
    for one in ATTRIBUTES:
        status = "Mandatory" if one.mandatory else "Conditional"
        element = etree.SubElement(attributes, f"{{{STRUCT}}}Attribute", id=one.id, assignmentStatus=status)
        _represented(element, one)
        relation = etree.SubElement(element, f"{{{STRUCT}}}AttributeRelationship")
        etree.SubElement(etree.SubElement(relation, f"{{{STRUCT}}}PrimaryMeasure"), "Ref", id=VALUE)
    measures = etree.SubElement(parts, f"{{{STRUCT}}}MeasureList", id="MeasureDescriptor")
    _represented(etree.SubElement(measures, f"{{{STRUCT}}}PrimaryMeasure", id=VALUE), PRIMARY_MEASURE)


def _represented(element: etree._Element, one: SdmxConcept) -> None:
    """The concept a component stands for, and its code list or type of text."""
    etree.SubElement(etree.SubElement(element, f"{{{STRUCT}}}ConceptIdentity"), "Ref", {
        "id": one.id, "maintainableParentID": CONCEPTS, "maintainableParentVersion": VERSION, "agencyID": AGENCY,
        "package": "conceptscheme", "class": "Concept",
    })  # fmt: skip
    shape = etree.SubElement(element, f"{{{STRUCT}}}LocalRepresentation")
    if one.code_list:
        reference(etree.SubElement(shape, f"{{{STRUCT}}}Enumeration"), one.code_list, "Codelist", "codelist")
    else:
        etree.SubElement(shape, f"{{{STRUCT}}}TextFormat", textType=one.text_type)
