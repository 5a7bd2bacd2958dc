"""Reading the same workbook with openpyxl, run by an interpreter that has it: ``python openpyxl_peer.py FILE``."""

import json
import resource
import sys
import time


def main() -> None:
    """Read every cell and print the time."""
    import openpyxl  # noqa: PLC0415

    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    book = openpyxl.load_workbook(sys.argv[1], read_only=True)
    cells = sum(len(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(json.dumps({"wall": time.perf_counter() - start, "cpu": cpu, "cells": cells}))


if __name__ == "__main__":
    main()
