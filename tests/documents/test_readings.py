"""The packs and a fresh reading of their documents agree item by item, or the pack says why not."""

import pytest

from duibiao.extract.draft_file import DraftFile
from duibiao.plan.compare import Difference
from duibiao.plan.model import Target
from duibiao.workspace import Workspace
from duibiao.workspace.readings import ReadPlan, check_readings, differences, draft_of, drafts_of, read_as_plan

TARGETS = 445  # of the packs, in tables and in running text
READ = 424  # of these, read by the program; a level above the nation's is compared with no printed figure
CERTAIN = 290  # of these, resolved to their canonical indicator without a person


@pytest.fixture(scope="module")
def drafts(archived: Workspace) -> dict[str, DraftFile]:
    read: dict[str, list[DraftFile]] = {}
    found = {}
    for plan in archived.content.plans.by_code.values():
        if plan.document not in read:
            read[plan.document] = drafts_of(archived, plan.document)
        draft = draft_of(plan, read[plan.document])
        assert draft is not None, plan.code
        found[plan.code] = draft
    return found


@pytest.fixture(scope="module")
def compared(
    archived: Workspace, drafts: dict[str, DraftFile]
) -> dict[str, tuple[ReadPlan, list[Difference], list[bool]]]:
    found = {}
    for code, draft in drafts.items():
        read = read_as_plan(draft, archived.content, against=code)
        told, explained = differences(archived, read, archived.content.plans.by_code[code])
        found[code] = read, told, [one is not None for one in explained.reasons]
    return found


def test_every_plan_of_the_packs_is_found_in_its_document_and_nothing_is_unexplained_or_explained_in_vain(
    archived: Workspace,
) -> None:
    checked, problems = check_readings(archived)
    assert [one.plan.code for one in checked if one.differences is None] == []
    assert [f"{one.where} {one.message.zh}" for one in problems] == []


def test_every_difference_is_explained_one_by_one(
    compared: dict[str, tuple[ReadPlan, list[Difference], list[bool]]],
) -> None:
    for code, (_, told, explained) in compared.items():
        left = [(one.item, one.field, one.name) for one, done in zip(told, explained, strict=True) if not done]
        assert left == [], code


def test_tasks_sections_parts_and_measures_do_not_differ_at_all(
    compared: dict[str, tuple[ReadPlan, list[Difference], list[bool]]],
) -> None:
    read = {"task", "section", "measure", "safeguard"}
    found = [(code, one.item, one.name) for code, (_, told, _) in compared.items() for one in told if one.item in read]
    assert found == []


def test_targets_are_matched_by_their_place_whatever_they_are_called(
    archived: Workspace, compared: dict[str, tuple[ReadPlan, list[Difference], list[bool]]]
) -> None:
    plans = archived.content.plans.by_code
    assert sum(len(plan.targets) for plan in plans.values()) == TARGETS
    unread = sum(one.now is not None and not one.field for _, told, _ in compared.values() for one in told
                 if one.item == "target")  # fmt: skip
    assert TARGETS - unread >= READ
    extra = [one.name for _, told, _ in compared.values() for one in told if one.now is None and one.item == "target"]
    assert extra == [], "read, and not in the pack"


def test_an_indicator_found_without_a_person_is_never_the_wrong_one(
    compared: dict[str, tuple[ReadPlan, list[Difference], list[bool]]],
) -> None:
    certain = 0
    for code, (read, told, _) in compared.items():
        certain += sum(bool(one.indicator) for one in read.plan.targets)
        wrong = [
            (code, one.name, one.was.entry.indicator)
            for one in told
            if one.field == "indicator" and one.was and isinstance(one.was.entry, Target) and one.was.entry.indicator
        ]
        assert wrong == []
    assert certain >= CERTAIN


def test_the_indicator_the_pack_has_is_the_first_candidate_nearly_always(
    archived: Workspace, compared: dict[str, tuple[ReadPlan, list[Difference], list[bool]]]
) -> None:
    first = total = 0
    for read, told, _ in compared.values():
        for one in told:
            if one.field == "indicator" and one.was and one.now and isinstance(one.now.entry, Target):
                offered = [candidate.code for candidate in read.offered[getattr(one.was.entry, "id", "")]]
                assert one.now.entry.indicator in offered
                first += offered[0] == one.now.entry.indicator
                total += 1
    assert first >= 0.9 * total


def test_a_pack_that_says_something_else_is_told(archived: Workspace, drafts: dict[str, DraftFile]) -> None:
    read = read_as_plan(drafts["reform"], archived.content, against="reform")
    plan = archived.content.plans.by_code["teachers"]
    assert differences(archived, read, plan)[1].open > 0
