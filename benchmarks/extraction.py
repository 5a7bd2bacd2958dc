"""Measures extraction against gold readings: the packs, and what a person added under ``benchmarks/gold``.

Run it with ``python benchmarks/extraction.py [--what statements|tables|…] [--misses]``.
``--paragraphs`` feeds the readers of meaning the paragraphs the packs cite, without repair and structure.
``--words`` prints passages of the documents beside misses and alarms (for reading on the spot; never to be kept).
"""

import argparse
import os
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import invented, runs  # noqa: E402
from benchmarks.gold_readings import Fact, Gold, Offsets, Stretch, files, load, same  # noqa: E402
from benchmarks.scoring import Score, TaskMatch, compare, compare_tasks, plain, row_differing  # noqa: E402
from duibiao.extract.items import DraftItem, ItemType  # noqa: E402

WHAT = ("statements", "tables", "tasks", "achieved", "rules", "alarms", "split", "layouts", "invented", "speed")
ACTION_PLANS = (
    "moral-education", "basic-education", "higher-education", "vocational-education",
    "teachers", "digital-education", "opening-up", "reform",
)  # fmt: skip
FIELDS = ("subject", "subject_exact", "operator", "value", "unit", "due", "due_stated", "soft", "counting", "scope")
ROW_FIELDS = (
    "label", "unit", "baseline", "baseline_year", "written", "operator", "value", "due", "counting", "group", "parent",
    "obligation",
)  # fmt: skip
REPEATS = 3
TWICE_PRINTED = ("教育强国建设规划纲要", "重庆加快建设教育强市推进教育现代化规划")  # plans in several files
LIMIT = 2_000_000  # bytes of text a second


@dataclass
class Run:
    """Everything that was read, by source."""

    gold: Gold
    drafts: dict[str, "runs.Drafted"]

    def items(self, source: str, kind: ItemType, start: int = 0, end: int | None = None) -> list[DraftItem]:
        """The items of one kind inside a stretch of a file."""
        if source not in self.drafts:
            return []
        return [
            item
            for item in self.drafts[source].items
            if item.type is kind and start <= item.passage.start and (end is None or item.passage.start < end)
        ]


def statements(run: Run, plan: Stretch) -> Score:
    """Score the quantified statements of one plan; readings without a figure are set aside, not counted as alarms."""
    facts = [f for f in run.gold.statements if f.source == plan.source and plan.start <= f.start < plan.end]
    items = run.items(plan.source, ItemType.STATEMENT, plan.start, plan.end)
    score = compare(items, facts)
    wordy = {match.item.passage for match in score.matches if not match.fact.is_figure and not match.is_right}
    score.matches = [match for match in score.matches if match.fact.is_figure]
    score.missed = [fact for fact in score.missed if fact.is_figure]
    score.alarms = [item for item in score.alarms if item.passage not in wordy]
    return score


def tables(run: Run, plan: Stretch) -> Score:
    """Score the rows of a plan's indicator table."""
    facts = [f for f in run.gold.rows if f.source == plan.source and plan.start <= f.start < plan.end]
    items = run.items(plan.source, ItemType.INDICATOR_ROW, plan.start, plan.end)
    return compare(items, facts, row_differing)


def tasks(run: Run, plan: Stretch) -> list[TaskMatch]:
    """Score the tasks of a plan."""
    wanted = [t for t in run.gold.tasks if t.source == plan.source and plan.start <= t.start < plan.end]
    return compare_tasks(run.items(plan.source, ItemType.TASK, plan.start, plan.end), wanted, run.gold.departments)


def achieved(run: Run, source: str) -> Score:
    """Score the achieved figures of a file."""
    facts = [fact for fact in run.gold.achieved if fact.source == source]
    return compare(run.items(source, ItemType.ACHIEVED), facts)


def alarms(run: Run) -> dict[str, list[DraftItem]]:
    """Targets read in documents that hold none, by document; a confirmed addition is no alarm."""
    found: dict[str, list[DraftItem]] = {}
    for document in run.gold.documents:
        if document.kind != "none":
            continue
        items = [
            item
            for kind in (ItemType.STATEMENT, ItemType.INDICATOR_ROW, ItemType.TASK)
            for item in run.items(document.source, kind, document.start, document.end)
        ]
        facts = [f for f in run.gold.statements if f.source == document.source]
        left = compare(items, facts).alarms
        found[f"{document.source} {document.title[:24] or '(title lost)'}"] = left
    return found


def print_statements(run: Run, options: argparse.Namespace) -> None:
    """Print precision and recall of statements per plan, then per field."""
    print("\n== quantified statements: right = subject (head), operator, value, unit and due year")
    print(f"{'plan':<22}{'gold':>5}{'found':>6}{'right':>6}{'exact':>6}{'read':>6}{'prec.':>8}{'recall':>8}")
    total, action = Score(), Score()
    for plan in run.gold.stretches:
        score = statements(run, plan)
        total += score
        if plan.code in ACTION_PLANS:
            action += score
        print_score(plan.code, score)
        if options.misses:
            print_misses(run, score, options)
    print_score("the eight action plans", action)
    print_score("all", total)
    wanted, exact = printed(run, total)
    print(f"labels that stand letter by letter in their sentence: {exact} of {wanted} read letter by letter")
    print_fields(total, FIELDS)


def printed(run: Run, score: Score) -> tuple[int, int]:
    """How many labels stand letter by letter (marks and 的 apart) in their sentence; how many were read.

    Read is read letter by letter, with every other field right. The other labels are a person's wording.
    """
    wanted = exact = 0
    for fact, where, is_exact in (
        *((match.fact, match.item.passage.start, match.is_exact) for match in score.matches),
        *((fact, fact.start, False) for fact in score.missed),
    ):
        if plain(fact.label) in plain("".join(sentence_at(run.gold.texts[fact.source], where).split())):
            wanted, exact = wanted + 1, exact + is_exact
    return wanted, exact


def sentence_at(text: str, place: int) -> str:
    """The sentence around a place."""
    end = text.find("。", place)
    return text[text.rfind("。", 0, place) + 1 : end if end >= 0 else len(text)]


def print_score(name: str, score: Score) -> None:
    """Print one line."""
    precision = f"{score.right / score.emitted:.3f}" if score.emitted else "—"
    recall = f"{score.right / score.expected:.3f}" if score.expected else "—"
    counts = f"{score.expected:>5}{len(score.matches):>6}{score.right:>6}{score.exact:>6}{score.emitted:>6}"
    print(f"{name:<22}{counts}{precision:>8}{recall:>8}")


def print_fields(score: Score, fields: Sequence[str]) -> None:
    """Print how often each field is right where a reading was found."""
    wrong = Counter(name for match in score.matches for name in match.wrong)
    count = max(len(score.matches), 1)
    print("fields: " + "  ".join(f"{name} {(count - wrong[name]) / count:.3f}" for name in fields))


def print_misses(run: Run, score: Score, options: argparse.Namespace) -> None:
    """Print what is wrong, missed and read without need, each with its line."""
    for match in score.matches:
        if match.wrong and (not match.is_right or options.all_fields):
            print(f"   WRONG  {place(run, match.fact)} {match.fact.id} {list(match.wrong)}")
            print(f"          gold: {told(match.fact)}")
            print(f"          read: {read_as(match.item)}{words(match.item, options)}")
    for fact in score.missed:
        text = run.gold.texts[fact.source][fact.start : fact.end] if options.words else ""
        print(f"   MISSED {place(run, fact)} {fact.id} {told(fact)} {squeezed(text)}")
    for item in score.alarms:
        print(f"   ALARM  {item.passage.locator} {read_as(item)}{words(item, options)}")


def place(run: Run, fact: Fact) -> str:
    """The line of a reading."""
    return f"L{Offsets(run.gold.texts[fact.source]).line(fact.start)}"


def told(fact: Fact) -> str:
    """A reading on one line."""
    number = f"{fact.operator.value} {fact.value}{f'..{fact.upper}' if fact.upper is not None else ''} {fact.unit}"
    return f"{fact.label} | {number} | {fact.due} | {fact.counting.value} {fact.scope}{' soft' if fact.is_soft else ''}"


def read_as(item: DraftItem) -> str:
    """An item on one line."""
    operator = item.operator.value if item.operator else "?"
    number = f"{operator} {item.value}{f'..{item.upper}' if item.upper is not None else ''} {item.unit}"
    marks = f"{item.counting.value} {item.scope.value}{' soft' if item.is_soft else ''} [{item.rule}]"
    return f"{item.subject or '(no subject)'} | {number} | {item.due} | {marks}"


def words(item: DraftItem, options: argparse.Namespace) -> str:
    """The passage of an item, where asked for."""
    return f" «{squeezed(item.passage.text)}»" if options.words else ""


def squeezed(text: str) -> str:
    """Words without white space, cut."""
    return "".join(text.split())[:90]


def row(found: Fact | DraftItem) -> str:
    """A row on one line."""
    label = found.label if isinstance(found, Fact) else found.subject
    baseline = found.baseline if isinstance(found, Fact) else found.baseline_written
    place = " > ".join(filter(None, [found.group, found.parent, label]))
    return f"{place} | {found.unit} | {baseline} → {found.written} | {found.due} | {found.counting.value}"


def print_tables(run: Run, options: argparse.Namespace) -> None:
    """Print the rows with every field exact, per plan."""
    print("\n== indicator tables: exact = every printed field of the row")
    total = Score()
    for plan in run.gold.stretches:
        score = tables(run, plan)
        if not score.expected and not score.emitted:
            continue
        total += score
        whole = sum(match.is_whole for match in score.matches)
        found = f"{len(score.matches)} found, {whole} exact, {len(score.alarms)} too many"
        print(f"{plan.code:<22}{score.expected:>5} rows: {found}")
        if options.misses:
            for match in score.matches:
                if not match.is_whole or (match.wrong and options.all_fields):
                    print(f"   WRONG  {place(run, match.fact)} {match.fact.id} {list(match.wrong)}")
                    print(f"          gold: {row(match.fact)}")
                    print(f"          read: {row(match.item)}")
            for fact in score.missed:
                print(f"   MISSED {place(run, fact)} {fact.id} {told(fact)}")
            for item in score.alarms:
                print(f"   ALARM  {item.passage.locator} {read_as(item)}")
    whole = sum(match.is_whole for match in total.matches)
    print(
        f"{'all':<22}{total.expected:>5} rows: {len(total.matches)} found, {whole} exact, {len(total.alarms)} too many"
    )
    print_fields(total, ROW_FIELDS)


def print_tasks(run: Run, options: argparse.Namespace) -> None:
    """Print the tasks with title and departments exact, per plan."""
    print("\n== tasks: exact = number, title, lead and cooperating departments in order, place")
    counts: Counter[str] = Counter()
    for plan in run.gold.stretches:
        found = tasks(run, plan)
        if not found:
            continue
        extra = len(run.items(plan.source, ItemType.TASK, plan.start, plan.end)) - sum(
            m.item is not None for m in found
        )
        whole = sum(not match.wrong for match in found)
        counts.update(gold=len(found), exact=whole, extra=extra)
        counts.update(name for match in found for name in match.wrong)
        print(f"{plan.code:<22}{len(found):>5} tasks: {whole} exact, {extra} too many")
        if options.misses:
            for match in found:
                if match.wrong:
                    print_task(match)
    print(f"{'all':<22}{counts['gold']:>5} tasks: {counts['exact']} exact, {counts['extra']} too many; wrong: ", end="")
    print({name: counts[name] for name in ("missing", "title", "lead", "cooperating", "passage")})


def print_task(match: TaskMatch) -> None:
    """Print what differs in a task."""
    task, item = match.task, match.item
    print(f"   WRONG  {task.id} {list(match.wrong)}")
    print(f"          gold: {task.title} | {'、'.join(task.lead)} | {'、'.join(task.cooperating)}")
    if item:
        print(f"          read: {item.subject} | {'、'.join(item.lead)} | {'、'.join(item.cooperating)}")


def right_figures(score: Score) -> int:
    """Matches with the right subject (head), operator, value and unit."""
    return sum(not {"subject", "operator", "value", "unit"} & set(match.wrong) for match in score.matches)


def print_achieved(run: Run, options: argparse.Namespace) -> None:
    """Print precision and recall of achieved figures."""
    print("\n== achieved figures: right = subject (head), operator, value and unit (the period is the file's own year)")
    for source in ("newspaper-2025", "five-year-plan-2021"):  # the packs hold a few figures of the second
        score = achieved(run, source)
        right = right_figures(score)
        note = "" if source == "newspaper-2025" else " (gold holds a few of its figures: recall only)"
        print(
            f"{source:<22}{score.expected} gold, {len(score.matches)} found, {right} right, {score.emitted} read{note}"
        )
        if options.misses and source == "newspaper-2025":
            print_misses(run, score, options)


def rules(run: Run) -> Score:
    """Score the numeric floors of evaluation rules; a floor that no number sets is set aside."""
    source = "journal-2025-02"
    items = [item for item in run.items(source, ItemType.RULE) if item.value is not None]
    return compare(items, [fact for fact in run.gold.floors if fact.source == source])


def print_rules(run: Run, options: argparse.Namespace) -> None:
    """Print precision and recall of numeric floors."""
    print("\n== numeric floors of rules: right = subject (head), operator, value and unit")
    score = rules(run)
    right = right_figures(score)
    found = f"{len(score.matches)} found, {right} right, {score.emitted} read"
    print(f"{'journal-2025-02':<22}{score.expected:>5} gold: {found}")
    if options.misses:
        print_misses(run, score, options)


def print_alarms(run: Run, options: argparse.Namespace) -> None:
    """Print the targets, rows and tasks read in documents that hold none."""
    print("\n== false alarms in documents without targets")
    found = alarms(run)
    for title, items in found.items():
        if items or options.misses:
            print(f"{len(items):>4}  {title}")
        for item in items if options.misses else []:
            print(f"        {item.passage.locator} {read_as(item)}{words(item, options)}")
    print(f"{sum(map(len, found.values())):>4}  in {len(found)} documents")


def split_titles(run: Run) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """By source: titles that were found exactly, titles that were not, titles that are none."""
    found = {}
    for source, drafted in run.drafts.items():
        documents = [document for document in run.gold.documents if document.source == source]
        read = list(drafted.titles)
        exact: list[str] = []
        lost: list[str] = []
        for document in documents:
            hit = next((one for one in read if same(one, document.title)), None)
            (exact if hit is not None else lost).append(document.title or "(title lost)")
            if hit is not None:
                read.remove(hit)
        annexes = [title for document in documents for title in document.annexes]
        found[source] = (exact, lost, [one for one in read if not any(same(one, title) for title in annexes)])
    return found


def print_split(run: Run, options: argparse.Namespace) -> None:
    """Print the documents found in the compilations."""
    print("\n== documents of the compilations")
    for source, (exact, lost, extra) in split_titles(run).items():
        counts = f"{len(exact)} exact, {len(lost)} lost, {len(extra)} too many"
        print(f"{source:<22}{len(exact) + len(lost):>5} titles: {counts}")
        for title in lost if options.misses else []:
            print(f"   LOST  {title}")
        for title in extra if options.misses else []:
            print(f"   EXTRA {title[:80]}")


def print_layouts(run: Run, options: argparse.Namespace) -> None:
    """Print whether the plans that stand in three files, each broken in its own way, are read alike."""
    print("\n== the same plan in three files: statements read alike (subject, operator, value, unit, due year)")
    for title in TWICE_PRINTED:
        common, everywhere, count = read_in_all(run, title)
        print(f"{title:<24} {len(common)} of {len(everywhere)} in all {count} files")
        for item in everywhere.values() if options.misses else ():
            if alike(item) not in common:
                print(f"   NOT IN ALL {item.passage.locator} {read_as(item)}{words(item, options)}")


def read_in_all(run: Run, title: str) -> tuple[dict[object, DraftItem], dict[object, DraftItem], int]:
    """The statements of a plan that are read wherever it stands, those read anywhere, and the number of files."""
    places = [d for d in run.gold.documents if d.kind == "plan" and title in d.title]
    read: list[dict[object, DraftItem]] = [
        {alike(item): item for item in run.items(d.source, ItemType.STATEMENT, d.start, d.end)} for d in places
    ]
    everywhere = {key: item for found in read for key, item in found.items()}
    return {key: item for key, item in everywhere.items() if all(key in found for found in read)}, everywhere, len(read)


def alike(item: DraftItem) -> tuple[object, ...]:
    """What must be the same wherever a statement stands."""
    return plain(item.subject), item.operator, item.value, item.upper, item.unit, item.due


def print_invented(run: Run, options: argparse.Namespace) -> None:
    """Print how many items of the invented plans are read with every field: layouts nobody tuned to at first."""
    print("\n== invented plans in other layouts: items read with every field")
    total = Counter[str]()
    for name, kind, is_read in invented.results():
        total[f"{kind} right"] += is_read
        total[f"{kind} all"] += 1
        if options.misses and not is_read:
            print(f"   NOT   {name}")
    for kind in sorted({key.split()[0] for key in total}):
        print(f"{kind:<22}{total[f'{kind} right']} of {total[f'{kind} all']}")


def processor_time(paths: Iterable[Path]) -> float:
    """Seconds of the processor for reading every file once; what else the machine does is not counted."""
    start = time.process_time()
    for path in paths:
        runs.drafted(path)
    return time.process_time() - start


def print_speed(documents: Path) -> None:
    """Print the speed of a whole run as a ratio to the limit, and the memory as a ratio to the file."""
    print("\n== speed and memory, from file to items")
    paths = files(documents)
    size = sum(path.stat().st_size for path in paths.values())
    seconds = min(processor_time(paths.values()) for _ in range(REPEATS))
    ratio = size / seconds / LIMIT
    print(f"{size / 1e6:.2f} MB: {seconds:.2f} s of processor = {ratio:.2f} × the limit of {LIMIT / 1e6:.0f} MB/s")
    for source, path in paths.items():
        tracemalloc.start()
        kept = runs.drafted(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{source:<22}peak memory {peak / path.stat().st_size:.1f} × the file, {len(kept.items)} items")


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=WHAT, action="append", help="one part, may be repeated (all by default)")
    parser.add_argument("--misses", action="store_true", help="list what is wrong, missed and read without need")
    parser.add_argument("--all-fields", action="store_true", help="list also what differs only in a lesser field")
    parser.add_argument("--words", action="store_true", help="print the passages beside misses (never to be kept)")
    parser.add_argument("--paragraphs", action="store_true", help="read the paragraphs the packs cite, without repair")
    shared = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--documents", type=Path, default=shared / "documents")
    options = parser.parse_args()
    documents = options.documents
    gold = load(documents)
    read = runs.by_paragraph(gold) if options.paragraphs else runs.by_program(documents)
    run = Run(gold, read)
    printers = {
        "statements": print_statements, "tables": print_tables, "tasks": print_tasks, "achieved": print_achieved,
        "rules": print_rules,
        "alarms": print_alarms, "split": print_split, "layouts": print_layouts, "invented": print_invented,
    }  # fmt: skip
    for name in options.what or WHAT:
        if name == "speed":
            print_speed(documents)
        else:
            printers[name](run, options)


if __name__ == "__main__":
    main()
