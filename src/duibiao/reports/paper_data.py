"""A paper as plain data for the typesetter: its words stay words, nothing in them can become markup."""

from collections.abc import Iterable, Iterator

from duibiao.reports.chart_scale import MOST_MARKS, chart_scale, every, label_side, pieces
from duibiao.reports.fonts import FontChain
from duibiao.reports.paper_sections import sections
from duibiao.reports.paper_size import TEXT_WIDTH, TURNED_WIDTH, PaperSize
from duibiao.reports.text_width import column_widths
from duibiao.views.paper import Annex, Paper, PaperBlock, blocks_of, runs_of
from duibiao.views.paper_chart import PaperChart
from duibiao.views.paper_numbers import annex_labels, annex_list, captions, chinese_day, words_of
from duibiao.views.paper_parts import (
    GroupRow,
    Narrative,
    PageBreak,
    PaperHeading,
    PaperNote,
    PaperTable,
    Paragraph,
    Placeholder,
)
from duibiao.views.paper_text import Field, Run, Runs, Strong
from duibiao.views.paper_title import title_lines

# What JSON holds: the typesetter reads it back into its own values.
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


def paper_words(paper: Paper) -> Iterator[str]:
    """Every text the paper prints, for the question whether a font holds its characters."""
    yield from (paper.title, paper.subtitle, paper.addressee, paper.footer_note, *paper.head_marks)
    if paper.red_head is not None:
        yield from (paper.red_head.issuer, paper.red_head.number, paper.red_head.signer)
    if paper.signature is not None:
        yield paper.signature.office
    if paper.distribution is not None:
        yield from (paper.distribution.copies_to, paper.distribution.printed_by)
    yield from (annex.title for annex in paper.annexes)
    numbers = captions(paper)
    for block in blocks_of(paper):
        yield from (words_of(run, numbers) for run in runs_of(block))
        match block:
            case PaperTable():
                yield from (block.caption, block.unit)
                for column in block.columns:
                    yield from (column.title, column.unit, column.group)
            case PaperChart():
                yield from (block.title, block.unit, *block.categories, *(series.name for series in block.series))
            case Placeholder() if paper.draft:
                yield block.hint
            case _:
                pass


def paper_data(paper: Paper, fonts: FontChain, size: PaperSize) -> dict[str, Plain]:
    """The whole paper as values of JSON; numbers of headings, captions and annexes filled in."""
    numbers = captions(paper)
    language, _, region = paper.meta.language.partition("-")
    day = paper.meta.day
    annexes: list[Plain] = [
        _annex(label, annex, paper, numbers, size) for label, annex in annex_labels(paper) if not annex.separate
    ]
    return {
        "meta": {
            "title": paper.meta.title,
            "author": paper.meta.author,
            "subject": paper.meta.subject,
            "day": [day.year, day.month, day.day],
            "language": [language.lower(), region.lower() or "cn"],
        },
        "fonts": {
            "western": fonts.western,
            "families": {role.value: family for role, family in fonts.families.items()},
            "rare": list(fonts.rare),
        },
        "size": dict(size.plain()),
        "marks": list(paper.head_marks),
        "title": list(title_lines(paper.title, size.title_characters)),
        "subtitle": paper.subtitle,
        "red_head": _red_head(paper),
        "addressee": paper.addressee,
        "sections": _sections(paper.blocks, paper, numbers, size),
        "footer_note": paper.footer_note,
        "annex_list": [[label, title] for label, title in annex_list(paper)],
        "signature": _signature(paper),
        "annexes": annexes,
        "distribution": _distribution(paper),
        "figures": _figures(paper),
    }


def _red_head(paper: Paper) -> Plain:
    head = paper.red_head
    return None if head is None else {"issuer": head.issuer, "number": head.number, "signer": head.signer}


def _signature(paper: Paper) -> Plain:
    signed = paper.signature
    if signed is None:
        return None
    return {"office": signed.office, "day": chinese_day(signed.day), "sealed": signed.sealed}


def _distribution(paper: Paper) -> Plain:
    last = paper.distribution
    if last is None:
        return None
    return {"copies_to": last.copies_to, "printed_by": last.printed_by, "day": chinese_day(last.day)}


def _figures(paper: Paper) -> Plain:
    """Every figure of the paper by its id, sorted, for the data file inside the PDF."""
    shown = {run.id: run.shown for block in blocks_of(paper) for run in runs_of(block) if isinstance(run, Field)}
    return dict(sorted(shown.items()))


def _annex(label: str, annex: Annex, paper: Paper, numbers: dict[str, str], size: PaperSize) -> Plain:
    title = title_lines(annex.title, size.title_characters)
    return {"label": label, "title": list(title), "sections": _sections(annex.blocks, paper, numbers, size)}


def _sections(blocks: Iterable[PaperBlock], paper: Paper, numbers: dict[str, str], size: PaperSize) -> list[Plain]:
    return [
        {
            "landscape": turned,
            "blocks": [
                plain for number, block in entries for plain in _block(number, block, numbers, size, turned=turned)
            ],
        }
        for turned, entries in sections(blocks, paper)
    ]


def _block(number: str, block: PaperBlock, numbers: dict[str, str], size: PaperSize, *, turned: bool) -> list[Plain]:
    """A block as one value; a chart with very many categories as several."""
    match block:
        case PaperHeading():
            return [{"kind": "heading", "level": block.level, "number": number, "runs": _runs(block.runs, numbers)}]
        case Paragraph():
            return [{"kind": "paragraph", "runs": _runs(block.runs, numbers)}]
        case PaperNote():
            return [{"kind": "note", "runs": _runs(block.runs, numbers)}]
        case Narrative():
            return [{"kind": "narrative", "paragraphs": [_runs(runs, numbers) for runs in block.paragraphs]}]
        case Placeholder():
            return [{"kind": "placeholder", "hint": block.hint}]
        case PaperTable():
            return [_table(block, numbers, size, turned=turned)]
        case PaperChart():
            scale = _scale(block)
            return [_chart(piece, numbers, scale) for piece in pieces(block)]
        case PageBreak():
            return [{"kind": "page break"}]


def _table(table: PaperTable, numbers: dict[str, str], size: PaperSize, *, turned: bool) -> Plain:
    widths = column_widths(table, (TURNED_WIDTH if turned else TEXT_WIDTH) / size.table, numbers)
    columns: list[Plain] = [
        {
            "title": column.title,
            "share": round(width, 3),
            "align": column.align.value,
            "unit": column.unit,
            "group": column.group,
        }
        for column, width in zip(table.columns, widths, strict=True)
    ]
    rows: list[Plain] = []
    reaching = [0] * len(table.columns)
    for row in table.rows:
        if isinstance(row, GroupRow):
            rows.append({"group": _runs(row.runs, numbers)})
            continue
        free = [column for column, rest in enumerate(reaching) if not rest]
        cells: list[Plain] = []
        for column, cell in zip(free, row.cells, strict=True):
            cells.append({"column": column, "rows": cell.rows, "runs": _runs(cell.runs, numbers)})
            reaching[column] = cell.rows
        reaching = [max(0, rest - 1) for rest in reaching]
        rows.append({"cells": cells})
    return {
        "kind": "table",
        "number": numbers[table.id],
        "caption": table.caption,
        "unit": table.unit,
        "columns": columns,
        "rows": rows,
        "notes": [_runs(note, numbers) for note in table.notes],
    }


def _chart(chart: PaperChart, numbers: dict[str, str], scale: Plain) -> Plain:
    series: list[Plain] = [
        {
            "name": one.name,
            "colour": one.colour,
            "pattern": one.pattern.value,
            # The length of a bar is a picture: a float is exact enough there. The label is the figure's own words.
            "points": [
                {
                    "value": None if point.value is None else float(point.value),
                    "label": point.field.shown,
                    "side": label_side(chart, number, at),
                }
                for at, point in enumerate(one.points)
            ],
        }
        for number, one in enumerate(chart.series)
    ]
    return {
        "kind": "chart",
        "chart": chart.kind.value,
        "number": numbers[chart.id],
        "title": chart.title,
        "unit": chart.unit,
        "categories": list(chart.categories),
        "series": series,
        "scale": scale,
        "every": every(chart),
        "marks": len(chart.categories) <= MOST_MARKS,
        "summary": chart.summary,
    }


def _scale(chart: PaperChart) -> Plain:
    scale = chart_scale(chart)
    if scale is None:
        return None
    ticks: list[Plain] = list(scale.ticks)
    return {"first": scale.first, "last": scale.last, "step": scale.step, "count": scale.count, "ticks": ticks}


def _runs(runs: Runs, numbers: dict[str, str]) -> list[Plain]:
    return [[_kind(run), words_of(run, numbers)] for run in runs]


def _kind(run: Run) -> str:
    return "s" if isinstance(run, Strong) else "f" if isinstance(run, Field) else "t"
