"""The reporting without a browser: calls of programs, rights, people who come second, wrong files, every code."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from duibiao.intake.standing import reply_to
from duibiao.intake.submit import store_mark
from duibiao.store.accounts import AccountRole
from duibiao.store.reading import day_of
from duibiao.web.kept_answers import KeptAnswers
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder
from tests.bad_files import bad_files, bad_rows
from tests.web.reporting import OpenedRound, client_of, cockpit_of, opened_round

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class OpenHouse:
    """The cockpit over a city in which a round was opened; each test uses a school of its own."""

    app: FastAPI
    round: OpenedRound

    def client(self, role: AccountRole, unit: str) -> TestClient:
        return client_of(self.app, self.round.person(role, unit))

    def api(self, unit: str = "") -> str:
        return "/api/v1" + self.round.path(unit)


@pytest.fixture(scope="module")
def house(workspace: Workspace, city: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenHouse:
    folder = shutil.copytree(city, tmp_path_factory.mktemp("api") / "data")
    found = opened_round(workspace.content, folder, schools=5)
    return OpenHouse(cockpit_of(folder), found)


def code_of(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, sorted({one["code"] for one in answer.json()["problems"]})


def body_of(house: OpenHouse, unit: str, seen: int | None = None, **values: object) -> dict[str, Any]:
    """A whole return of a kindergarten as a program sends it; ``values`` are written over."""
    page = house.client(AccountRole.REPORTER, unit).get(house.api(unit)).json()
    cells = {cell["element"]: cell["last"].replace(",", "") or None for s in page["sections"] for cell in s["cells"]}
    cells = {code: ("不适用" if value is None else value) for code, value in cells.items()} | values
    found = {"form": house.round.form, "version": page["version"], "period": house.round.period}
    return found | {
        "rows": [{"unit": unit, "values": cells}],
        "seen": {unit: page["state"]["lock"] if seen is None else seen},
    }


def test_a_program_hands_in_and_the_same_again_changes_nothing(house: OpenHouse) -> None:
    unit = house.round.schools[0]
    client, body = house.client(AccountRole.REPORTER, unit), body_of(house, unit)
    to = house.api() + "/submissions?draft=true"
    first = client.post(to, json=body).json()
    assert (len(first["saved"]), len(first["refused"])) == (1, 0)
    lock = client.get(house.api(unit)).json()["state"]["lock"]
    second = client.post(to, json=body).json()
    assert (first["saved"], second["saved"], second["unchanged"]) == (first["saved"], [], first["saved"])
    now = client.get(house.api(unit)).json()
    assert (now["state"]["lock"], now["state"]["revision"]) == (lock, 1)
    assert [(one["action"]["zh"], one["revision"], one["reason"]) for one in now["steps"]] == [("保存", 1, "body.json")]

    assert code_of(client.post(house.api(unit) + f"/submit?lock={lock + 5}"))[1] == ["REPORT-STALE"]
    done = client.post(house.api(unit) + f"/submit?lock={lock}").json()
    assert done["state"]["status"] == "submitted"
    history = client.get(house.api(unit), params={"cell": "children_enrolled"}).json()["history"]["versions"]
    assert [(one["revision"], one["who"]) for one in history] == [(1, f"reporter-{unit}")]
    sign_page = client.get(house.round.path(unit) + "/sign-page")
    assert sign_page.content.startswith(b"PK")
    template = client.get(house.api() + "/template")  # nothing can be filled in now
    assert code_of(template) == (404, ["WEB-NOT-HERE"])


def test_an_error_is_told_and_not_stored(house: OpenHouse) -> None:
    unit = house.round.schools[1]
    client = house.client(AccountRole.REPORTER, unit)
    wrong = client.post(house.api() + "/submissions", json=body_of(house, unit, children_enrolled="约八十")).json()
    assert wrong["saved"] == []
    assert (wrong["groups"][0]["level"], wrong["groups"][0]["code"]) == ("error", "INTAKE-TEXT")
    assert client.get(house.api(unit)).json()["state"]["revision"] == 0


def test_a_file_is_checked_without_being_kept_and_a_district_fills_in_for_a_school(house: OpenHouse) -> None:
    unit = house.round.schools[4]
    school, district = (
        house.client(AccountRole.REPORTER, unit),
        house.client(AccountRole.REVIEWER, house.round.district),
    )
    workbook = school.get(house.round.path() + "/template").content
    answer = school.post(
        house.round.path() + "/upload", data={"only_check": "1"}, files={"file": ("表.xlsx", workbook, XLSX)}
    )
    assert answer.status_code == 303
    page = school.get(answer.headers["location"])
    assert "什么也没有保存" in page.text
    before = school.get(house.api(unit)).json()["state"]
    assert (before["revision"], before["delegated_to"]) == (0, "")

    filler = house.client(AccountRole.REPORTER, house.round.district)
    assert filler.get(house.round.path() + f"/template?unit={unit}").status_code == 404
    at, seen = house.round.path(unit), {"lock": before["lock"], "reason": "学校没有网络"}
    assert "由本单位代报" in district.get(at).text
    assert school.post(at + "/delegate", data=seen).status_code == 403
    assert district.post(at + "/delegate", data=seen).status_code == 303
    now = district.get(house.api(unit)).json()
    assert now["state"]["delegated_to"]
    assert now["steps"][0]["reason"] == "学校没有网络"
    assert filler.get(house.round.path() + f"/template?unit={unit}").status_code == 200
    assert "代报" in school.get(at).text
    back = {"lock": now["state"]["lock"], "reason": "网络已通"}
    assert district.post(at + "/take-back", data=back).status_code == 303
    assert filler.get(house.round.path() + f"/template?unit={unit}").status_code == 404


def test_of_two_at_once_the_second_sees_what_the_first_changed(house: OpenHouse) -> None:
    unit = house.round.schools[1]
    client = house.client(AccountRole.REPORTER, unit)
    blank = client.get(house.round.path() + "/template", params={"unit": unit})
    assert blank.status_code == 200
    bodies = [body_of(house, unit, children_enrolled=str(90 + number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        to = house.api() + "/submissions?draft=true"
        answers = list(pool.map(lambda body: client.post(to, json=body), bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {code_of(answer)[1][0] for answer in answers if answer.status_code == 409} == {"REPORT-STALE"}

    rows = bodies[0]["rows"][0]["values"] | {"children_enrolled": "77", "unit": unit}
    text = "\n".join((",".join(rows), ",".join(str(value) for value in rows.values())))
    late = client.post(
        house.round.path() + "/upload", files={"file": ("晚到.csv", text.encode(), "text/csv")}, data={"draft": "1"}
    )  # a CSV names no version: it is taken
    assert late.status_code == 303
    upload = client.post(house.round.path() + "/upload", files={"file": ("旧模板.xlsx", blank.content, XLSX)})
    page = client.get(upload.headers["location"])
    assert page.status_code == 200
    assert "待更正" in page.text or "退回更正" in page.text  # blank: every required cell comes back


def test_a_wrong_file_is_refused_on_the_page_with_what_to_do(house: OpenHouse) -> None:
    unit = house.round.schools[2]
    client = house.client(AccountRole.REPORTER, unit)
    to = house.round.path() + "/upload"
    nothing = client.post(to, files={"file": ("a.xlsx", b"", XLSX)})
    assert nothing.status_code == 400
    assert "WEB-NO-FILE" in nothing.text
    assert client.post(to).status_code == 400
    broken = client.post(to, files={"file": ("../../<u>.xlsx", b"PK\x03\x04 not a zip", XLSX)})
    assert broken.status_code == 400
    assert "INTAKE-DAMAGED" in broken.text
    assert "<u>" not in broken.text
    macro = client.post(to, files={"file": ("a.xls", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "x")})
    assert "INTAKE-FILE-KIND" in macro.text
    assert code_of(client.post(house.api() + "/submissions", content=b"")) == (400, ["WEB-NO-FILE"])
    odd = client.post(house.api() + "/submissions", content=b"x", headers={"content-type": "text/html"})
    assert code_of(odd) == (400, ["WEB-BODY-KIND"])
    assert code_of(client.post(house.api() + "/submissions", json={"rows": 1})) == (400, ["INTAKE-JSON"])


def test_every_bad_file_that_is_uploaded_is_told_by_its_code_and_stores_nothing(
    house: OpenHouse, workspace: Workspace, tmp_path: Path
) -> None:
    """The whole list of what people hand in; the good file it was made of still goes in."""
    unit, foreign = house.round.schools[3], house.round.schools[2]
    client, to = house.client(AccountRole.REPORTER, unit), house.round.path() + "/upload"
    data = DataFolder(house.round.data)
    plan = data.plan(workspace.content, house.round.form, house.round.period)
    good = tmp_path / "好.xlsx"
    good.write_bytes(client.get(house.round.path() + "/template", params={"unit": unit}).content)
    values = body_of(house, unit)["rows"][0]["values"]
    rows = tmp_path / "好.csv"
    rows.write_text(",".join(["unit", *values]) + "\n" + ",".join([unit, *map(str, values.values())]), encoding="utf-8")
    with data.open_store() as store:
        tree, mark = store.tree(day_of(plan.period)), store_mark(store)
    ended = next(one.code for one in tree.values() if not one.exists_in(plan.period) and plan.form.reported_by(one))
    wrong = {"UNIT-TWICE": unit, "UNIT-FOREIGN": foreign, "UNIT-UNKNOWN": "599999", "UNIT-BLANK": "",
             "UNIT-ABOLISHED": ended}  # fmt: skip
    every = [
        *bad_files(good, tmp_path, plan, tree[unit], mark, simulated=True),
        *bad_rows(rows, tmp_path, {f"INTAKE-{code}": one for code, one in wrong.items()}),
    ]
    for one in every:
        sent = client.post(to, files={"file": (one.path.name, one.path.read_bytes(), XLSX)})
        page = client.get(sent.headers["location"]) if sent.status_code == 303 else sent
        assert one.code in page.text, (one.name, sent.status_code, page.text[-3000:])
        assert client.get(house.api(unit)).json()["state"]["revision"] == 0, one.name
    taken = client.post(to, files={"file": ("好.csv", rows.read_bytes(), "text/csv")}, data={"draft": "1"})
    assert taken.status_code == 303
    assert client.get(house.api(unit)).json()["state"]["revision"] == 1


def test_foreign_returns_do_not_exist_and_roles_do_only_their_own(house: OpenHouse) -> None:
    mine, other = house.round.schools[2:4]
    reporter = house.client(AccountRole.REPORTER, mine)
    for path in (house.api(other), house.round.path(other) + "/sign-page", house.round.path(other) + "/edit"):
        assert reporter.get(path).status_code == 404
    for step in ("submit", "sign", "nothing"):
        assert reporter.post(f"{house.api(other)}/{step}?lock=1").status_code == 404
    assert code_of(reporter.post(f"{house.api(mine)}/accept?lock=1")) == (403, ["WEB-NOT-ALLOWED"])
    assert reporter.post(house.round.path(other) + "/edit", data={"lock": "1"}).status_code == 404
    foreign = reporter.post(house.api() + "/submissions", json=body_of(house, mine) | {
        "rows": [{"unit": other, "values": {}}], "seen": {}
    })  # fmt: skip
    assert [group["code"] for group in foreign.json()["groups"]] == ["INTAKE-UNIT-FOREIGN"]
    head = house.client(AccountRole.HEAD, mine)
    assert head.get(house.round.path() + "/template").status_code == 403
    assert code_of(head.post(f"{house.api(mine)}/sign?lock=1")) == (400, ["REPORT-EMPTY"])
    district = house.client(AccountRole.REVIEWER, house.round.district)
    assert district.get("/data/publish").status_code == 403
    assert district.get("/api/v1/data/quality", params={"unit": house.round.city}).status_code == 404
    assert code_of(reporter.get("/api/v1/data/forms/no-such/2025-26")) == (404, ["WEB-NOT-HERE"])
    assert code_of(reporter.get(f"/api/v1/data/forms/{house.round.form}/2025")) == (404, ["WEB-NOT-HERE"])


def test_the_queue_tells_what_is_wrong_with_a_decision(house: OpenHouse) -> None:
    district = house.client(AccountRole.REVIEWER, house.round.district)
    to = f"/data/review/{house.round.form}/{house.round.slug}"
    nothing = district.post(to, data={"decision": "accept"})
    assert nothing.status_code == 400
    assert "WEB-NOTHING-CHOSEN" in nothing.text
    draft = house.round.schools[3]
    lock = house.client(AccountRole.REPORTER, draft).get(house.api(draft)).json()["state"]["lock"]
    early = district.post(to, data={"decision": "accept", "choice": f"{draft}:{lock}"})
    assert early.status_code == 409
    assert "REPORT-STATUS" in early.text
    foreign = district.post(to, data={"decision": "accept", "choice": "no-such:1"})
    assert foreign.status_code == 404
    publisher = house.client(AccountRole.PUBLISHER, house.round.city)
    untitled = publisher.post("/data/publish", data={"title": " "})
    assert untitled.status_code == 400
    assert "WEB-NO-TITLE" in untitled.text
    bad_day = publisher.post("/data/open", data={"form": house.round.form, "period": "2025/26", "due": "soon"})
    assert bad_day.status_code == 400


def test_open_questions_keep_a_return_from_being_submitted(house: OpenHouse) -> None:
    unit = house.round.schools[3]
    client = house.client(AccountRole.REPORTER, unit)
    last = next(
        int(cell["last"].replace(",", ""))
        for section in client.get(house.api(unit)).json()["sections"]
        for cell in section["cells"]
        if cell["element"] == "children_enrolled"
    )
    sent = client.post(house.api() + "/submissions", json=body_of(house, unit, children_enrolled=str(last * 2))).json()
    assert len(sent["waiting"]) == 1
    page = client.get(house.api(unit)).json()
    lock = page["state"]["lock"]
    assert code_of(client.post(f"{house.api(unit)}/submit?lock={lock}")) == (400, ["WEB-OPEN-QUESTIONS"])
    replied = {f"reply-{number}": "分园并入；已核对" for number in range(len(page["questions"]))}
    silent = client.post(house.round.path(unit) + "/replies", data={"lock": str(lock)})
    assert silent.status_code == 400
    assert "WEB-NO-REPLY" in silent.text
    assert client.post(house.round.path(unit) + "/replies", data={"lock": str(lock)} | replied).status_code == 303
    page = client.get(house.api(unit)).json()
    assert {one["answer"] for one in page["questions"]} == {"分园并入；已核对"}
    assert client.post(f"{house.api(unit)}/submit?lock={page['state']['lock']}").status_code == 200
    late = client.get(house.round.path(unit) + "/edit")
    assert late.status_code == 400
    assert "WEB-NOT-NOW" in late.text


def test_quality_conflicts_and_burden_are_tables_too(house: OpenHouse) -> None:
    district = house.client(AccountRole.REVIEWER, house.round.district)
    quality = district.get("/api/v1/data/quality").json()
    assert sum(row["expected"] for row in quality["rows"]) == len(house.round.schools)
    assert district.get("/api/v1/data/quality?format=csv").text.startswith("﻿unit,name,expected")
    assert district.get("/api/v1/data/burden?format=xlsx").content.startswith(b"PK")
    assert district.get("/api/v1/data/conflicts").json()["title"]["zh"] == "口径冲突"


def test_an_issue_is_entered_from_a_return_and_stands_on_the_page_of_its_unit(house: OpenHouse) -> None:
    unit = house.round.schools[2]
    supervisor = house.client(AccountRole.SUPERVISOR, house.round.city)
    place = f"{house.round.form}/{house.round.slug}/{unit}"
    draft = supervisor.get(f"/issues/new?return={place}")
    assert draft.status_code == 200
    assert place in draft.text, "the form carries the return it speaks of"
    for wrong in (f"{house.round.form}/{house.round.slug}/nobody", "no-such-form/2025-26/S1", "x", f"{place}/more"):
        assert supervisor.get(f"/issues/new?return={wrong}").status_code == 404
    fields = {"return": place, "title": "逾期未报", "detail": "催报两次未交", "unit": unit}
    made = supervisor.post("/issues/new", data=fields)
    assert made.status_code == 303, made.text
    issue = supervisor.get("/api/v1" + made.headers["location"]).json()
    facts = {name["zh"]: value for name, value in issue["figure"]["facts"]}
    assert facts["标记"] == "模拟数据"
    assert house.round.period in facts["报表"]
    assert "逾期未报" in supervisor.get(f"/units/{unit}").text
    above = supervisor.get(f"/api/v1/units/{house.round.district}").json()["issues"]
    assert [one["title"] for one in above] == ["逾期未报"]
    anybody = TestClient(house.app, base_url="http://127.0.0.1").get(f"/api/v1/units/{unit}")
    assert anybody.status_code != 200 or anybody.json()["issues"] is None


def test_published_values_stand_beside_what_was_computed(house: OpenHouse) -> None:
    page = house.client(AccountRole.ANALYST, house.round.city).get("/api/v1/data/conflicts").json()
    assert page["figures"], "the city's published values have computed ones of the same year"
    assert [one["differs"] for one in page["figures"]] == sorted(
        (one["differs"] for one in page["figures"]), reverse=True
    )
    for one in page["figures"]:
        assert one["unit"] == house.round.city
        assert one["published"]
        assert one["computed"]
        assert one["coverage"]
    below = house.client(AccountRole.REVIEWER, house.round.district).get("/api/v1/data/conflicts").json()
    assert below["figures"] == []


def test_part_of_a_return_is_kept_and_what_is_left_is_said_before_submitting(house: OpenHouse) -> None:
    unit = house.round.schools[2]
    client = house.client(AccountRole.REPORTER, unit)
    lock = client.get(house.api(unit)).json()["state"]["lock"]
    typed = {"lock": str(lock), "cell-children_enrolled": "80", "cell-classes_kindergarten": "3"}
    assert client.post(house.round.path(unit) + "/edit", data=typed).status_code == 303
    page = client.get(house.api(unit)).json()
    assert (page["state"]["status"], page["filled"]) == ("draft", 2)
    assert page["errors"] >= page["asked"] - 2 > 0
    assert "还不能提交" in client.get(house.round.path(unit)).text
    assert "提交审核</button>" not in client.get(house.round.path(unit)).text
    refused = client.post(f"{house.api(unit)}/submit?lock={page['state']['lock']}")
    assert code_of(refused) == (400, ["WEB-OPEN-QUESTIONS"])
    assert [one["to_report"] for one in client.get("/api/v1/data").json()["items"]] == [page["asked"] - 2]
    # A file kept as a draft with a question: the reply does not submit what is not complete.
    doubled = {"lock": str(page["state"]["lock"]), "cell-children_enrolled": "4000", "cell-classes_kindergarten": "150"}
    assert client.post(house.round.path(unit) + "/edit", data=doubled).status_code == 303
    rows = {"unit": unit, "children_enrolled": "4001", "classes_kindergarten": "150"}
    every = rows | {code: "" for code in body_of(house, unit)["rows"][0]["values"] if code not in rows}
    text = "\n".join((",".join(every), ",".join(every.values()))).encode()
    sent = client.post(
        house.round.path() + "/upload", files={"file": ("半份.csv", text, "text/csv")}, data={"draft": "1"}
    )
    answer = client.get(sent.headers["location"]).text
    assert "待说明1个" in answer
    replies = {f"reply-{number}": "合并" for number in range(answer.count('name="reply-'))}
    assert client.post(sent.headers["location"] + "/replies", data=replies).status_code == 303
    assert client.get(house.api(unit)).json()["state"]["status"] == "draft"


def test_an_answer_belongs_to_who_handed_in_and_goes_after_a_day(tmp_path: Path) -> None:
    kept = KeptAnswers.of(tmp_path)
    token = kept.token()
    kept.keep(token, "a1", {"title": {"zh": "答复", "en": "answer"}})
    found = kept.page(token, "a1")
    assert found is not None
    assert found.title.zh == "答复"
    assert kept.page(token, "a2") is None
    assert kept.page("../secret", "a1") is None
    assert kept.page("x" * 24, "a1") is None
    old = kept.folder / f"{token}.json"
    assert old.stat().st_mode & 0o077 == 0
    os.utime(old, (1, 1))
    kept.token()
    assert not old.exists()


def test_replies_with_semicolons_come_back_whole() -> None:
    note = "CHANGE：并入分园；已核对；peers：小区新建"
    assert reply_to(note, "CHANGE") == "并入分园；已核对"
    assert reply_to(note, "peers") == "小区新建"
    assert reply_to(note, "other") == ""
