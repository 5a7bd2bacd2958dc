"""What is told about a cell: where it stands, what is wrong or asked, and what to do."""

from collections.abc import Iterable
from enum import StrEnum

from duibiao.kernel.problem import Level, Problem, Where, problem
from duibiao.kernel.quick import quick_dataclass
from duibiao.kernel.text import Text


class FindingLevel(StrEnum):
    """What a finding asks for."""

    ERROR = "error"  # 错误: the row is not taken until it is mended
    QUESTION = "question"  # 疑问: the row is taken; submission needs an answer
    NOTE = "note"  # 提示: the value was read in another way than it was typed


LEVEL_WORDS = {
    FindingLevel.ERROR: Text("错误", "error"),
    FindingLevel.QUESTION: Text("疑问", "question"),
    FindingLevel.NOTE: Text("提示", "note"),
}
ORDER = (FindingLevel.ERROR, FindingLevel.QUESTION, FindingLevel.NOTE)


@quick_dataclass(frozen=True, slots=True)
class CellProblem:
    """A finding about one cell (单元格问题): the reporting unit, the element, the address in the sheet.

    ``cell`` is ``''`` where the value came without a sheet; ``also`` are the other elements the finding speaks of.
    ``check`` is the code of the form's check, ``''`` for faults of the value itself.
    """

    unit: str
    element: str
    cell: str
    problem: Problem
    level: FindingLevel
    check: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What an answer is filed under: unit, element, and the check or problem code."""
        return self.unit, self.element, self.check or self.problem.code

    def at(self, cell: str) -> "CellProblem":
        """The same finding with its place in a sheet."""
        told = self.problem
        place = Where(told.where.file, told.where.line, cell)
        worded = Problem(told.code, told.level, told.message, place, told.remedy)
        return CellProblem(self.unit, self.element, cell, worded, self.level, self.check, self.also)


def finding(
    code: str, file: str, unit: str = "", element: str = "", cell: str = "", line: int = 0, /, **facts: object
) -> CellProblem:
    """Build a finding from its catalogue entry; the catalogue says whether it is an error, a question or a note.

    Raises KeyError for a code that is not in the catalogue.
    """
    found = problem(code, Where(file, line, cell or element), **facts)
    return CellProblem(unit, element, cell, found, level_of(found))


NOTES = frozenset({"INTAKE-NORMALISED"})


def level_of(found: Problem) -> FindingLevel:
    """The level of a finding: warnings of the catalogue are questions, apart from those that only inform."""
    if found.level is Level.ERROR:
        return FindingLevel.ERROR
    return FindingLevel.NOTE if found.code in NOTES else FindingLevel.QUESTION


def errors(found: Iterable[CellProblem]) -> list[CellProblem]:
    """Those that refuse their row."""
    return [one for one in found if one.level is FindingLevel.ERROR]


def questions(found: Iterable[CellProblem]) -> list[CellProblem]:
    """Those that need an answer before submission counts as complete."""
    return [one for one in found if one.level is FindingLevel.QUESTION]
