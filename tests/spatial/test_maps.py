"""Hand-over maps: one file, inert data, drawn without a network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, sync_playwright
from shapely import LineString, Point, box

from spatial import crs
from spatial.errors import MapError
from spatial.map_content import encoded_layer, script_json
from spatial.maps import MapLayer, MapView, Symbol, hand_over_map

NODE_MODULES = Path(__file__).parents[2] / "static" / "node_modules"
HOSTILE = "</script><img src=x onerror=\"document.title='caught'\">"
STATUSES = {
    "ok": Symbol("管护正常", "#009E73"),
    "due": Symbol("临近巡查", "#E69F00", "half"),
    "overdue": Symbol("逾期未巡", "#D55E00", "triangle"),
    "none": Symbol("未落实管护", "#8E5B9A", "diamond", hollow=True),
    "exempt": Symbol("无需管护", "#9AA0A6", "bar"),
}


def assets(n: int, *, name: str = "产业路") -> MapLayer:
    rng = np.random.default_rng(3)
    xy = rng.uniform((106.5, 34.7), (107.0, 35.0), (n, 2))
    xy[:1] = (106.861, 34.893)
    data = gpd.GeoDataFrame(
        {
            "name": [name] * n,
            "status": np.resize(list(STATUSES), n),
            "worth": np.arange(n),
            "note": [HOSTILE] * n,
        },
        geometry=shapely.points(xy),
        crs=4490,
    )
    fields = {"worth": "原值（元）", "note": "备注" + HOSTILE}
    return MapLayer("资产" + HOSTILE, data, STATUSES, "name", "status", fields)


def towns(**options: Any) -> MapLayer:
    data = gpd.GeoDataFrame(
        {"name": ["八渡镇", HOSTILE], "level": ["low", None]},
        geometry=[box(106.5, 34.7, 106.8, 35.0), box(106.8, 34.7, 107.1, 35.0)],
        crs=4490,
    )
    shades = {"low": Symbol("低于 5 %", "#dceee6"), None: Symbol("无数据", "#eeeeee", dashed=True)}
    return MapLayer("乡镇", data, shades, "name", "level", **options)


def roads() -> MapLayer:
    line = LineString([(106.5, 34.8), (107.0, 34.9)])
    data = gpd.GeoDataFrame({"name": ["千河路"]}, geometry=[line], crs=4490)
    return MapLayer("道路", data, {0: Symbol("县道", "#b9794a", width=2)}, "name")


def page_of(*layers: MapLayer, **options: Any) -> str:
    given = {"title": "陇县", "node_modules": NODE_MODULES, **options}
    return hand_over_map(layers, **given)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield running
        running.close()


class Opened:
    """A page opened from a file with the network off, and what it complained about."""

    def __init__(self, browser: Browser, path: Path, html: str) -> None:
        path.write_text(html, encoding="utf-8")
        self.context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(".sheet")

    def click_at(self, lon: float, lat: float) -> None:
        place = self.page.evaluate(
            "([lon, lat]) => { const p = map_sheet.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }",
            [lon, lat],
        )
        self.page.mouse.click(*place)


def test_five_thousand_points_open_with_no_request_and_no_complaint(browser: Browser, tmp_path: Path) -> None:
    html = page_of(towns(names_from_zoom=8), roads(), assets(5000), mark="演示数据 · 示意")
    opened = Opened(browser, tmp_path / "map.html", html)
    drawn = opened.page.evaluate(
        "() => { let n = 0; map_sheet.eachLayer((l) => { n += l.feature ? 1 : 0; }); return n; }"
    )
    assert drawn == 5003
    assert opened.page.locator("canvas").count() == 1
    assert opened.requests == [(tmp_path / "map.html").as_uri()]
    assert opened.complaints == []
    assert opened.page.locator(".mark").inner_text() == "演示数据 · 示意"


def test_hostile_names_are_shown_as_text_and_do_nothing(browser: Browser, tmp_path: Path) -> None:
    html = page_of(
        towns(names_from_zoom=3),
        assets(1, name=HOSTILE),
        title="陇县" + HOSTILE,
        notes=[HOSTILE],
        mark=HOSTILE,
    )
    opened = Opened(browser, tmp_path / "map.html", html)
    opened.click_at(106.861, 34.893)
    popup = opened.page.locator(".facts")
    popup.wait_for()
    assert popup.locator("caption").inner_text() == HOSTILE
    assert popup.locator("td").last.inner_text() == HOSTILE
    opened.page.mouse.move(700, 300)
    assert opened.page.title() == "陇县" + HOSTILE
    assert opened.page.locator("h1").inner_text() == "陇县" + HOSTILE
    assert opened.page.locator("img").count() == 0
    assert opened.complaints == []


def test_a_click_tells_the_facts_of_what_lies_there(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "map.html", page_of(towns(), assets(1)))
    opened.click_at(106.861, 34.893)
    opened.page.locator(".facts").wait_for()
    assert opened.page.locator(".facts caption").inner_text() == "产业路"
    assert opened.page.locator(".facts td").first.inner_text() == "0"
    opened.page.get_by_role("button", name="关闭").press("Enter")
    opened.page.locator(".facts").wait_for(state="detached")
    assert opened.complaints == []


def test_a_layer_can_be_switched_off_and_on_and_stays_in_its_place(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "map.html", page_of(towns(), assets(1)))
    count = "() => { let n = 0; map_sheet.eachLayer((l) => { n += l.feature ? 1 : 0; }); return n; }"
    opened.page.get_by_role("checkbox").first.uncheck()
    assert opened.page.evaluate(count) == 1
    opened.page.get_by_role("checkbox").first.check()
    assert opened.page.evaluate(count) == 3
    opened.click_at(106.861, 34.893)
    opened.page.locator(".facts").wait_for()
    assert opened.page.locator(".facts caption").inner_text() == "产业路"


def test_the_legend_names_each_class_with_its_count(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "map.html", page_of(assets(12)))
    entries = opened.page.locator(".sheet li").all_inner_texts()
    assert [entry.split("\n") for entry in entries] == [
        ["管护正常", "3"],
        ["临近巡查", "3"],
        ["逾期未巡", "2"],
        ["未落实管护", "2"],
        ["无需管护", "2"],
    ]


def test_statuses_differ_by_shape_and_not_by_colour_alone(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path / "map.html", page_of(assets(12)))
    shapes = opened.page.locator(".sheet li svg").evaluate_all(
        "(all) => all.map((svg) => [...svg.children].map((part) => part.tagName"
        " + (part.getAttribute('points') || part.getAttribute('d') || '')).join())"
    )
    assert len(set(shapes)) == len(STATUSES)


def test_the_page_refers_to_no_other_host() -> None:
    html = page_of(towns(), assets(3))
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<>)]+", html))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in html
    assert not re.search(r"<(script|link)[^>]+(src|href)=", html)
    assert "url(" not in html.replace("url(#default#VML)", "")


def test_the_same_map_is_the_same_file() -> None:
    assert page_of(towns(), assets(10)) == page_of(towns(), assets(10))


def test_a_view_is_opened_where_it_was_left(browser: Browser, tmp_path: Path) -> None:
    html = page_of(assets(3), view=MapView(106.9, 34.9, 12))
    opened = Opened(browser, tmp_path / "map.html", html)
    found = opened.page.evaluate("() => [map_sheet.getCenter().lng, map_sheet.getCenter().lat, map_sheet.getZoom()]")
    assert found == pytest.approx([106.9, 34.9, 12], abs=1e-3)


def test_a_map_without_features_opens_too(browser: Browser, tmp_path: Path) -> None:
    empty = assets(1)
    layer = MapLayer("空", empty.data.iloc[:0], STATUSES, "name", "status")
    opened = Opened(browser, tmp_path / "map.html", page_of(layer))
    assert opened.complaints == []


def test_every_text_is_held_once_and_coordinates_are_rounded() -> None:
    encoded = encoded_layer(assets(1000))
    assert len(encoded["values"]) == 1002
    assert encoded["geometry"][0] == [106.861, 34.893]
    assert all(x == round(x, 6) for point in encoded["geometry"] for x in point)
    assert len(script_json(encoded)) < 60_000


def test_other_coordinate_systems_are_brought_to_longitude_and_latitude() -> None:
    (east,), (north,) = crs.from_storage([106.861], [34.893], 4524)
    data = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(east, north)], crs=4524)
    encoded = encoded_layer(MapLayer("x", data, {0: Symbol("x", "#000000")}, "name"))
    assert encoded["geometry"] == [[106.861, 34.893]]


def test_features_without_a_place_are_left_out_and_missing_values_stay_empty() -> None:
    data = gpd.GeoDataFrame(
        {"name": ["a", None, "c"]}, geometry=np.array([Point(106, 34), Point(107, 34), None], dtype=object), crs=4490
    )
    encoded = encoded_layer(MapLayer("x", data, {0: Symbol("x", "#000000")}, "name"))
    assert [encoded["values"][row[0]] for row in encoded["rows"]] == ["a", ""]


def test_values_without_a_symbol_of_their_own_take_the_last() -> None:
    encoded = encoded_layer(towns())
    assert encoded["symbol"] == [0, 1]
    assert [symbol["count"] for symbol in encoded["symbols"]] == [1, 1]


def test_no_text_ends_the_script_it_stands_in() -> None:
    written = script_json({"name": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(written)
    assert json.loads(written) == {"name": "</script><!--\u2028&"}


def test_too_many_features_are_refused_with_their_number() -> None:
    with pytest.raises(MapError) as caught:
        page_of(assets(11), max_features=10)
    assert caught.value.params == {"size": 11, "limit": 10}


def test_a_missing_column_or_coordinate_system_is_named() -> None:
    good = assets(1)
    with pytest.raises(MapError) as caught:
        encoded_layer(MapLayer("x", good.data, STATUSES, "title"))
    assert caught.value.params == {"layer": "x", "field": "title"}
    with pytest.raises(MapError) as caught:
        encoded_layer(
            MapLayer(
                "x", gpd.GeoDataFrame(good.data.to_wkt(), geometry=good.data.geometry.to_numpy()), STATUSES, "name"
            )
        )
    assert caught.value.key == "map.no_geometry"


def test_a_package_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapError) as caught:
        page_of(assets(1), node_modules=tmp_path)
    assert caught.value.key == "map.package_missing"
