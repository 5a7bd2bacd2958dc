"""The same 150 indicators in pandas: ``python pandas_peer.py [--coverage] FOLDER FILE...``, where there is pandas.

Written as an analyst would: year by year, one groupby over all derived columns, then the ratios. ``--coverage`` answers
what duibiao answers: beside every figure, of how many schools that should report it how many are known. Prints wall
and CPU seconds as JSON, imports not counted. pandas is no dependency of duibiao; this file imports nothing of it.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Compute and print the time."""
    try:
        import pandas as pd  # type: ignore[import-untyped]  # noqa: F401, PLC0415  before the clock starts
    except ImportError:
        sys.exit("no pandas")
    coverage, (folder, *files) = "--coverage" in sys.argv, [one for one in sys.argv[1:] if one != "--coverage"]
    specs = json.loads((Path(folder) / "specs.json").read_text(encoding="utf-8"))
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    states = _all_groups([_year(specs, file, coverage) for file in files])
    values = _values(specs, states)
    known = _coverage(specs, states) if coverage else None
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    wall, last = time.perf_counter() - start, values.loc["000000"].iloc[-1].round(9).tolist()
    counts = None if known is None else known.loc["000000"].iloc[-1].astype(int).tolist()
    print(json.dumps({"wall": wall, "cpu": cpu, "rows": len(values), "mb": after.ru_maxrss / 1024, "first": last,
                      "counts": counts}))  # fmt: skip


def _year(specs: Any, file: str, coverage: bool) -> Any:
    """The sums (and counts) of one year by district."""
    import numpy as np  # noqa: PLC0415  a library of the peer, where it is installed
    import pandas as pd  # noqa: PLC0415  a library of the peer, where it is installed

    names = sorted({name for spec in specs for part in ("top", "bottom", "pair") for name in spec.get(part, ())}
                   | {spec["element"] for spec in specs if "element" in spec})  # fmt: skip
    frame = pd.read_parquet(file).astype(dict.fromkeys(names, "float64"))
    derived = {name: frame[name] for name in names}
    counted = {name: frame[name].notna() for name in names} if coverage else {}
    for number, spec in enumerate(specs):
        if "kind" in spec:
            inside = frame["school_kind"] == spec["kind"]
            derived[f"t{number}"] = frame[spec["top"][0]].where(inside)
            derived[f"b{number}"] = frame[spec["bottom"][0]].where(inside)
            if coverage:
                counted[f"tk{number}"] = inside & frame[spec["top"][0]].notna()
                counted[f"bk{number}"] = inside & frame[spec["bottom"][0]].notna()
                counted[f"n{number}"] = inside
        elif spec["type"] == "share":
            quotient = frame[spec["pair"][0]] / frame[spec["pair"][1]].replace(0, np.nan)
            derived[f"k{number}"] = quotient.notna().astype("float64")
            derived[f"m{number}"] = (quotient >= float(spec["least"])).astype("float64")
        elif spec["type"] == "variation":
            x, pupils = frame[spec["pair"][0]], frame[spec["pair"][1]]
            both = x.notna() & pupils.notna() & (pupils > 0)
            derived[f"x{number}"], derived[f"p{number}"] = x.where(both), pupils.where(both)
            derived[f"s{number}"] = (x * x / pupils).where(both)
            if coverage:
                counted[f"k{number}"] = both
                counted[f"n{number}"] = pupils.isna() | (pupils > 0)
    pieces = [pd.DataFrame(derived).groupby(frame["district"]).sum(min_count=1)]
    if coverage:
        counts = pd.DataFrame(counted | {"all": np.ones(len(frame), dtype=bool)}).groupby(frame["district"]).sum()
        pieces.append(counts.rename(columns={name: f"known {name}" for name in counts.columns}))
    found = pd.concat(pieces, axis=1)
    return found.assign(year=int(Path(file).stem.rsplit("-", 1)[1]))


def _all_groups(pieces: Any) -> Any:
    """Districts, and the nation over them."""
    import pandas as pd  # noqa: PLC0415  a library of the peer, where it is installed

    district = pd.concat(pieces).set_index("year", append=True).sort_index()
    nation = district.groupby(level="year").sum(min_count=1)
    nation.index = pd.MultiIndex.from_product([["000000"], nation.index])
    return pd.concat([district, nation])


def _values(specs: Any, states: Any) -> Any:
    """The figures of every indicator."""
    import numpy as np  # noqa: PLC0415  a library of the peer, where it is installed
    import pandas as pd  # noqa: PLC0415  a library of the peer, where it is installed

    result = {}
    for number, spec in enumerate(specs):
        if "kind" in spec:
            result[number] = states[f"t{number}"] / states[f"b{number}"]
        elif spec["type"] == "ratio":
            above, below = (
                states[spec["top"]].sum(axis=1, skipna=False),
                states[spec["bottom"]].sum(axis=1, skipna=False),
            )
            result[number] = above / below
        elif spec["type"] == "share":
            result[number] = states[f"m{number}"] / states[f"k{number}"]
        elif spec["type"] == "variation":
            mean = states[f"x{number}"] / states[f"p{number}"]
            result[number] = np.sqrt(states[f"s{number}"] / states[f"p{number}"] - mean * mean) / mean
        elif spec["type"] == "cumulative":
            result[number] = states[spec["element"]].groupby(level=0).cumsum()
        else:
            result[number] = states[spec["element"]].groupby(level=0).diff(5)
    return pd.DataFrame(result)


def _coverage(specs: Any, states: Any) -> Any:
    """How many schools are known behind every figure, that of its weakest part, and beside it how many were meant."""
    import pandas as pd  # noqa: PLC0415  a library of the peer, where it is installed

    result = {}
    for number, spec in enumerate(specs):
        meant = states["known all"]
        if "kind" in spec:
            known, meant = states[[f"known tk{number}", f"known bk{number}"]].min(axis=1), states[f"known n{number}"]
        elif spec["type"] == "ratio":
            known = states[[f"known {name}" for name in (*spec["top"], *spec["bottom"])]].min(axis=1)
        elif spec["type"] == "share":
            known = states[f"k{number}"]
        elif spec["type"] == "variation":
            known, meant = states[f"known k{number}"], states[f"known n{number}"]
        else:  # of several years the one with the lowest share
            own = states[f"known {spec['element']}"]
            share = (own / meant).groupby(level=0)
            if spec["type"] == "cumulative":
                known = (share.cummin() * meant).round()
            else:
                known = (pd.concat([own / meant, share.shift(5)], axis=1).min(axis=1) * meant).round()
        result[number, "known"], result[number, "meant"] = known, meant
    return pd.DataFrame(result)


if __name__ == "__main__":
    main()
