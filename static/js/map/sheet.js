// The map as a sheet: title, legend, scale bar, north arrow, date and what must be said of it.

import { chosenOf } from "./filters.js";
import { drawSymbol } from "./symbols.js";
import { desk, figure, say } from "./words.js";

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const MARGIN = 28;
const HEAD = 74;
const FOOT = 46;
const SIDE = 230;
const INK = "#1d2a30";
const SOFT = "#53636b";

/** Compose the sheet on a canvas from the map's drawing and the legend's data. */
export function drawSheet(map, state, legend) {
  const picture = map.getCanvas();
  const [width, height] = [map.getContainer().clientWidth, map.getContainer().clientHeight];
  const ratio = Math.min(3, Math.max(2, devicePixelRatio));
  const canvas = document.createElement("canvas");
  const whole = [width + SIDE + MARGIN * 2 + 20, Math.max(height, legendHeight(legend)) + HEAD + FOOT];
  [canvas.width, canvas.height] = whole.map((side) => side * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, ...whole);
  pen.drawImage(picture, MARGIN, HEAD, width, height);
  pen.strokeStyle = "#8d9a9c";
  pen.strokeRect(MARGIN, HEAD, width, height);
  drawHead(pen, state, legend, whole[0]);
  drawNorth(pen, MARGIN + width - 34, HEAD + 44);
  drawScale(pen, map, MARGIN + 16, HEAD + height - 18);
  drawLegend(pen, legend, MARGIN + width + 20, HEAD);
  drawFoot(pen, whole);
  return canvas;
}

function drawHead(pen, state, legend, width) {
  const told = legend.filter(({ layer, rows }) => rows.length > 0 && layer !== "roads").map((entry) => entry.name);
  const layers = told.slice(0, 4).join(say("list_separator")) || say("layer_regions");
  write(pen, say("title", { area: desk.area.name, layers }), MARGIN, 40, 24, INK, 600);
  const chosen = chosenOf(state).map(({ text }) => text).join("; ");
  if (chosen) write(pen, say("filtered", { what: chosen }), MARGIN, 60, 12.5, SOFT, 400, width - MARGIN * 2);
  const stamp = desk.demonstration ? `${say("demonstration")} · ${say("schematic")}` : say("schematic");
  pen.textAlign = "right";
  write(pen, stamp, width - MARGIN, 38, 16, "#8a5a00", 600);
  pen.textAlign = "left";
}

function drawFoot(pen, [width, height]) {
  const parts = [say("as_of", { day: desk.on || desk.today }), say("made_on", { day: desk.today }), say("source")];
  write(pen, parts.join("    "), MARGIN, height - 16, 12, SOFT);
  pen.textAlign = "right";
  if (desk.basemap?.attribution) write(pen, desk.basemap.attribution, width - MARGIN, height - 16, 12, SOFT);
  pen.textAlign = "left";
}

function drawNorth(pen, x, y) {
  pen.fillStyle = "rgba(255,255,255,0.85)";
  pen.beginPath();
  pen.arc(x, y, 24, 0, Math.PI * 2);
  pen.fill();
  for (const [side, colour] of [[-1, INK], [1, "#9fb0b5"]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(x, y - 10);
    pen.lineTo(x + 8 * side, y + 17);
    pen.lineTo(x, y + 11);
    pen.fill();
  }
  pen.textAlign = "center";
  write(pen, say("north"), x, y - 12, 12, INK, 600);
  pen.textAlign = "left";
}

function drawScale(pen, map, x, y) {
  const middle = map.getContainer().clientHeight / 2;
  const metres = map.unproject([0, middle]).distanceTo(map.unproject([120, middle]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const round = [5, 2, 1].find((step) => step * power <= metres) * power;
  const length = (120 * round) / metres;
  pen.fillStyle = "rgba(255,255,255,0.85)";
  pen.fillRect(x - 8, y - 24, length + 16, 34);
  pen.fillStyle = INK;
  pen.fillRect(x, y, length / 2, 5);
  pen.strokeStyle = INK;
  pen.strokeRect(x, y, length, 5);
  write(pen, round >= 1000 ? `${figure(round / 1000)} ${say("km")}` : `${figure(round)} ${say("m")}`, x, y - 7, 12, INK);
}

function drawLegend(pen, legend, x, top) {
  let y = top + 16;
  write(pen, say("legend"), x, y, 15, INK, 600);
  for (const { name, rows } of legend) {
    if (rows.length === 0) continue;
    y += 26;
    write(pen, name, x, y, 13, INK, 600);
    for (const row of rows.filter((one) => !one.note)) {
      y += 21;
      drawSwatch(pen, row, x, y - 15);
      write(pen, row.name, x + 28, y, 12.5, INK, 400, SIDE - 90);
      if (row.count !== null) {
        pen.textAlign = "right";
        write(pen, figure(row.count), x + SIDE - 10, y, 12.5, SOFT);
        pen.textAlign = "left";
      }
    }
  }
}

function drawSwatch(pen, row, x, y) {
  if (row.symbol) pen.drawImage(drawSymbol(row.symbol, 4), x, y, 22, 22);
  else if (row.fill) {
    pen.fillStyle = row.fill;
    pen.fillRect(x + 2, y + 4, 19, 13);
    pen.strokeStyle = "#8d9a9c";
    pen.strokeRect(x + 2, y + 4, 19, 13);
  } else if (row.line) {
    pen.fillStyle = row.line[0];
    pen.fillRect(x + 1, y + 10, 21, row.line[1] + 1);
  }
}

function legendHeight(legend) {
  return 40 + legend.reduce((sum, { rows }) => sum + (rows.length > 0 ? 26 + rows.length * 21 : 0), 0);
}

function write(pen, text, x, y, size, colour, weight = 400, width = undefined) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.fillText(text, x, y, width);
}
