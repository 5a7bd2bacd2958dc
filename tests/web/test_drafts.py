"""The review of a document in the browser: read, decide, write into the pack, see it in the cockpit."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from duibiao.extract.review import FIELDS, choices_of
from duibiao.store.accounts import AccountRole
from duibiao.views.draft_words import CHOICE_WORDS, flag_word
from duibiao.web.app import create_app
from duibiao.web.guard import GRANTED, Visitor
from duibiao.web.settings import Settings
from tests.web.conftest import PACKS, asking

TEXT = """某市学前教育行动方案（2026—2028年）

一、主要目标
到2028年，全市学前教育毛入园率达到93%以上，新建公办幼儿园40所。
"""
PLANNER = Visitor("p1", "规划员甲", permissions=GRANTED[AccountRole.PLANNER])
SECOND = Visitor("p2", "规划员乙", permissions=GRANTED[AccountRole.PLANNER])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACKS, tmp_path / "packs")
    return tmp_path


@pytest.fixture
def clients(folder: Path) -> Callable[[Visitor], TestClient]:
    app = create_app(Settings(folder / "packs", data=folder / "data"))
    return lambda visitor: asking(app, visitor)


def added(client: TestClient, name: str = "方案.txt", body: bytes = TEXT.encode()) -> str:
    answer = client.post("/drafts", files={"document": (name, body)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def entries(client: TestClient, at: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = client.get(f"/api/v1{at}?pending=false").json()["rows"]
    return rows


def test_a_document_becomes_entries_with_their_passage(clients: Callable[[Visitor], TestClient]) -> None:
    client = clients(PLANNER)
    at = added(client)
    rows = entries(client, at)
    assert [(row["written"], row["due"]) for row in rows if row["kind"] == "targets"] == [
        ("达到93%以上", "2028"),
        ("40所", "2028"),
    ]
    page = client.get(f"{at}/{rows[0]['id']}")
    assert page.status_code == 200
    assert rows[0]["name"] in page.text


def test_the_second_reviewer_is_told_what_the_first_decided(clients: Callable[[Visitor], TestClient]) -> None:
    first, second = clients(PLANNER), clients(SECOND)
    at = added(first)
    entry = next(row["id"] for row in entries(first, at) if row["kind"] == "targets")
    done = first.post(f"{at}/{entry}", data={"action": "reject", "why": "不是目标", "seen": ""})
    assert done.status_code == 303
    late = second.post(f"{at}/{entry}", data={"action": "reject", "why": "重复", "seen": ""})
    assert late.status_code == 409
    assert "WEB-DECIDED" in late.text
    assert "规划员甲" in late.text
    seen = second.get(f"/api/v1{at}/{entry}").json()["seen"]
    again = second.post(f"{at}/{entry}", data={"action": "reject", "why": "确不是目标", "seen": seen})
    assert again.status_code == 303
    assert second.get(f"/api/v1{at}/{entry}").json()["decided_by"] == "规划员乙"


def test_a_correction_needs_a_reason_and_a_rejection_too(clients: Callable[[Visitor], TestClient]) -> None:
    client = clients(PLANNER)
    at = added(client)
    entry = next(row["id"] for row in entries(client, at) if row["kind"] == "targets")
    for form in ({"action": "reject"}, {"action": "accept", "field.due": "2030"}, {"action": "burn"}):
        assert client.post(f"{at}/{entry}", data={**form, "seen": ""}).status_code in (400, 422)
    assert all(row["is_pending"] for row in entries(client, at))


def test_what_is_accepted_reaches_the_pack_and_the_cockpit(
    clients: Callable[[Visitor], TestClient], folder: Path
) -> None:
    client = clients(PLANNER)
    at = added(client)
    for row in entries(client, at):
        page = client.get(f"/api/v1{at}/{row['id']}").json()
        offered = [one["code"] for one in page["offered"] if one["is_certain"]]
        changes = {"field.indicator": offered[0], "why": "统一指标可确定"} if offered else {}
        answer = client.post(f"{at}/{row['id']}", data={"action": "accept", "seen": "", **changes})
        assert answer.status_code == 303, answer.text
    head = {
        "code": "preschool-2028", "issuer": "某市教育局", "number": "某教〔2026〕1号", "published": "2026-01-05",
        "source_kind": "plan", "kind": "action_plan", "start": "2026", "end": "2028", "base_year": "2025",
    }  # fmt: skip
    assert client.post(f"{at}/head", data=head).status_code == 303
    written = client.post(f"{at}/write")
    assert written.status_code == 303, written.text
    assert (folder / "packs" / "chongqing" / "plans" / "preschool-2028.yaml").exists()
    found = client.get("/api/v1/search", params={"q": "某市学前教育行动方案"}).json()
    plans = [hit["code"] for group in found["groups"] if group["kind"] == "plan" for hit in group["hits"]]
    assert plans == ["preschool-2028"]


def test_a_file_that_is_none_is_refused_and_leaves_no_draft(
    clients: Callable[[Visitor], TestClient], folder: Path
) -> None:
    client = clients(PLANNER)
    answer = client.post("/drafts", files={"document": ("方案.docx", b"\x00\x01 no docx")})
    assert answer.status_code == 400
    assert "READ-" in answer.text
    assert client.get("/api/v1/drafts").json()["drafts"] == []


def test_names_of_drafts_never_leave_the_folder(clients: Callable[[Visitor], TestClient]) -> None:
    client = clients(PLANNER)
    assert client.get("/drafts/..%2F..%2Fpacks%2Fchongqing%2Fpack").status_code == 404
    assert client.get("/drafts/nothing").status_code == 404
    at = added(client, name="../../方案.txt")
    assert client.get(f"{at}/nothing").status_code == 404


def test_reviewing_needs_the_permission(clients: Callable[[Visitor], TestClient]) -> None:
    leader = clients(Visitor("l1", "领导", permissions=GRANTED[AccountRole.LEADER]))
    assert leader.get("/drafts").status_code == 403
    assert leader.post("/drafts", files={"document": ("a.txt", b"x")}).status_code == 403


def test_every_choice_of_a_field_has_its_chinese_word_and_keeps_its_code() -> None:
    offered = {name for names in FIELDS.values() for name in names if choices_of(name)}
    assert offered <= set(CHOICE_WORDS)
    for field, words in CHOICE_WORDS.items():
        assert set(words) == set(choices_of(field))
        assert all(any("\u4e00" <= one <= "\u9fff" for one in word.zh) for word in words.values())
    assert flag_word("ocr:0.97").zh == "来自图像识别：0.97"
    assert flag_word("市某某局").zh == "市某某局"


def test_the_page_of_an_entry_offers_words_and_sends_codes(clients: Callable[[Visitor], TestClient]) -> None:
    client = clients(PLANNER)
    place = added(client)
    target = next(row for row in entries(client, place) if row["kind"] == "targets")
    text = client.get(f"{place}/{target['id']}").text
    assert '<option value="each_district">每个区县</option>' in text
    assert ">each_district<" not in text
