"""The states of rows taken in numpy, without an engine: it plans hundreds of aggregates longer than they take, and
groups one row after the other where these rows stand beside each other already.

This is no second meaning of the language. It evaluates the very nodes that are the SQL of every engine, in its three
values (``compute.vectors``). Whatever it cannot take exactly it leaves to the engine.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from duibiao.compute.catalogue import Compiled
from duibiao.compute.pieces import FormPiece, added, laid_out
from duibiao.compute.sharing import CommonPart
from duibiao.compute.sqltext import states_parts
from duibiao.compute.states import StateColumn
from duibiao.compute.statetable import Numbers, StateTable, nothing
from duibiao.compute.vectors import (
    INT64,
    NOTHING,
    OPERATIONS,
    STRICT,
    YES,
    NotExactError,
    Vector,
    both_known,
    cast,
    chosen,
    chosen_known,
    column,
    literal,
)

_EVERY_ROW = -1
"""The place of what COUNT(*) counts."""
_LOW = np.int64(2**32 - 1)
_Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Step:
    """A part from the parts before it (None: a column of the rows), and the aggregates that are taken of it.

    ``with_values``: False where only its being known is counted. ``done``: parts that no later step reads.
    """

    place: int
    run: Callable[..., Vector] | None
    operands: tuple[int, ...]
    name: str
    with_values: bool
    roots: tuple[int, ...]
    done: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """The states of a form ready to be evaluated (取数程序): every distinct part once, children before parents.

    ``nodes`` are the aggregates of the columns; ``constants`` the parts that are the same for all rows, and
    ``of_constants`` the columns that are taken of those; ``slots`` the places of what is added among the sums.
    """

    columns: tuple[StateColumn, ...]
    nodes: tuple[exp.Expression, ...]
    steps: tuple[_Step, ...]
    constants: Mapping[int, Vector]
    of_constants: tuple[tuple[int, int], ...]
    slots: Mapping[int, int]


_kept: dict[tuple[str, str], Program] = {}
_MOST_KEPT = 64


def program(compiled: Compiled, form: str) -> Program:
    """The program of a form, made once for a catalogue. Raises NotExactError for a node that is not known here."""
    key = (compiled.key, form)
    found = _kept.get(key)
    if found is None:
        parts = states_parts(compiled, form)
        if len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        found = _kept[key] = _Writer(parts.found, parts.roots).program(compiled.forms[form].columns)
    return found


@dataclass(slots=True)
class _Writer:
    """Turns parts into steps: brackets vanish, constants are taken at once, and what nobody reads is not computed."""

    parts: Sequence[CommonPart]
    roots: Sequence[int]
    constants: dict[int, Vector] = field(default_factory=lambda: {_EVERY_ROW: Vector(NOTHING, YES)})

    def program(self, columns: tuple[StateColumn, ...]) -> Program:
        taken: dict[int, list[int]] = {}
        read: dict[int, bool] = {}  # places that are read, and whether their values are
        for number, root in enumerate(self.roots):
            place = self.inside(self.parts[root].children[0])
            taken.setdefault(place, []).append(number)
            read[place] = read.get(place, False) or not isinstance(self.parts[root].node, exp.Count)
        for place in range(len(self.parts) - 1, -1, -1):
            if place in read:
                for operand, valued in self.operands(place, read[place]):
                    read[operand] = read.get(operand, False) or valued
        steps: list[_Step] = []
        with np.errstate(all="ignore"):
            for place in sorted(set(read) - {_EVERY_ROW}):
                self.add(steps, place, read[place], tuple(taken.get(place, ())))
        return Program(
            columns,
            tuple(self.parts[root].node for root in self.roots),
            _with_ends(steps),
            self.constants,
            tuple((place, number) for place, own in taken.items() if place in self.constants for number in own),
            {number: slot for slot, number in enumerate(added(columns))},
        )

    def inside(self, place: int) -> int:
        """The place of what stands in brackets."""
        while isinstance(self.parts[place].node, exp.Paren):
            place = self.parts[place].children[0]
        return _EVERY_ROW if isinstance(self.parts[place].node, exp.Star) else place

    def operands(self, place: int, valued: bool) -> list[tuple[int, bool]]:
        """What a part is made of, and whether its values are needed or only where it is known."""
        part = self.parts[place]
        node, children = part.node, part.children
        if isinstance(node, exp.Column | exp.Literal | exp.Boolean):
            return []
        if isinstance(node, exp.Is | exp.Cast):  # the other child is NULL, or a type
            return [(self.inside(children[0]), valued and isinstance(node, exp.Cast))]
        if isinstance(node, exp.Case):
            found: list[tuple[int, bool]] = []
            for child in children:
                if isinstance(self.parts[child].node, exp.If):
                    when, then = self.parts[child].children
                    found += [(self.inside(when), True), (self.inside(then), valued)]
                else:
                    found.append((self.inside(child), valued))
            return found
        if type(node) not in OPERATIONS:
            raise NotExactError(type(node).__name__)
        return [(self.inside(child), valued or not isinstance(node, STRICT)) for child in children]

    def add(self, steps: list[_Step], place: int, valued: bool, roots: tuple[int, ...]) -> None:
        """Add the step of a part, or take it at once where it is a constant."""
        node = self.parts[place].node
        if isinstance(node, exp.Column):
            steps.append(_Step(place, None, (), str(node.this.this), valued, roots))
            return
        operands = tuple(operand for operand, _ in self.operands(place, valued))
        run = _operation(node, valued)
        if all(operand in self.constants for operand in operands):
            self.constants[place] = run(*(self.constants[operand] for operand in operands))
        else:
            steps.append(_Step(place, run, operands, "", valued, roots))


def _operation(node: exp.Expression, valued: bool) -> Callable[..., Vector]:
    """What makes the vector of a node from those of its operands."""
    match node:
        case exp.Literal():
            return lambda: literal(str(node.this), bool(node.args["is_string"]))
        case exp.Boolean():
            return lambda: Vector(np.array(bool(node.this)), YES)
        case exp.Case():
            return _case if valued else _case_known
    if not valued and isinstance(node, STRICT):
        return lambda *parts: Vector(NOTHING, both_known(parts))
    return _guarded(cast(node) if isinstance(node, exp.Cast) else OPERATIONS[type(node)])


def _case(*parts: Vector) -> Vector:
    """CASE over condition, value, condition, value, …, and what is left."""
    pairs = len(parts) // 2 * 2
    return chosen(parts[:pairs:2], parts[1:pairs:2], parts[-1] if len(parts) % 2 else None)


def _case_known(*parts: Vector) -> Vector:
    pairs = len(parts) // 2 * 2
    return Vector(NOTHING, chosen_known(parts[:pairs:2], parts[1:pairs:2], parts[-1] if len(parts) % 2 else None))


def _guarded(run: Callable[..., Vector]) -> Callable[..., Vector]:
    """Only conditions look after rows without a whole number."""

    def guarded(*parts: Vector) -> Vector:
        for part in parts:
            if part.broken is not None:
                raise NotExactError("a number made of what is none")
        return run(*parts)

    return guarded


def _with_ends(steps: Sequence[_Step]) -> tuple[_Step, ...]:
    """The steps, each with the parts that nobody reads after it: memory is used again while it is in the cache."""
    here = {step.place for step in steps}
    last = {operand: at for at, step in enumerate(steps) for operand in (step.place, *step.operands)}
    done: dict[int, list[int]] = {}
    for place, at in last.items():
        if place in here:
            done.setdefault(at, []).append(place)
    return tuple(
        _Step(one.place, one.run, one.operands, one.name, one.with_values, one.roots, tuple(done.get(at, ())))
        for at, one in enumerate(steps)
    )


def states_of_rows(
    compiled: Compiled, years: Sequence[int], forms: Iterable[str], rows: Iterable[tuple[str, pa.Table]]
) -> StateTable:
    """The states of the rows of some forms by year and leaf; ``rows`` form and batch as ``compute.reading`` has them.

    The rows of a group may come in several batches: its states are added up. Equal to what the engines answer, bit for
    bit. Raises NotExactError where it cannot promise that.
    """
    answers: dict[str, list[FormPiece]] = {form: [] for form in forms}
    programs = {form: program(compiled, form) for form in answers}  # written while the first rows are decoded
    for form, batch in rows:
        answers[form].append(_Evaluation(programs[form], by_group(batch)).piece())
    leaves = sorted({code for pieces in answers.values() for piece in pieces for code in piece.leaves})
    columns: dict[str, Numbers] = {}
    for form, pieces in answers.items():
        columns |= laid_out(compiled.forms[form].columns, pieces, years, leaves)
    return StateTable(tuple(years), tuple(leaves), columns, {})


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Rows with those of a year and leaf beside each other: where each group begins, its year and its leaf."""

    rows: pa.Table
    starts: _Places
    years: _Places
    leaves: Sequence[str]


def by_group(rows: pa.Table) -> _Grouped:
    """The groups of some rows, which are sorted where they are not, as in a snapshot, sorted already."""
    coded = _whole(rows["group"]).dictionary_encode()
    leaves = coded.dictionary.to_pylist()
    code = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    year = rows["year"].to_numpy().astype(np.int64)
    group = year * len(leaves) + code
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    if len(np.unique(group[starts])) < len(starts):
        return by_group(rows.take(pa.array(np.argsort(group, kind="stable"))))
    return _Grouped(rows, starts, year[starts], [leaves[place] for place in code[starts].tolist()])


class _Evaluation:
    """Takes the steps of a program over some rows."""

    def __init__(self, made: Program, grouped: _Grouped) -> None:
        self.made, self.grouped, self.starts = made, grouped, grouped.starts
        self.columns = dict(zip(grouped.rows.column_names, grouped.rows.columns, strict=True))
        self.count = grouped.rows.num_rows
        self.sizes = np.diff(np.r_[self.starts, self.count])
        self.largest = int(self.sizes.max())
        self.sums = np.zeros((len(made.slots), len(self.starts)), dtype=np.int64)
        self.others: dict[int, Numbers] = {}

    def piece(self) -> FormPiece:
        """The number of each group for every column."""
        values = dict(self.made.constants)
        with np.errstate(all="ignore"):
            for place, number in self.made.of_constants:
                self.reduce(number, values[place])
            for step in self.made.steps:
                if step.run is None:
                    found = column(_whole(self.columns[step.name]), step.with_values)
                else:
                    found = step.run(*[values[operand] for operand in step.operands])
                values[step.place] = found
                for number in step.roots:
                    self.reduce(number, found)
                for place in step.done:
                    del values[place]
        return FormPiece(self.grouped.years, self.grouped.leaves, self.sums, self.others)

    def reduce(self, number: int, vector: Vector) -> None:
        """Take the aggregate of a column over each group."""
        node = self.made.nodes[number]
        if isinstance(node, exp.Count):
            self.sums[self.made.slots[number]] = self.counted(vector)
            return
        if vector.broken is not None and bool((vector.broken & vector.known).any()):
            raise NotExactError("a sum of what is no number")
        if isinstance(node, exp.Sum):
            self.add(number, vector)
        elif isinstance(node, exp.Min | exp.Max):
            self.others[number] = self.extreme(self.made.columns[number], vector, isinstance(node, exp.Min))
        else:
            raise NotExactError(type(node).__name__)

    def counted(self, vector: Vector) -> Numbers:
        """How many rows of each group are known."""
        if vector.known.ndim == 0:
            return self.sizes if vector.known else np.zeros_like(self.sizes)
        kind = np.int16 if self.largest < 2**15 else np.int32
        return np.add.reduceat(vector.known.view(np.int8), self.starts, dtype=kind)

    def add(self, number: int, vector: Vector) -> None:
        """The sum of each group: of 64 bit, or beside them in Python integers."""
        if vector.values.dtype.kind not in "iO":
            raise NotExactError("a sum of doubles")
        term = self.long(vector.values if vector.is_clean else np.where(vector.known, vector.values, 0))
        if term.dtype.hasobject:
            self.others[number] = np.add.reduceat(term, self.starts)
        elif vector.most * self.largest < INT64:
            np.add.reduceat(term, self.starts, out=self.sums[self.made.slots[number]])
        else:  # in two halves of 32 bit, whose sums do fit
            high, low = np.add.reduceat(term >> 32, self.starts), np.add.reduceat(term & _LOW, self.starts)
            self.others[number] = high.astype(object) * 2**32 + low.astype(object)

    def extreme(self, column: StateColumn, vector: Vector, is_least: bool) -> Numbers:
        """The least or the most of each group."""
        if vector.is_double != column.is_double or vector.values.dtype.hasobject:
            raise NotExactError("an extreme beyond 64 bit")
        absent = nothing(column, np.dtype(np.float64 if column.is_double else np.int64))
        term = self.long(np.where(vector.known, vector.values, absent))
        return np.asarray((np.minimum if is_least else np.maximum).reduceat(term, self.starts))

    def long(self, term: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A value for every row, also where it is the same for all."""
        return term if term.ndim else np.full(self.count, term, dtype=term.dtype)


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
