"""The sizes of an official document in points, for both renderers: GB/T 9704-2012, and a brief in smaller type.

The text block is 156 × 225 mm. 22 lines need a pitch of at most 225 mm / 22 = 28.99 pt, 28 characters of 16 pt need
156 mm / 28 = 15.79 pt each; 28.9 pt and −0.25 pt were measured to give 22 × 28 (python-docx and LibreOffice).
"""

from dataclasses import asdict, dataclass

from duibiao.views.paper import PaperForm

TEXT_WIDTH = 156 / 25.4 * 72
"""Width of the text block in points (156 mm)."""
TURNED_WIDTH = 225 / 25.4 * 72
"""Width of the text on a page turned round, in points (225 mm)."""


@dataclass(frozen=True, slots=True)
class PaperSize:
    """The sizes of one form (字号与行距) in points: type, pitch of lines, what is taken off each character."""

    body: float
    pitch: float
    track: float
    title: float
    title_pitch: float
    table: float
    note: float
    blank_after_title: bool

    @property
    def title_characters(self) -> int:
        """How many characters a line of the title holds, with a little air at both sides."""
        return int(TEXT_WIDTH / self.title) - 1

    def plain(self) -> dict[str, str | int | float | bool | None]:
        """The sizes by name."""
        return asdict(self)


SIZES = {
    # 3号 text, 2号 title, 5号 tables, 小4号 notes.
    PaperForm.DOCUMENT: PaperSize(16, 28.9, -0.25, 22, 34, 10.5, 12, blank_after_title=True),
    # 小4号 text, 小2号 title, 小5号 tables and notes.
    PaperForm.BRIEF: PaperSize(12, 20, 0, 18, 27, 9, 9, blank_after_title=False),
}
