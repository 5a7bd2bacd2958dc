"""The real vocabulary: every element asked once, used and owned; every indicator computed, or the reason why not."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from duibiao.metrics.element import ElementRollUp, Stage, ValueType
from duibiao.metrics.expression import nodes as n
from duibiao.metrics.form import Asked, CheckKind
from duibiao.metrics.formulas import shown_measure
from duibiao.metrics.indicator import NOT_COMPUTED_WORDS, VERIFY_WORDS, NotComputed
from duibiao.metrics.serving import holds_of_kind
from duibiao.workspace import Workspace

TESTS = Path(__file__).resolve().parents[2]
FACTS = TESTS.parents[1] / "shared" / "facts"
STAGES = {"小学": "primary", "初中": "junior"}
STATUTORY = FACTS / "statutory-thresholds.csv"
ITEMS = {
    entry["item"]: entry
    for entry in yaml.safe_load((TESTS / "cases" / "statutory_items.yaml").read_text(encoding="utf-8"))["items"]
}


def test_the_packs_load_without_a_warning(workspace: Workspace) -> None:
    assert workspace.warnings == ()
    assert len(workspace.content.elements) == 219
    assert len(workspace.content.forms) == 16


def test_every_element_is_asked_once_and_used(workspace: Workspace) -> None:
    asked = [code for form in workspace.content.forms.values() for code in form.asked]
    assert len(asked) == len(set(asked))
    assert set(asked) == set(workspace.content.elements)
    assert [code for one in workspace.burden().by_form for code in one.unused] == []


def test_no_kind_of_school_is_asked_what_no_indicator_counts_of_it(workspace: Workspace) -> None:
    ledger = workspace.burden()
    assert {one.code: one.unused for one in ledger.by_kind if one.unused} == {}
    stated = {element.uses for element in workspace.content.elements.values() if element.uses}
    assert {word for words in stated for word in words} == {"totals", "cohorts"}  # docs/packs.md says what they mean


def test_an_indicator_counts_no_school_that_is_not_asked_what_it_reads(workspace: Workspace) -> None:
    """Else its coverage would fall for ever, and nobody could do anything about it."""
    content, applicable = workspace.content, workspace.content.applicability
    spared = []
    for code, formula in content.formulas.items():
        aggregates = [node for node in formula.node.walk() if isinstance(node, n.Aggregate)]
        for aggregate, name in zip(aggregates, formula.forms, strict=True):
            named = {node.code for one in aggregate.arguments for node in one.walk() if isinstance(node, n.ElementRef)}
            bound = {one for one in named if content.elements[one].school_kinds}
            reporting = [kind for kind in applicable.stages if kind.startswith(content.forms[name].school_kinds)]
            counted = [kind for kind in reporting if bound and holds_of_kind(aggregate.where, kind) is not False]
            spared += [
                (code, one, kind)
                for kind in counted
                for one in bound
                if not kind.startswith(content.elements[one].school_kinds)
            ]
    assert spared == []


def test_every_element_tells_what_it_is_and_who_answers_for_it(workspace: Workspace) -> None:
    for element in workspace.content.elements.values():
        assert element.label.en, element.code
        assert len(element.definition) >= 8, element.code
        assert element.verify in VERIFY_WORDS, element.code
        if element.type in (ValueType.COUNT, ValueType.QUANTITY):
            assert element.maximum is not None, element.code
            assert element.scaled(element.maximum) < 2**50, element.code
        if element.unit == "Mbps":
            assert element.rollup is ElementRollUp.NONE


def test_a_definition_from_memory_says_what_was_not_found(workspace: Workspace) -> None:
    unfound = [element for element in workspace.content.elements.values() if element.verify == "C"]
    assert unfound
    assert [element.code for element in unfound if not element.note] == []
    assert [element.code for element in workspace.content.elements.values() if "凭记忆" in element.note] == []


def test_every_form_checks_what_it_asks(workspace: Workspace) -> None:
    content = workspace.content
    for form in content.forms.values():
        kinds = {check.kind for check in form.checks}
        if form.code != "kindergarten_supplement":
            assert CheckKind.CHANGE in kinds or CheckKind.PEERS in kinds, form.code
        for check in form.checks:
            assert (form.code, check.code) in content.checks
            assert check.message.en


def test_every_indicator_is_computed_or_says_why_not(workspace: Workspace) -> None:
    content = workspace.content
    silent = [one.code for one in content.indicators.values() if not one.expr and one.not_computed is None]
    assert silent == []
    assert {one.code for one in content.indicators.values() if one.expr} == set(content.formulas)
    assert set(NOT_COMPUTED_WORDS) == set(NotComputed)


def test_every_row_of_the_plans_has_an_answer(workspace: Workspace) -> None:
    plans = workspace.content.plans.by_code.values()
    rows = [target for plan in plans for target in plan.table]
    assert len(rows) == 117
    computed = {target.indicator for target in rows if workspace.content.indicators[target.indicator].expr}
    # Counted by hand in the tables: moral 3, basic 7, higher 1, vocational 2, teachers 7, digital 5, and 11 more of
    # the five-year plan: enrolments by stage, pre-school, senior and retention rates.
    assert len(computed) == 3 + 7 + 1 + 2 + 7 + 5 + 11


def test_every_expression_can_be_shown_in_the_unit_of_its_indicator(workspace: Workspace) -> None:
    content = workspace.content
    for code, formula in content.formulas.items():
        assert shown_measure(formula, content.indicators[code].unit) is not None, code


def test_tens_of_thousands_are_divided_in_the_expression(workspace: Workspace) -> None:
    for code, formula in workspace.content.formulas.items():
        if workspace.content.indicators[code].unit.startswith("万"):
            assert isinstance(formula.node, n.Arithmetic)
            assert formula.node.right == n.Number(Decimal(10000))


def test_the_difference_coefficients_leave_out_what_the_rules_leave_out(workspace: Workspace) -> None:
    found = [code for code in workspace.content.indicators if code.endswith("_cv")]
    assert len(found) == 2 * (7 + 4)
    for code in found:
        text = " ".join(workspace.content.indicators[code].expr.split())
        assert "not starts(kind, '36') and not starts(kind, '5')" in text, code
        assert ("not (kind = '218' and students_primary < 50)" in text) is (".primary_" in code), code
        assert workspace.content.indicators[code].unit == "系数"
    for stage in ("primary", "junior"):
        area = workspace.content.indicators[f"balance.{stage}_teaching_area_cv"].expr
        assert f"stage_share(area_teaching - area_indoor_sports, {stage})" in area


def test_reused_elements_come_from_a_form_the_same_school_fills_in(workspace: Workspace) -> None:
    forms = workspace.content.forms.values()
    asker = {code: form for form in forms for code in form.asked}
    reused = [(form, one) for form in forms for one in form.fields if one.asked is Asked.REUSED]
    assert len(reused) == 1 + 4 + 18 + 5 + 4 + 4 + 1 + 5 + 2
    for form, one in reused:
        assert not one.required, f"{form.code} {one.element}"
        assert asker[one.element].reporter is form.reporter


def test_the_split_and_the_code_list_agree_on_the_stages_of_a_school(workspace: Workspace) -> None:
    content = workspace.content
    assert content.stage_rule is not None
    split, kinds = content.stage_rule.split, content.code_lists["school_kind"]
    for kind in ("211", "218", "219", "311", "312", "319", "341", "342", "345", "349"):
        assert split.stages_of(kind) == kinds.stages[kind]
    assert split.stages_of("365") is None
    assert content.stage_rule.verify == "B"


def test_a_school_is_charged_with_the_questions_of_its_own_stages_only(workspace: Workspace) -> None:
    ledger = workspace.burden()
    by_kind = {one.code: one for one in ledger.by_kind}
    assert ledger.asked == 219
    elements, forms = workspace.content.elements, workspace.content.forms
    hand = {
        code
        for name in ("compulsory_basics", "school_staff", "school_conditions", "school_health", "school_finance",
                     "school_supplement")
        for code in forms[name].asked
        if elements[code].stage in (Stage.PRIMARY, Stage.ALL)
    }  # fmt: skip
    assert by_kind["211"].asked == len(hand) == 68
    assert by_kind["312"].asked == 97  # with the junior stage
    assert by_kind["111"].asked == 15 + 4 + 2
    assert by_kind["365"].asked == 29  # not the rooms and sport no indicator of secondary vocational schools reads
    assert by_kind["371"].asked == 19
    assert by_kind["district"].asked == 15 + 7 + 12
    assert "city" not in by_kind


def test_a_school_must_answer_for_the_pupils_classes_and_teachers_of_its_stages(workspace: Workspace) -> None:
    forms = workspace.content.forms
    required = {
        field.element for form in forms.values() for field in form.fields if field.required and field.asked is Asked.NEW
    }
    for stage in ("primary", "junior", "senior"):
        assert {f"students_{stage}", f"classes_{stage}", f"teachers_{stage}"} <= required, stage
    assert {f"students_primary_grade{grade}" for grade in range(1, 7)} <= required
    assert {"students_secondary_vocational", "places_designed"} <= required
    # Nobody has to answer for what a school may well have none of, or does not know.
    assert not {"students_primary_migrant", "junior_deaths"} & required


@pytest.mark.skipif(not STATUTORY.exists(), reason="the shared facts are absent")
def test_every_statutory_item_has_an_indicator_or_a_reason(workspace: Workspace) -> None:
    indicators = workspace.content.indicators
    with STATUTORY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 69
    assert {row["indicator"] for row in rows} == set(ITEMS)
    for row in rows:
        entry = ITEMS[row["indicator"]]
        assert bool(entry.get("reason")) is not bool(entry.get("indicators"))
        stages = [STAGES[word] for word in row["stage"].split("|") if word in STAGES] or ["STAGE"]
        for stage in stages:
            for code in entry.get("indicators", ()):
                found = indicators.get(code.replace("STAGE", stage))
                assert found is not None, (row["indicator"], code, stage)
                assert found.expr


@pytest.mark.skipif(not STATUTORY.exists(), reason="the shared facts are absent")
def test_the_limits_written_in_expressions_are_those_of_the_rules(workspace: Workspace) -> None:
    with STATUTORY.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule_set"] == "教督〔2017〕6号优质均衡"]
    for word, stage in STAGES.items():
        expr = " ".join(workspace.content.indicators[f"balance.{stage}_standard_schools"].expr.split())
        limits = [row["value"] for row in rows if row["stage"] == word and row["op"] == ">="]
        assert len(limits) == 7
        for limit in limits:
            assert f">= {limit} " in expr or f">= {limit})" in expr, limit
            most = (Decimal(limit) * Decimal("0.85")).normalize()
            assert f">= {most:f}" in expr, most


def test_an_aggregate_expects_an_answer_only_from_schools_that_have_the_stage(workspace: Workspace) -> None:
    """Else every junior school would count as one that did not report its primary pupils, and coverage would fall."""
    content = workspace.content
    kinds = content.code_lists["school_kind"]
    loose = []
    for code, formula in content.formulas.items():
        aggregates = [node for node in formula.node.walk() if isinstance(node, n.Aggregate)]
        for aggregate, name in zip(aggregates, formula.forms, strict=True):
            form = content.forms[name]
            named = [node.code for one in aggregate.arguments for node in one.walk() if isinstance(node, n.ElementRef)]
            stages = {content.elements[one].stage for one in named} - {Stage.ALL}
            reporting = [kind for kind in kinds.entries if form.school_kinds and kind.startswith(form.school_kinds)]
            without = [kind for kind in reporting if not stages & set(kinds.stages.get(kind, ()))]
            about_kind = aggregate.where is not None and any(
                isinstance(node, n.AttributeRef) and node.attribute is n.RowAttribute.KIND
                for node in aggregate.where.walk()
            )
            whole = any(isinstance(node, n.SumKnown | n.IsKnown) for one in aggregate.arguments for node in one.walk())
            if stages and without and not about_kind and not whole:
                loose.append((code, name))
    assert loose == []


UNIVERSITY_LIMITS = {
    # 教发〔2004〕2号, 基本办学条件指标：合格, 本科; a column a 院校类别:
    # 1 综合师范民族, 2 工农林, 3 医, 4 语文财经政法, 5 体育, 6 艺术.
    "student_teacher_qualified": ("<=", (18, 18, 16, 18, 11, 11)),
    "area_qualified": (">=", (14, 16, 16, 9, 22, 18)),
    "equipment_qualified": (">=", (5000, 5000, 5000, 3000, 4000, 4000)),
    "books_qualified": (">=", (100, 80, 80, 100, 70, 80)),
}


@pytest.mark.parametrize("item", UNIVERSITY_LIMITS)
def test_the_limits_of_universities_are_those_of_their_category(workspace: Workspace, item: str) -> None:
    operator, limits = UNIVERSITY_LIMITS[item]
    (share,) = (
        node for node in workspace.content.formulas[f"higher.university_{item}"].node.walk()
        if isinstance(node, n.Aggregate)
    )  # fmt: skip
    found: dict[Decimal, Decimal] = {}
    for both in (node for one in share.arguments for node in one.walk() if isinstance(node, n.Logic)):
        if both.op is not n.LogicOp.AND or not isinstance(both.right, n.Comparison):
            continue
        assert both.right.op == operator
        assert isinstance(both.right.right, n.Number)
        category = both.left.options if isinstance(both.left, n.Within) else (getattr(both.left, "right", None),)
        found |= {one.value: both.right.right.value for one in category if isinstance(one, n.Number)}
    assert found == {Decimal(place): Decimal(limit) for place, limit in enumerate(limits, 1)}


def test_full_time_students_are_counted_as_the_rule_counts_them(workspace: Workspace) -> None:
    """全日制在校生 = 本专科 + 研究生 + 留学生 + 预科生 + 进修生 + 成人脱产班, not 夜大 and 函授."""
    counted = {"undergraduate", "college", "master", "doctoral", "foreign", "preparatory", "trainee", "adult_fulltime"}
    for kind in ("college", "university"):
        for item in ("area_per_student", "land_per_student", "dormitory_per_student", "computers_per_100"):
            read = workspace.content.formulas[f"higher.{kind}_{item}"].elements
            assert {code.removeprefix("students_") for code in read if code.startswith("students_")} == counted, item
