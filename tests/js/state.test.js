import assert from "node:assert/strict";
import { test } from "node:test";

import { filterQuery, format, initial, layerQuery, parse } from "../../static/js/map/state.js";

const known = {
  filters: { status: ["in_order", "overdue"], class: ["earning", "public"], missing: ["papers", "owner"] },
  sectors: ["water"],
  today: "2026-11-22",
};
const read = (search) => parse(search, known);

test("an empty address is the initial state", () => {
  const { state, leftOut } = read("");
  assert.deepEqual(state, initial());
  assert.deepEqual(leftOut, []);
});

test("a state written as an address reads as the same state", () => {
  const state = {
    ...initial(),
    area: "610327103",
    view: { lng: 106.86, lat: 34.95, zoom: 9.5 },
    layers: ["assets", "regions"],
    filters: { status: ["overdue"], year: ["2024", "2025"], sector: ["water"] },
    q: "八渡 50% & <b>",
    on: "2026-01-31",
    sel: { layer: "assets", id: "123" },
    list: "assets",
    sort: "value",
    page: 3,
  };
  state.by.assets = "class";
  const again = read(`?${format(state)}`);
  assert.deepEqual(again.state, state);
  assert.deepEqual(again.leftOut, []);
});

test("a view without layers stays without layers", () => {
  const state = { ...initial(), layers: [] };
  assert.deepEqual(read(format(state)).state.layers, []);
});

test("what cannot be used is left out and named, the rest is kept", () => {
  const { state, leftOut } = read(
    "area=<script>&view=200,0,9&layers=assets,nonsense&by=assets:colour&status=overdue,bogus&year=12&on=2026-02-30&sel=x:1&list=zzz&page=-1",
  );
  assert.equal(state.area, "");
  assert.equal(state.view, null);
  assert.deepEqual(state.layers, ["assets"]);
  assert.deepEqual(state.filters, { status: ["overdue"] });
  assert.equal(state.page, 1);
  assert.deepEqual(leftOut.sort(), ["area", "by", "layers", "list", "on", "page", "sel", "status", "view", "year"]);
});

test("words of 10,000 characters are cut to a hundred", () => {
  const { state, leftOut } = read(`q=${"陇".repeat(10_000)}`);
  assert.equal(state.q.length, 100);
  assert.deepEqual(leftOut, ["q"]);
});

test("names of the language's own objects are no layers or presets", () => {
  assert.deepEqual(read("layers=constructor&by=toString:length&preset=valueOf").leftOut.sort(), ["by", "layers", "preset"]);
});

test("a preset chooses layers and this year's projects, and the address may change both", () => {
  const planner = read("preset=planner").state;
  assert.deepEqual(planner.filters, { year: ["2026"] });
  assert.ok(planner.layers.includes("projects"));
  const changed = read("preset=planner&year=2024&layers=assets").state;
  assert.deepEqual(changed.filters, { year: ["2024"] });
  assert.deepEqual(changed.layers, ["assets"]);
});

test("a filter of a preset that was taken away stays away", () => {
  const state = read("preset=planner").state;
  delete state.filters.year;
  assert.deepEqual(read(format(state)).state.filters, {});
});

test("the filter's part of the address holds nothing of view or layers", () => {
  const state = { ...initial(), area: "610327", filters: { status: ["overdue", "in_order"] }, q: "路" };
  assert.equal(filterQuery(state, { level: "town" }), "area=610327&status=overdue,in_order&q=%E8%B7%AF&level=town");
});

test("a layer's tiles ask only for what narrows that layer", () => {
  const state = { ...initial(), area: "610327", filters: { status: ["overdue"], stage: ["started"], year: ["2024"] } };
  assert.equal(layerQuery("villages", state), "area=610327");
  assert.equal(layerQuery("assets", state), "area=610327&status=overdue&year=2024");
  assert.equal(layerQuery("projects", state), "area=610327&stage=started&year=2024");
});
