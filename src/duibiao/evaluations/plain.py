"""Evaluations as text and back: canonical JSON with one spelling, read by the types of the dataclasses.

Decimals are written as exact digits without trailing zeros, days in ISO form, words in both languages, absent values
as null. What reads back is equal, and is written again to the same bytes.
"""

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from duibiao.store.snapshot import canonical
from duibiao.views.words import as_plain

T = TypeVar("T")
Convert = Callable[[Any], Any]


class SpoiltRecordError(ValueError):
    """A file does not hold what it should; says at which place (无法读取)."""


def to_json(value: object) -> bytes:
    """Canonical JSON of a dataclass: sorted keys, no spaces, UTF-8."""
    return canonical(as_plain(value))


def from_json(data: bytes, kind: type[T]) -> T:
    """Read a dataclass from its JSON. Raises SpoiltRecordError where it does not hold one."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SpoiltRecordError(str(error)) from error
    hashable: Any = kind  # a type is, whatever its variable says
    read: Convert = _converter(hashable)
    made: T = read(found)
    return made


@cache
def _converter(kind: Any) -> Convert:
    """How a JSON value becomes a value of a type: dataclass, enumeration, tuple of one type, optional, plain."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        (inner,) = [one for one in typing.get_args(kind) if one is not types.NoneType]
        convert = _converter(inner)
        return lambda found: None if found is None else convert(found)
    if origin is tuple:
        item, _ = typing.get_args(kind)
        each = _converter(item)
        return lambda found: tuple(each(one) for one in _expected(found, list))
    if is_dataclass(kind):
        return _dataclass_converter(kind)
    if kind is Decimal:
        return lambda found: _decimal(_expected(found, str))
    if kind is date:
        return lambda found: _called(date.fromisoformat, _expected(found, str))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda found: _called(kind, found)
    if kind in (str, int, bool):
        return lambda found: _expected(found, kind)
    raise TypeError(f"an evaluation holds plain values only, not {kind}")


def _dataclass_converter(kind: Any) -> Convert:
    hints: dict[str, Convert] = {}  # filled when first used: a type may hold itself

    def convert(found: Any) -> Any:
        if not hints:
            known = typing.get_type_hints(kind)
            hints.update({one.name: _converter(known[one.name]) for one in fields(kind)})
        values: Mapping[str, Any] = _expected(found, dict)
        if values.keys() != hints.keys():
            odd = sorted(values.keys() ^ hints.keys())
            raise SpoiltRecordError(f"{kind.__name__}: {', '.join(odd)}")
        made = {}
        for name, read in hints.items():
            try:
                made[name] = read(values[name])
            except SpoiltRecordError as error:
                raise SpoiltRecordError(f"{name}.{error}") from error
        return kind(**made)

    return convert


def _expected(found: Any, kind: type) -> Any:
    if type(found) is not kind:
        raise SpoiltRecordError(f"{str(found)[:40]} ({kind.__name__})")
    return found


def _called(read: Callable[[Any], Any], found: Any) -> Any:
    try:
        return read(found)
    except (ValueError, TypeError) as error:
        raise SpoiltRecordError(str(error)) from error


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise SpoiltRecordError(text) from error
