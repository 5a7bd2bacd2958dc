"""Single sign-on against a real provider that listens on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from fastapi.testclient import TestClient

from duibiao.kernel.problem import UserError
from duibiao.store.accounts import COMMAND_LINE
from duibiao.store.accounts.limits import ProcessLimiter
from duibiao.web.guard import SESSION_COOKIE
from duibiao.web.single_sign_on import SingleSignOn
from tests.web.provider import CLIENT, SECRET, Provider, providing
from tests.web.signing import CITY, DISTRICT, Town, town

BACK = "http://127.0.0.1/login/sso/back"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Provider]]:
    folder = tmp_path_factory.mktemp("sso")
    with providing(BACK) as provider:
        facts = {
            "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "redirect": BACK,
            "name": "模拟身份", "claim": "posts", "roles": {"规划处": f"planner@{CITY}", "甲区": f"leader@{DISTRICT}"},
        }  # fmt: skip
        file = folder / "sso.yaml"
        file.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
        with town(folder / "data", single_sign_on=file) as found:
            found.account("linked", CITY)
            found.accounts.people.link(COMMAND_LINE, "linked", provider.issuer, "u-1001")
            yield found, provider


@pytest.fixture(autouse=True)
def honest(place: tuple[Town, Provider]) -> None:
    town_, provider = place
    town_.app.state.cockpit._limiter = ProcessLimiter()
    provider.lie, provider.subject, provider.extra = "", "u-1001", {}


def through(client: TestClient, to: str = "/documents") -> Any:
    """The way of a browser: to the provider, and back with what it was given there."""
    sent = client.get("/login/sso", params={"next": to})
    assert sent.status_code == 303, sent.text
    back = httpx2.get(sent.headers["location"], follow_redirects=False, trust_env=False)
    assert back.status_code == 302
    return client.get(back.headers["location"])


def test_a_linked_identity_is_let_in_and_leads_where_it_wanted(place: tuple[Town, Provider]) -> None:
    town_, _ = place
    client = town_.client()
    assert "模拟身份" in client.get("/login").text
    answer = through(client)
    assert answer.headers["location"] == "/documents"
    assert "linked" in client.get("/account").text
    assert client.get("/documents").status_code == 403, "roles came without a mapping"


def test_mapped_words_are_roles_for_this_session_only(place: tuple[Town, Provider]) -> None:
    town_, provider = place
    provider.extra = {"posts": ["规划处", "甲区", "system_admin", "unknown"]}
    client = town_.client()
    through(client)
    held = client.get("/api/v1/account").json()["account"]["grants"]
    assert held == [], "a mapped role was written down"
    assert client.get("/documents").status_code == 200
    assert client.get("/admin/accounts").status_code == 403
    provider.extra = {}
    later = town_.client()
    through(later)
    assert later.get("/documents").status_code == 403


def test_an_identity_that_is_no_account_is_told_so(place: tuple[Town, Provider]) -> None:
    town_, provider = place
    provider.subject = "stranger"
    client = town_.client()
    answer = through(client)
    assert answer.status_code == 400
    assert "LOGIN-UNLINKED" in answer.text
    assert SESSION_COOKIE not in client.cookies


LIES = ("nonce", "audience", "issuer", "expired", "party", "nobody", "key", "shared", "none", "away")


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_us_and_this_sign_in_lets_nobody_in(place: tuple[Town, Provider], lie: str) -> None:
    town_, provider = place
    provider.lie = lie
    client = town_.client()
    answer = through(client)
    assert answer.status_code == 400
    assert "LOGIN-PROVIDER" in answer.text
    assert SESSION_COOKIE not in client.cookies


def test_an_answer_this_browser_did_not_ask_for_is_refused(place: tuple[Town, Provider]) -> None:
    town_, _ = place
    asking, victim = town_.client(), town_.client()
    sent = asking.get("/login/sso")
    back = httpx2.get(sent.headers["location"], follow_redirects=False, trust_env=False).headers["location"]
    assert "LOGIN-PROVIDER" in victim.get(back).text, "somebody was signed in as another"
    victim.get("/login/sso")
    assert "LOGIN-PROVIDER" in victim.get(back).text, "the state of another sign-in was taken"
    assert asking.get(back).headers["location"] == "/"
    asking.get("/login/sso")
    assert asking.get(back).status_code == 400, "a code was used twice"
    for query in ("", "?code=x", "?state=x&code=y", "?error=access_denied&state=x"):
        assert "LOGIN-PROVIDER" in town_.client().get("/login/sso/back" + query).text


def test_a_provider_that_is_away_or_another_is_told(place: tuple[Town, Provider]) -> None:
    town_, provider = place
    provider.lie = "about"
    answer = town_.client().get("/login/sso")
    assert answer.status_code == 502
    assert "LOGIN-PROVIDER" in answer.text
    elsewhere = SingleSignOn("http://127.0.0.1:9", CLIENT, SECRET, BACK)
    with pytest.raises(UserError) as caught:
        elsewhere.begin(town_.app.state.cockpit.vault, "/")
    assert caught.value.problems[0].code == "LOGIN-PROVIDER"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issuer": None}, "issuer"),
        ({"issuer": "http://id.example"}, "https"),
        ({"redirect": "ftp://id.example"}, "https"),
        ({"colour": "red"}, "issuer"),
        ({"roles": {"a": "planner"}}, "角色@单位代码"),
        ({"roles": {"a": "king@500000"}}, "角色@单位代码"),
        ({"roles": {"a": "security_admin@500000"}}, "三类管理员"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    facts = {
        "issuer": "https://id.example",
        "client_id": "a",
        "client_secret": "b",
        "redirect": "https://here.example/b",
    }
    facts = {key: value for key, value in {**facts, **changes}.items() if value is not None}
    file = tmp_path / "sso.yaml"
    file.write_text(yaml.safe_dump(facts), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        SingleSignOn.read(file)
    (told,) = caught.value.problems
    assert told.code == "LOGIN-SETTINGS"
    assert words in told.message.zh


def test_settings_that_cannot_be_read_are_refused_and_the_secret_is_not_shown(tmp_path: Path) -> None:
    for content in (b"\xff\xfe", b"[unclosed", b"just words"):
        (tmp_path / "sso.yaml").write_bytes(content)
        with pytest.raises(UserError) as caught:
            SingleSignOn.read(tmp_path / "sso.yaml")
        assert caught.value.problems[0].code == "LOGIN-SETTINGS"
    assert SECRET not in repr(SingleSignOn("https://a", CLIENT, SECRET, BACK))
