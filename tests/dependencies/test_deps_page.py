"""The page of a closure in a real browser: it is drawn, found in, clicked on, and fetches nothing."""

from __future__ import annotations

import random

import pytest
from browser import browsing
from made_graphs import graph, thing

from devdb.dependencies.model import Unknown
from devdb.dependencies.page import page

A, B, C = thing("orders"), thing("customers"), thing("Länder <b>&amp;", schema='odd "one')
F, T = thing("total", "function", arguments="(integer)"), thing("mood", "type")
END = thing("</script><script>window.pwned = 1</script><!--data-->")
GRAPH = graph((A, B), (B, C), (C, B), (A, F), (F, T), (B, END), unknown=(Unknown(F, "EXECUTE y", 3),))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "small.html"
    path.write_text(page(GRAPH.needed([A])), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """2,000 tables with 4,000 keys."""
    chance = random.Random(1)
    things = [thing(f"table_{number}") for number in range(2000)]
    edges = [(things[number], things[chance.randrange(number)]) for number in range(1, 2000) for _ in (1, 2)]
    made = graph(*edges)
    path = tmp_path_factory.mktemp("pages") / "large.html"
    path.write_text(page(made.needed(things[:1], direction="needed-by")), encoding="utf-8")
    return path


def box(of) -> str:
    return f'.box[aria-label="{of}"]'


def texts(browser, selector: str) -> list[str]:
    return browser.value(f"[...document.querySelectorAll('{selector}')].map(node => node.getAttribute('aria-label'))")


def test_it_is_drawn_whole_and_in_sight(browser, small):
    browser.open(small)
    assert browser.value("document.title") == "What app.orders needs"
    assert browser.value("document.querySelectorAll('.need').length") == 6
    assert sorted(texts(browser, ".box")) == sorted(map(str, GRAPH.things))
    corners = "(({left, right, top, bottom}) => [left, right, top, bottom])(node.getBoundingClientRect())"
    (left, right, top, bottom), *boxes = browser.value(
        f"[...document.querySelectorAll('#graph, .box')].map(node => {corners})"
    )
    assert all(left <= box[0] and box[1] <= right and top <= box[2] and box[3] <= bottom for box in boxes)
    # Names are names, whatever they look like.
    assert browser.value("window.pwned") is None
    assert browser.errors == []


def test_a_click_highlights_what_an_object_needs(browser, small):
    browser.open(small)
    browser.click(box(B).replace('"one', '\\"one'))
    assert sorted(texts(browser, ".box.on")) == sorted(map(str, (B, C, END)))
    assert browser.value("document.querySelectorAll('.need.on').length") == 3
    assert browser.value("document.querySelector('#details h3').textContent") == "app.customers"
    assert "needs 2 other objects" in browser.value("document.querySelector('#details p').textContent")
    # The other way round.
    browser.click("#way")
    assert sorted(texts(browser, ".box.on")) == sorted(map(str, (A, B, C)))
    browser.press("Escape")
    assert texts(browser, ".box.on") == []
    assert browser.value("document.getElementById('details').hidden")


def test_what_cannot_be_known_is_told(browser, small):
    browser.open(small)
    assert browser.value("document.querySelectorAll('.box .sign').length") == 1
    browser.click(box(F))
    assert browser.value("document.querySelector('#details .unknown').textContent") == "EXECUTE y (line 3 of the body)"
    assert browser.value("document.querySelectorAll('.need.uncertain').length") == 1


def test_a_kind_can_be_hidden(browser, small):
    browser.open(small)
    browser.click('#kinds input[value="fk"]')
    assert (
        browser.value(
            "[...document.querySelectorAll('.need')].filter(line => getComputedStyle(line).display === 'none').length"
        )
        == 5
    )
    browser.click(box(A))
    assert texts(browser, ".box.on") == [str(A)]


def test_a_search_finds_and_leads_there(browser, small):
    browser.open(small)
    browser.click("#search")
    browser.type("LÄND")
    assert texts(browser, ".box.hit") == [str(C)]
    assert browser.value("document.getElementById('hits').textContent") == "1 found"
    assert browser.value("[...document.querySelectorAll('tr[data-thing]')].filter(row => !row.hidden).length") == 1
    browser.press("Enter")
    assert texts(browser, ".box.here") == [str(C)]


def test_the_wheel_zooms_and_a_drag_moves(browser, small):
    browser.open(small)

    def width() -> float:
        return browser.value("document.querySelector('.box rect').getBoundingClientRect().width")

    x, y = browser.middle("#graph")
    before = width()
    browser.mouse("mouseWheel", x, y, deltaX=0, deltaY=-300)
    assert width() > before * 1.3
    browser.click("#fit")
    assert width() == pytest.approx(before)
    left = browser.value("document.querySelector('.box').getBoundingClientRect().left")
    for kind, by in (("mousePressed", 0), ("mouseMoved", 30), ("mouseMoved", 60), ("mouseReleased", 60)):
        browser.mouse(kind, 20 + by, y + 200, buttons=1)
    assert browser.value("document.querySelector('.box').getBoundingClientRect().left") == pytest.approx(left + 60)


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_light_or_dark_as_the_desktop_is(browser, small, dark):
    browser.open(small, dark=dark)

    def brightness() -> int:
        return browser.value("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")

    assert (brightness() < 128) == dark
    browser.click("#theme")
    assert (brightness() < 128) != dark


def test_it_serves_2000_objects(browser, large):
    browser.open(large)
    assert browser.value("document.querySelectorAll('.box').length") == 2000
    took_ms = browser.value(
        "(() => { const start = performance.now(); choose(0); return performance.now() - start; })()"
    )
    # Asked for what needs it, that is what is highlighted first.
    assert browser.value("document.querySelectorAll('.need.on').length") == 3998
    browser.click("#way")
    assert browser.value("document.querySelectorAll('.need.on').length") == 0
    assert took_ms < 2000
    assert browser.errors == []


def test_nothing_is_fetched(small, large):
    for path in (small, large):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
