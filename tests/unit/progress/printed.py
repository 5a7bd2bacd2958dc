"""Reads case files with every scalar as text, and compares a figure with the digits a table prints."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).resolve().parents[2] / "cases"


def read_cases(name: str) -> Any:
    """A case file; numbers stay as they are printed, so that 0.80 has two decimals."""
    return yaml.load((CASES / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader builds text only


def agrees(figure: Decimal | None, printed: str) -> bool:
    """Tell whether a figure rounds to what is printed; ``undefined`` is printed for no figure."""
    if printed == "undefined" or figure is None:
        return printed == "undefined" and figure is None
    scale = Decimal("0.01") if printed.endswith("%") else Decimal(1)
    shown = Decimal(printed.removesuffix("%"))
    exponent = shown.as_tuple().exponent
    assert isinstance(exponent, int)
    return abs(figure / scale - shown) <= Decimal(5).scaleb(exponent - 1)
