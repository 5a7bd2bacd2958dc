"""Making real files for the tests of the readers: a small PDF, OFD packages, raw Word parts."""

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from duibiao.kernel.problem import Problem, UserError
from duibiao.kernel.text import Language
from duibiao.sources.blocks import Reading
from duibiao.sources.readers import Limits, read

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
OFD = "http://www.ofdspec.org/2016"


def told(path: Path, limits: Limits | None = None) -> str:
    """The code of the one problem a file is refused with."""
    problems, _ = attempted(path, limits)
    assert [problem.where.file for problem in problems] == [path.name] * len(problems)
    assert [str(problem) for problem in problems if "{" in problem.in_(Language.ZH)] == []
    return " ".join(problem.code for problem in problems) or "read"


def attempted(path: Path, limits: Limits | None = None) -> tuple[tuple[Problem, ...], Reading | None]:
    """What reading a file gives: problems or a reading."""
    try:
        return (), read(path, limits)
    except UserError as error:
        return error.problems, None


def assert_mapped(reading: Reading) -> None:
    """Every block and every cell leads back to its words in the original."""
    text = reading.original.text
    for block in reading.blocks:
        if block.text:
            start, end = block.words.span()
            assert text[start:end] == block.text
            assert str(reading.original.locator(start, end))
        for cell in block.cells:
            for at, origin, length in cell.pieces:
                stretch = text[origin : origin + length]
                assert stretch.replace("\n", " ") == cell.text[at : at + length].replace("\n", " ")


def packed(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip file of parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def word(path: Path, body: str, numbering: str = "", footnotes: str = "", styles: str = "") -> Path:
    """A Word document from the XML inside its body."""
    parts = {"numbering": numbering, "footnotes": footnotes, "styles": styles}
    links = "".join(
        f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for kind, xml in parts.items() if xml
    )
    content = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        "word/document.xml": _word_part("document", f"<w:body>{body}</w:body>"),
    }
    content |= {f"word/{kind}.xml": _word_part(kind, xml) for kind, xml in parts.items() if xml}
    return packed(path, content)


def _word_part(name: str, inner: str) -> str:
    return f'<w:{name} xmlns:w="{WORD}" xmlns:mc="{COMPATIBLE}">{inner}</w:{name}>'


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int = 0, list_id: int = 1) -> str:
    """A Word paragraph of a list."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def numbering(*levels: tuple[str, str], extra: str = "", overrides: str = "") -> str:
    """The part numbering.xml with list 1 and list 2 of the same look; ``overrides`` belong to list 2."""
    looks = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f"{extra}</w:lvl>"
        for place, (form, text) in enumerate(levels)
    )
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{overrides if number == 2 else ""}</w:num>'
        for number in (1, 2)
    )
    return f'<w:abstractNum w:abstractNumId="0">{looks}</w:abstractNum>{lists}'


def ofd(path: Path, *pages: Sequence[tuple[float, float, str]], extra: str = "") -> Path:
    """An OFD file: every page is a list of words with their place in millimetres."""
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{OFD}" Version="1.0"><ofd:DocBody>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{OFD}"><ofd:Pages>'
        + "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
    }
    for number, words in enumerate(pages):
        objects = "".join(
            f'<ofd:TextObject ID="1" Boundary="{x} {y} {len(text) * 4} 5" Size="4"><ofd:TextCode X="0" Y="4">{text}'
            "</ofd:TextCode></ofd:TextObject>"
            for x, y, text in words
        )
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<ofd:Page xmlns:ofd="{OFD}"><ofd:Content><ofd:Layer ID="1">{objects}{extra}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        )
    return packed(path, parts)


def pdf(path: Path, *pages: str, rotate: int = 0, image: bool = False, trailer: str = "") -> Path:
    """A PDF from the drawing operators of its pages; the font /F prints GB1 characters by their UCS-2 number."""
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    picture = "/XObject << /I 5 0 R >>" if image else ""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering "
        b"(GB1) /Supplement 4 >> /DW 1000 >>",
        _stream(
            b"\xff" * 300,
            "/Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
        ),
    ]
    for number, drawing in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} /Contents {7 + 2 * number} 0 R "
            f"/Resources << /Font << /F 3 0 R >> {picture} >> >>".encode()
        )
        objects.append(_stream(drawing.encode()))
    path.write_bytes(assembled(objects, trailer))
    return path


def assembled(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """The bytes of a PDF from its objects."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\n"
    return data + end.encode() + f"startxref\n{len(data)}\n%%EOF\n".encode()


def _stream(data: bytes, facts: str = "") -> bytes:
    packed_data = zlib.compress(data)
    return (
        f"<< {facts} /Filter /FlateDecode /Length {len(packed_data)} >>\nstream\n".encode()
        + packed_data
        + b"\nendstream"
    )


def shown(x: float, y: float, text: str, size: int = 12) -> str:
    """The operators that print words at a place (points from the lower left corner)."""
    return f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"


def framed(x0: float, y0: float, x1: float, y1: float) -> str:
    """The operators that draw a frame."""
    return f"{x0} {y0} {x1 - x0} {y1 - y0} re S\n"
