"""Runs of a Word file: plain words, emphasis, references, and figures as content controls."""

from collections.abc import Iterator
from itertools import count

from lxml import etree

from duibiao.reports.docx_fields import control, figure
from duibiao.reports.docx_xml import run
from duibiao.views.paper_text import Field, Reference, Runs, Strong


class DocxText:
    """Writes the runs of one file (Word 文字): knows the numbers of its tables and charts, and counts its controls."""

    def __init__(self, numbers: dict[str, str], table_type: float) -> None:
        self.numbers = numbers
        self.table_type = table_type  # in points
        self._counter = count(1)

    def next_number(self) -> int:
        """The next number for a control or picture; every one stands once in a file."""
        return next(self._counter)

    def runs(self, runs: Runs) -> Iterator[etree._Element]:
        """The elements of runs, in order."""
        for one in runs:
            match one:
                case str():
                    yield run(one)
                case Strong():
                    yield run(one.text, "Strong")
                case Reference():
                    yield run(self.numbers[one.id])
                case Field():
                    yield figure(self.next_number(), one.id, one.shown)

    def passage(self, tag: str, author: str, *paragraphs: etree._Element) -> etree._Element:
        """A person's words as one control around their paragraphs."""
        return control(self.next_number(), f"narrative/{tag}", f"人工撰写：{author}", *paragraphs)
