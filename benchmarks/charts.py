"""A small line chart as SVG text: time against size, with the straight line a proportional growth would give."""

from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, EDGE = 340, 220, 44
COLOURS = ("#1f5f8b", "#b3541e", "#3a7d44")


def chart(title: str, unit: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """One chart; every series is (size, seconds). The dashed line joins nothing and the first series' largest size."""
    widest = max(x for points in series.values() for x, _ in points)
    highest = max(y for points in series.values() for _, y in points) * 1.1

    def at(x: float, y: float) -> str:
        across = EDGE + x / widest * (WIDTH - EDGE - 12)
        return f"{across:.1f},{HEIGHT - EDGE + 8 - y / highest * (HEIGHT - EDGE - 22):.1f}"

    size = f'width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/><text x="{EDGE}" y="14" font-size="12">{title}</text>',
        f'<polyline points="{at(0, highest)} {at(0, 0)} {at(widest, 0)}" fill="none" stroke="black"/>',
    ]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(at(x, y) for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in points:
            across, down = at(*point).split(",")
            parts.append(f'<circle cx="{across}" cy="{down}" r="3" fill="{colour}"/>')
        parts.append(f'<text x="{EDGE + 8}" y="{30 + 13 * number}" fill="{colour}">{name}</text>')
    last = next(iter(series.values()))[-1]
    ends = at(0, 0), at(*last)
    parts.append(f'<polyline points="{ends[0]} {ends[1]}" fill="none" stroke="grey" stroke-dasharray="4 3"/>')
    first, most = at(0, highest / 1.1).split(",")[1], f"{highest / 1.1:.2g} s"
    parts.append(f'<text x="4" y="{first}">{most}</text>')
    parts.append(f'<text x="{WIDTH - 90}" y="{HEIGHT - 14}">{widest:,.0f} {unit}</text></svg>')
    return "\n".join(parts)


def write_charts(path: Path, charts: Sequence[str]) -> None:
    """Write charts side by side into one SVG file."""
    inner = "".join(f'<g transform="translate({n * WIDTH},0)">{one}</g>' for n, one in enumerate(charts))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * len(charts)}" height="{HEIGHT}">'
    path.write_text(f"{head}{inner}</svg>\n", encoding="utf-8")
