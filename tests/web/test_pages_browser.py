"""Every reading page in a real browser: three sizes, no complaint, nothing from outside, nothing too wide."""

from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser
from pypdfium2 import PdfDocument

from tests.web.conftest import visiting
from tests.web.test_reading import PAGES

SIZES = ((360, 740), (1366, 768), (1920, 1080))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_opens_without_a_complaint_and_fits(browser: Browser, address: str, width: int, height: int) -> None:
    wide = []
    with visiting(browser, width, height) as page:
        for path in PAGES:
            page.goto(address + quote(path, safe="/?&=."))
            page.wait_for_load_state("networkidle")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(path)
    assert wide == []


def test_charts_are_drawn_and_a_dot_leads_to_its_district(browser: Browser, address: str) -> None:
    with visiting(browser) as page:
        page.goto(f"{address}/indicators/preschool.inclusive_coverage?unit=500103")
        page.wait_for_selector("#history svg path", state="attached")
        page.wait_for_selector("#dots svg path", state="attached")
        assert page.locator("#computed svg").count() == 1
        label = page.locator("#history").get_attribute("aria-label")
        assert label
        assert label.startswith("历年公布值"), "the chart keeps the words of the page, not those of the library"


def test_a_chart_is_saved_as_a_picture_and_a_table_is_copied_with_tabs(browser: Browser, address: str) -> None:
    with visiting(browser) as page:
        page.goto(f"{address}/indicators/preschool.inclusive_coverage?theme=dark")
        page.wait_for_selector("#history svg path", state="attached")
        with page.expect_download() as waiting:
            page.locator("#history + button").click()
        saved = Path(waiting.value.path())
        assert waiting.value.suggested_filename.startswith("普惠性幼儿园覆盖率")
        assert saved.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        with Image.open(saved) as picture:
            colours = picture.convert("RGB").getcolors(1_000_000) or []
        assert len(colours) > 50, "an empty picture"
        assert max(colours)[1] == (0x0B, 0x1F, 0x3A), "the paper of the dark theme"
        page.evaluate("document.execCommand = () => { window.copied = document.activeElement.value; return true; }")
        page.locator("section[aria-labelledby=values] button.tool").click()
        lines = page.evaluate("window.copied").split("\n")
        assert lines[0].split("\t")[:2] == ["年度", "数值"]
        assert any(line.startswith("2024\t95.2%") for line in lines)


def test_the_search_finds_while_one_types_and_a_link_into_a_fold_opens_it(browser: Browser, address: str) -> None:
    with visiting(browser) as page:
        page.goto(f"{address}/search?q=%E5%AD%A6")
        page.fill("#words", "学前教育毛入园率")
        page.wait_for_url("**%E6%AF%9B**")  # the address is the state, also while one types
        assert "学前教育毛入园率" in page.inner_text("#found [role=status]")
        page.wait_for_selector("#found a[href='/indicators/preschool.gross_enrolment_rate']")
        assert page.input_value("#words") == "学前教育毛入园率"
        page.goto(f"{address}/departments/%E5%B8%82%E6%95%99%E5%A7%94")
        folded = page.locator("details:not([open]) tr[id]").first.get_attribute("id")
        page.goto("about:blank")
        page.goto(f"{address}/departments/%E5%B8%82%E6%95%99%E5%A7%94#{folded}")
        page.locator(f"[id='{folded}']").wait_for(state="visible")


def test_the_screen_turns_when_asked_and_stops_for_the_space_bar(browser: Browser, address: str) -> None:
    with visiting(browser, 1920, 1080) as page:
        page.goto(f"{address}/screen?rotate=2")
        page.keyboard.press("Space")
        assert page.locator("#pause").inner_text() == "继续"
        page.wait_for_timeout(2500)
        assert "slide=2" not in page.url
        page.keyboard.press("Space")
        page.wait_for_url("**slide=2**")
        small = page.evaluate(
            "Math.min(...Array.from(document.querySelectorAll('main *'))"
            ".filter(e => e.innerText && !e.closest('.hidden')).map(e => parseFloat(getComputedStyle(e).fontSize)))"
        )
        assert small >= 24


def test_a_unit_prints_on_one_sheet_and_charts_fit_the_paper(browser: Browser, address: str) -> None:
    with visiting(browser) as page:
        page.goto(f"{address}/units/500103/print")
        assert len(PdfDocument(page.pdf(prefer_css_page_size=True))) == 1
        page.goto(f"{address}/indicators/preschool.inclusive_coverage")
        page.wait_for_selector("#history svg", state="attached")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 690, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= 690
