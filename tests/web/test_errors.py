"""What a visitor reads when something is wrong: every code of the cockpit, from a really bad request."""

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from duibiao.kernel.problem import catalogue
from duibiao.web.app import create_app
from duibiao.web.guard import Needs, Permission, Visitor
from duibiao.web.settings import Settings

PACKS = Path(__file__).resolve().parents[2] / "packs"
HERE = Path(__file__).parent


def codes(client: TestClient, path: str) -> tuple[int, list[str]]:
    answer = client.get(path)
    body = answer.json()
    assert set(body) == {"problems", "reference"}
    assert len(body["reference"]) == 8
    return answer.status_code, [one["code"] for one in body["problems"]]


def test_the_api_tells_each_problem_by_its_code(client: TestClient) -> None:
    assert codes(client, "/api/v1/documents?as_of=yesterday") == (400, ["WEB-DATE"])
    assert codes(client, "/api/v1/documents/align") == (422, ["WEB-PARAMETER", "WEB-PARAMETER"])
    assert codes(client, "/api/v1/nothing") == (404, ["WEB-NO-PAGE"])
    assert codes(client, "/api/v1/documents/nothing") == (404, ["WEB-NOT-HERE"])


def test_a_page_tells_the_same_to_people_with_a_number_and_no_trace(client: TestClient) -> None:
    answer = client.get("/documents/%3Cscript%3Ealert(1)")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "WEB-NOT-HERE" in answer.text
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text


def test_who_is_not_signed_in_is_asked_to_and_comes_back(app: FastAPI, tmp_path: Path) -> None:
    closed = TestClient(create_app(Settings(PACKS, open_reading=False)), follow_redirects=False)
    assert codes(closed, "/api/v1/documents") == (401, ["WEB-SIGN-IN"])
    page = closed.get("/documents?as_of=2024-01-01")
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=%2Fdocuments%3Fas_of%3D2024-01-01"


def test_a_fault_of_ours_shows_a_number_and_no_trace(tmp_path: Path) -> None:
    router = APIRouter()

    @router.get("/api/v1/fault", dependencies=[Depends(Needs(Permission.PUBLIC))])
    def fault() -> None:
        raise RuntimeError("a secret detail")

    broken = TestClient(create_app(Settings(PACKS), [router]), raise_server_exceptions=False)
    status, found = codes(broken, "/api/v1/fault")
    assert (status, found) == (500, ["WEB-FAULT"])
    assert "secret" not in broken.get("/api/v1/fault").text


def test_a_known_visitor_without_the_permission_is_told_which_one_is_needed() -> None:
    router = APIRouter()

    def signed_in(request: Request) -> None:
        request.state.visitor = Visitor("a1", "someone", permissions=frozenset({Permission.READ_PUBLISHED}))

    @router.get("/api/v1/audit", dependencies=[Depends(signed_in), Depends(Needs(Permission.READ_AUDIT))])
    def audit() -> None:
        """Never reached."""

    @router.get("/api/v1/gone", dependencies=[Depends(Needs(Permission.PUBLIC))])
    def gone() -> None:
        raise HTTPException(410)

    client = TestClient(create_app(Settings(PACKS), [router]))
    assert codes(client, "/api/v1/audit") == (403, ["WEB-NOT-ALLOWED"])
    assert codes(client, "/api/v1/gone") == (410, ["WEB-REQUEST"])


def test_every_code_of_the_cockpit_is_told_in_a_test() -> None:
    told = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("test_*.py"))
    assert [code for code in catalogue() if code.startswith("WEB-") and f'"{code}"' not in told] == []
