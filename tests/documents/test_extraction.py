"""How well the real documents are read today, as floors that may only rise (docs/extraction-benchmark.md)."""

from pathlib import Path

import pytest

from benchmarks import extraction, runs
from benchmarks.gold_readings import load
from benchmarks.scoring import Score
from duibiao.extract.items import ItemType

ROWS = 117  # of 117, every printed field exact
TASKS = 166  # of 166
PRECISION = 0.99  # of the eight action plans
RECALL = 0.98
EXACT = 0.73  # the subject letter by letter, all plans
PRINTED = 0.90  # the same, of the labels that stand letter by letter in their sentence
FALSE_ALARMS = 0
FLOORS = 16  # of 17
ACHIEVED = 36  # of 40 in the newspaper page


@pytest.fixture(scope="module")
def run(shared: Path) -> extraction.Run:
    documents = shared / "documents"
    return extraction.Run(load(documents), runs.by_program(documents))


def scored(run: extraction.Run) -> Score:
    total = Score()
    for plan in run.gold.stretches:
        if plan.code in extraction.ACTION_PLANS:
            total += extraction.statements(run, plan)
    return total


def test_the_gold_readings_are_all_there(run: extraction.Run) -> None:
    assert len(run.gold.rows) == 117
    assert len(run.gold.tasks) == 166
    assert len(run.gold.stretches) == 12
    assert len(run.gold.achieved) >= 40


def test_the_rows_of_the_indicator_tables_are_read_with_every_field(run: extraction.Run) -> None:
    scores = [extraction.tables(run, plan) for plan in run.gold.stretches]
    assert sum(match.is_whole for score in scores for match in score.matches) >= ROWS


def test_the_tasks_are_read_with_title_and_departments(run: extraction.Run) -> None:
    found = [match for plan in run.gold.stretches for match in extraction.tasks(run, plan)]
    assert sum(not match.wrong for match in found) >= TASKS


def test_what_is_read_as_a_promise_is_right(run: extraction.Run) -> None:
    score = scored(run)
    assert score.right >= PRECISION * score.emitted


def test_the_promises_are_found(run: extraction.Run) -> None:
    score = scored(run)
    assert score.right >= RECALL * score.expected


def test_many_subjects_are_the_label_letter_by_letter(run: extraction.Run) -> None:
    scores = [extraction.statements(run, plan) for plan in run.gold.stretches]
    assert sum(score.exact for score in scores) >= EXACT * sum(score.expected for score in scores)


def test_a_label_that_stands_in_its_sentence_is_read_letter_by_letter(run: extraction.Run) -> None:
    counts = [extraction.printed(run, extraction.statements(run, plan)) for plan in run.gold.stretches]
    assert sum(wanted for wanted, _ in counts) > 150
    assert sum(exact for _, exact in counts) >= PRINTED * sum(wanted for wanted, _ in counts)


def test_documents_without_targets_yield_none(run: extraction.Run) -> None:
    assert sum(map(len, extraction.alarms(run).values())) <= FALSE_ALARMS


def test_the_plans_that_stand_in_three_files_are_read_alike(run: extraction.Run) -> None:
    for title in extraction.TWICE_PRINTED:
        common, everywhere, files = extraction.read_in_all(run, title)
        assert files == 3
        assert common == everywhere, title


def test_the_numeric_floors_of_rules_are_read(run: extraction.Run) -> None:
    assert extraction.right_figures(extraction.rules(run)) >= FLOORS


def test_the_achieved_figures_of_the_newspaper_are_read(run: extraction.Run) -> None:
    score = extraction.achieved(run, "newspaper-2025")
    assert extraction.right_figures(score) >= ACHIEVED
    assert score.emitted <= score.expected


def test_every_document_of_the_compilations_is_found_with_its_title(run: extraction.Run) -> None:
    lost = {source: lost for source, (_, lost, _) in extraction.split_titles(run).items() if lost}
    assert lost == {}


def test_every_passage_is_the_text_at_its_place(run: extraction.Run) -> None:
    for source, drafted in run.drafts.items():
        text = run.gold.texts[source]
        for item in drafted.items:
            assert item.passage.text == text[item.passage.start : item.passage.end]


def test_no_item_is_read_twice(run: extraction.Run) -> None:
    for drafted in run.drafts.values():
        places = [
            (item.type, item.passage.start, item.passage.end, item.subject, item.value, item.due)
            for item in drafted.items
            if item.type is not ItemType.TASK
        ]
        assert len(places) == len(set(places))
