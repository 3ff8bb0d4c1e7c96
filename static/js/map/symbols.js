// Small pictures of statuses, stages and types, drawn on a canvas for map, legend and print.

import {
  ASSET_CLASS, BUBBLES, CATEGORY, FACILITY_GLYPHS, FACILITY_STATUS, OPERATING, SITE_TYPE, STATUS, facilityColour,
  stageMark,
} from "./palette.js";

const HALF = 11;
export const RATIO = Math.min(3, Math.max(2, Math.ceil(globalThis.devicePixelRatio ?? 2)));
const TABLES = {
  status: STATUS, class: ASSET_CLASS, operating: OPERATING, site_type: SITE_TYPE, facility_status: FACILITY_STATUS,
};
let names = { language: "zh", facilityTypes: {} };

/** Say which language the glyphs are in. */
export function speak(desk) {
  names = desk;
}

/** Picture of one code: `status/overdue`, `stage/started`, `facility_type/clinic`, `donut/3/4/2` … */
export function drawSymbol(id, ratio = RATIO) {
  const [kind, ...rest] = id.split("/");
  if (kind === "donut") return drawDonut(...rest.map(Number), ratio);
  if (kind === "plain") return drawPlate(rest[0], Number(rest[1]), ratio);
  const [pen, canvas] = canvasOf(HALF * 2, ratio);
  pen.translate(HALF, HALF);
  const code = rest[0];
  if (kind === "stage") drawStage(pen, code, rest[1] === "behind");
  else if (kind === "category") drawTile(pen, CATEGORY[code] ?? CATEGORY.other);
  else if (kind === "facility_type") drawFacility(pen, code);
  else if (kind === "key") drawStar(pen, code === "demonstration");
  else if (TABLES[kind]) drawShape(pen, ...(TABLES[kind][code] ?? ["#9aa0a6", "bar"]));
  else return null;
  return canvas;
}

/** Let a map draw its symbols when it first needs them. */
export function offerSymbols(map) {
  map.setMissingStyleImageResolver((id) => {
    const canvas = drawSymbol(id);
    if (!canvas || map.hasImage(id)) return;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    map.addImage(id, pixels, { pixelRatio: RATIO });
  });
}

function canvasOf(side, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * ratio;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(ratio, ratio);
  pen.lineJoin = "round";
  return [pen, canvas];
}

function drawShape(pen, colour, shape) {
  const outline = SHAPES[shape];
  pen.lineWidth = 3;
  pen.strokeStyle = "#fff";
  pen.fillStyle = "#fff";
  outline(pen);
  pen.stroke();
  pen.fill();
  pen.fillStyle = pen.strokeStyle = colour;
  if (shape === "half") {
    pen.lineWidth = 1.6;
    pen.stroke();
    pen.beginPath();
    pen.arc(0, 0, 5.6, Math.PI / 2, -Math.PI / 2);
    pen.fill();
  } else if (shape === "diamond" || shape === "ring") {
    pen.lineWidth = 2;
    pen.stroke();
  } else if (shape === "cross") {
    pen.lineWidth = 2.6;
    pen.stroke();
  } else {
    pen.fill();
  }
}

const SHAPES = {
  disc: (pen) => round(pen, 5.4),
  half: (pen) => round(pen, 5.6),
  ring: (pen) => round(pen, 4.8),
  square: (pen) => box(pen, -4.8, -4.8, 9.6, 9.6, 1.5),
  triangle: (pen) => polygon(pen, [[0, -6.8], [6.8, 5.2], [-6.8, 5.2]]),
  drop: (pen) => polygon(pen, [[0, 6.4], [6.4, -4.8], [-6.4, -4.8]]),
  diamond: (pen) => polygon(pen, [[0, -6.6], [6.2, 0], [0, 6.6], [-6.2, 0]]),
  bar: (pen) => box(pen, -5.4, -1.6, 10.8, 3.2, 1.4),
  cross: (pen) => {
    pen.beginPath();
    for (const [x, y] of [[-4.4, -4.4], [4.4, -4.4]]) {
      pen.moveTo(x, y);
      pen.lineTo(-x, -y);
    }
  },
  house: (pen) => polygon(pen, [[0, -7.2], [7.2, -0.8], [5.2, -0.8], [5.2, 6], [-5.2, 6], [-5.2, -0.8], [-7.2, -0.8]]),
  tower: (pen) => polygon(pen, [[-5.8, 6], [-5.8, -3], [-0.6, -3], [-0.6, -7.4], [5.8, -7.4], [5.8, 6]]),
};

function drawStage(pen, stage, isBehind) {
  const [colour, share] = stageMark(stage);
  pen.fillStyle = "#fff";
  round(pen, 8.6);
  pen.fill();
  if (isBehind) {
    pen.strokeStyle = "#d55e00";
    pen.lineWidth = 2.2;
    round(pen, 8.2);
    pen.stroke();
  }
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.7;
  round(pen, 5.9);
  pen.stroke();
  if (share === null) {
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(-3 * side, -3);
      pen.lineTo(3 * side, 3);
    }
    pen.stroke();
  } else if (share > 0) {
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.arc(0, 0, 5.4, -Math.PI / 2, -Math.PI / 2 + share * 2 * Math.PI);
    pen.fill();
  }
}

function drawTile(pen, [colour, chinese, latin]) {
  pen.fillStyle = "#fff";
  box(pen, -8.6, -8.6, 17.2, 17.2, 4);
  pen.fill();
  pen.fillStyle = colour;
  box(pen, -7.4, -7.4, 14.8, 14.8, 3.2);
  pen.fill();
  glyph(pen, names.language === "en" ? latin : chinese, 10.5);
}

function drawFacility(pen, type) {
  pen.fillStyle = "#fff";
  round(pen, 8.6);
  pen.fill();
  pen.fillStyle = facilityColour(type);
  round(pen, 7.4);
  pen.fill();
  const latin = (names.facilityTypes[type] ?? "?").slice(0, 1).toUpperCase();
  glyph(pen, names.language === "en" ? latin : (FACILITY_GLYPHS[type] ?? latin), 9.5);
}

function drawStar(pen, isHollow) {
  const points = [];
  for (let i = 0; i < 10; i++) {
    const reach = i % 2 ? 3.5 : 8.2;
    points.push([reach * Math.sin((i * Math.PI) / 5), -reach * Math.cos((i * Math.PI) / 5)]);
  }
  polygon(pen, points);
  pen.lineWidth = 3.2;
  pen.strokeStyle = "#fff";
  pen.stroke();
  pen.fillStyle = isHollow ? "#fff" : "#e0a100";
  pen.fill();
  pen.lineWidth = 1.3;
  pen.strokeStyle = isHollow ? "#14566b" : "#6e4d00";
  pen.stroke();
}

// A ring of twentieths: overdue, without upkeep, the rest.
function drawDonut(size, overdue, unarranged, ratio) {
  const radius = [13, 16, 19, 23][size] ?? 13;
  const [pen, canvas] = canvasOf(radius * 2 + 4, ratio);
  pen.translate(radius + 2, radius + 2);
  pen.fillStyle = "#fff";
  round(pen, radius + 1);
  pen.fill();
  let from = -Math.PI / 2;
  const parts = [[overdue, STATUS.overdue[0]], [unarranged, STATUS.unarranged[0]], [20 - overdue - unarranged, "#8fb3ae"]];
  pen.lineWidth = 4;
  for (const [twentieths, colour] of parts) {
    if (twentieths <= 0) continue;
    const to = from + (twentieths / 20) * 2 * Math.PI;
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.arc(0, 0, radius - 2, from, to);
    pen.stroke();
    from = to;
  }
  return canvas;
}

// A white plate with the layer's colour around the number.
function drawPlate(layer, size, ratio) {
  const half = [9, 11, 14, 17][size] ?? 9;
  const [pen, canvas] = canvasOf(half * 2 + 4, ratio);
  pen.translate(half + 2, half + 2);
  pen.fillStyle = "#fff";
  pen.strokeStyle = BUBBLES[layer];
  pen.lineWidth = 1.8;
  box(pen, -half, -half + 1, half * 2, half * 2 - 2, layer === "projects" ? 3 : half);
  pen.fill();
  pen.stroke();
  return canvas;
}

function glyph(pen, text, size) {
  pen.fillStyle = "#fff";
  pen.font = `600 ${size}px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, 0, 0.6);
}

function round(pen, radius) {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, Math.PI * 2);
}

function box(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
}

function polygon(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
}
