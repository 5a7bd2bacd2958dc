"""What many columns of a query have in common is computed once a row: a column of a subquery under the others.

A split of stages stands in most of the sums of a form of schools. Written out in each of them the query of one form
had 560 kB, and the engine computed the same hundred times: no engine looks for equal parts inside of CASE.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from duibiao.compute import sqlnodes as s
from duibiao.compute.sqlnodes import Sql

Named = Sequence[tuple[str, Sql]]
"""Columns of a query: their names and what they are."""
_PREFIX = "part "
"""No code of an element has a blank in it."""
_LEAST_COST = 3
"""Operations it takes to be worth a column: a sum of two elements is added again faster than it is kept."""
_TEXT_COST = 3
_FREE = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.If, exp.DataType)
_TOTAL = (
    exp.Mul, exp.Add, exp.Sub, exp.Neg, exp.Abs, exp.Case, exp.Coalesce, exp.Nullif, exp.Left,
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.Is, exp.Cast,
)  # fmt: skip
"""What has a value for every row, whatever is in it. A quotient, a logarithm and a floor have none for some: they stay
where the condition stands that keeps such rows away. Whole numbers do not overflow: their bits were counted."""
_WHOLE = _FREE + _TOTAL


@dataclass(frozen=True, slots=True)
class Shared:
    """Columns rewritten over their common parts (公共部分): ``layers`` of named parts, each over those before it."""

    layers: tuple[Named, ...]
    columns: Named


@dataclass(slots=True)
class CommonPart:
    """One distinct part of the trees (部分算式). ``prints``: how often it would be written, ``own`` its own cost."""

    node: Sql
    children: tuple[int, ...]
    is_total: bool
    own: int
    cost: int = 0
    prints: int = 0
    name: str = ""
    layer: int = 0


@dataclass(slots=True)
class CommonParts:
    """All distinct parts of some trees (部分算式表); equal trees are one, and children stand before their parents.

    ``columns`` are the trees with their names, ``roots`` their places.
    """

    columns: Named = ()
    roots: list[int] = field(default_factory=list)
    found: list[CommonPart] = field(default_factory=list)
    by_shape: dict[tuple[Any, ...], int] = field(default_factory=dict)
    by_node: dict[int, int] = field(default_factory=dict)
    kept: list[Sql] = field(default_factory=list)
    written: dict[int, Sql] = field(default_factory=dict)

    def place(self, node: Sql) -> int:
        """The place of a tree among the parts."""
        known = self.by_node.get(id(node))
        if known is not None:
            return known
        shape: list[object] = [type(node)]
        children: list[int] = []
        for name, value in node.args.items():
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, exp.Expression):
                    children.append(self.place(one))
                    shape += [name, None, children[-1]]
                elif one is not None:
                    shape += [name, one]
        place = self.by_shape.setdefault(tuple(shape), len(self.found))
        if place == len(self.found):
            self.found.append(self._part(node, tuple(children)))
        self.by_node[id(node)] = place
        self.kept.append(node)  # an id is one node's as long as the node lives
        return place

    def _part(self, node: Sql, children: tuple[int, ...]) -> CommonPart:
        whole = isinstance(node, _WHOLE) and not (isinstance(node, exp.Cast) and _is_double(node))
        own = 0 if isinstance(node, _FREE) else _TEXT_COST if isinstance(node, exp.Left) else 1
        own += max(0, len(node.args.get("ifs") or ()) - 1)
        return CommonPart(node, children, whole and all(self.found[one].is_total for one in children), own)


def _is_double(node: exp.Cast) -> bool:
    return bool(node.args["to"].this == exp.DataType.Type.DOUBLE)


def parts_of(columns: Named) -> CommonParts:
    """The distinct parts of some columns."""
    found = CommonParts(columns)
    found.roots = [found.place(node) for _, node in columns]
    return found


def shared(parts: CommonParts) -> Shared:
    """Find what several columns, or one column several times, need, and write it once.

    The values are the same: only parts that have a value for every row are taken out of their conditions.
    """
    columns, roots = parts.columns, parts.roots
    parts.written.clear()
    _count(parts, roots)
    _name(parts)
    layers: dict[int, list[tuple[str, Sql]]] = {}
    for place, part in enumerate(parts.found):
        if part.name:
            layers.setdefault(part.layer, []).append((part.name, _inside(parts, place)))
    rewritten = [(name, _written(parts, root)) for (name, _), root in zip(columns, roots, strict=True)]
    return Shared(tuple(layers[layer] for layer in sorted(layers)), rewritten)


def _count(parts: CommonParts, roots: Sequence[int]) -> None:
    """How often each part is written when every total part is written once: parents before children."""
    for part in parts.found:
        part.prints = 0
    for root in roots:
        parts.found[root].prints += 1
    for part in reversed(parts.found):
        times = 1 if part.is_total else part.prints
        for child in part.children:
            parts.found[child].prints += times


def _name(parts: CommonParts) -> None:
    """Name those that are worth a column, children before parents: what a named part holds costs nothing more."""
    number = 0
    for part in parts.found:
        below = [parts.found[child] for child in part.children]
        part.cost = part.own + sum(0 if child.name else child.cost for child in below)
        part.layer = max((child.layer + bool(child.name) for child in below), default=0)
        worth = part.prints > 1 and part.cost >= _LEAST_COST
        part.name = ""
        if worth and part.is_total and not isinstance(part.node, exp.If):
            part.name = f"{_PREFIX}{number}"
            number += 1


def _written(parts: CommonParts, place: int) -> Sql:
    """A part as it is written above its layer: by its name where it has one."""
    name = parts.found[place].name
    return s.column(name) if name else _inside(parts, place)


def _inside(parts: CommonParts, place: int) -> Sql:
    """A part over the named parts in it; the node itself where there are none."""
    known = parts.written.get(place)
    if known is None:
        part = parts.found[place]
        children = iter(part.children)
        changed = {name: _again(parts, value, children) for name, value in part.node.args.items()}
        same = all(value is part.node.args[name] for name, value in changed.items())
        known = parts.written[place] = part.node if same else type(part.node)(**changed)
    return known


def _again(parts: CommonParts, value: object, children: Iterator[int]) -> object:
    """An argument of a node, with its parts as they are written; the same object where nothing changed."""
    if isinstance(value, exp.Expression):
        written = _written(parts, next(children))
        return value if written is parts.found[parts.by_node[id(value)]].node else written
    if isinstance(value, list):
        found = [_again(parts, one, children) for one in value]
        return value if all(new is old for new, old in zip(found, value, strict=True)) else found
    return value


def over(source: Sql, layers: Sequence[Named], barrier: bool) -> Sql:
    """A source of rows with the layers of parts over it, as nested subqueries.

    ``barrier``: keep an engine that would put the parts back where they are used (PostgreSQL) from doing so.
    """
    found = source
    for depth, layer in enumerate(layers):
        query = exp.Select(expressions=[exp.Star(), *named(layer)])
        query.set("from_", exp.From(this=found))
        if barrier:
            query.set("offset", exp.Offset(expression=s.integer(0)))
        alias = exp.TableAlias(this=exp.Identifier(this=f"layer_{depth}", quoted=True))
        found = exp.Subquery(this=query, alias=alias)
    return found


def named(columns: Named) -> list[Sql]:
    """Columns with their names."""
    return [exp.Alias(this=node, alias=exp.Identifier(this=name, quoted=True)) for name, node in columns]
