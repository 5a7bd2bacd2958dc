"""Signing in with a real browser, form and session on both data bases: first password, second factor, the end."""

import time
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page

from duibiao.store.accounts import COMMAND_LINE, AccountRole
from tests.web.conftest import serving, visiting
from tests.web.signing import DISTRICT, GOOD, town


def typed(page: Page, address: str, username: str, password: str) -> None:
    page.goto(address + "/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_load_state()


def test_a_person_signs_in_adds_a_second_factor_and_is_asked_for_it(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    settings = {} if database_url.startswith("sqlite") else {"database": database_url}
    with town(tmp_path / "data", **settings) as place, serving(place.app) as address, visiting(browser) as page:
        made, first = place.accounts.people.create(COMMAND_LINE, "zhang", "模拟张三", DISTRICT)
        place.accounts.roles.grant(COMMAND_LINE, made.username, AccountRole.LEADER, DISTRICT)
        page.goto(address + "/account")
        assert "/login" in page.url, "nobody is let in without a session"
        typed(page, address, "zhang", "wrong-Password_1")
        assert page.locator(".problems").count() == 1
        typed(page, address, "zhang", first)
        page.goto(address + "/plans")
        assert "/account/password" in page.url, "the first password must be changed before anything else"
        for name, value in (("old", first), ("new", GOOD), ("again", GOOD)):
            page.fill(f"[name={name}]", value)
        page.click("main form button")
        page.goto(address + "/account/totp")
        secret = "".join(page.inner_text("main code").split())
        page.fill("[name=code]", pyotp.TOTP(secret).now())
        page.click("main form button")
        page.wait_for_load_state()
        page.click("text=退出")
        page.wait_for_load_state()
        typed(page, address, "zhang", GOOD)
        assert page.url.split("?")[0].endswith("/login/code")
        page.goto(address + "/account")
        assert "模拟张三" not in page.inner_text("body"), "half a sign-in opens nothing"
        page.goto(address + "/login/code")
        page.fill("[name=code]", pyotp.TOTP(secret).at(time.time() + 30))  # each code works once
        page.click("main form button")
        page.goto(address + "/account")
        assert "模拟张三" in page.inner_text("header.bar")
        cookies = page.context.cookies()
        assert all(one.get("httpOnly") for one in cookies if "session" in one.get("name", ""))
