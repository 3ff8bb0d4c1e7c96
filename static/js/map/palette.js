// Colours and shapes: every code has both, so that no reader depends on colour alone.

export const ACCENT = "#14566b";
export const STATUS = {
  in_order: ["#009e73", "disc"],
  due_soon: ["#e69f00", "half"],
  overdue: ["#d55e00", "triangle"],
  unarranged: ["#8e5b9a", "diamond"],
  exempt: ["#9aa0a6", "bar"],
};
export const ASSET_CLASS = {
  earning: ["#0072b2", "square"],
  public: ["#009e73", "disc"],
  household: ["#cc79a7", "drop"],
};
export const OPERATING = {
  operating: ["#009e73", "disc"],
  inefficient: ["#e69f00", "half"],
  idle: ["#d55e00", "ring"],
  seasonal: ["#56b4e9", "half"],
  under_construction: ["#b58900", "triangle"],
  in_dispute: ["#8e5b9a", "diamond"],
  damaged: ["#a5281b", "cross"],
  disposed: ["#9aa0a6", "bar"],
};
// A stage is told by how far its disc is filled and by how dark it is.
export const STAGE_ORDER = [
  "planned", "library", "listed", "approved", "contracted", "started", "finished", "accepted", "handed_over",
];
export const STAGE_COLOURS = [
  "#7fa8c9", "#6a9bc2", "#548dbb", "#3f7fb3", "#2c71a8", "#1d6399", "#155487", "#0f4674", "#0a3860",
];
export const CATEGORY = {
  industry: ["#b0640b", "产", "I"],
  employment: ["#7a5195", "就", "E"],
  rural_construction: ["#2f6690", "建", "R"],
  relocation_support: ["#a3416b", "搬", "M"],
  three_guarantees: ["#2a7f62", "保", "G"],
  governance: ["#5b6c2b", "治", "C"],
  management_fee: ["#6b7278", "管", "F"],
  other: ["#8a7f72", "其", "O"],
};
export const VILLAGE_CLASS = {
  clustered: "#f0bf94",
  suburban: "#a9c6e2",
  characteristic: "#b1d6a7",
  relocating: "#d2b6d8",
  other: "#dddccf",
};
export const SITE_TYPE = { urban: ["#a3416b", "tower"], rural: ["#a3416b", "house"] };
export const FACILITY_STATUS = {
  in_use: ["#49616b", "disc"],
  idle: ["#d55e00", "ring"],
  closed: ["#9aa0a6", "cross"],
  planned: ["#56b4e9", "half"],
};
export const FACILITY_GLYPHS = {
  village_office: "村", clinic: "诊", health_centre: "卫", hospital: "医", kindergarten: "幼", primary_school: "小",
  middle_school: "中", elderly_care: "养", care_centre: "老", culture_square: "文", delivery_point: "递",
  delivery_hub: "物", cold_store: "冷", waste_point: "废", toilet: "厕", workshop: "工", market: "集",
};
const FACILITY_COLOURS = ["#49616b", "#7a5195", "#2a7f62", "#b0640b", "#2f6690", "#a3416b"];
export const ROADS = {
  national: ["#c98f5a", 2.6],
  provincial: ["#d3a878", 2.1],
  county: ["#b9ab98", 1.6],
  town: ["#bdb7ad", 1.1],
  village: ["#cac7c0", 0.8],
};
// Five steps from light to dark for a figure; zero is white and no data is grey.
export const STEPS = {
  overdue_share: ["#fdebd3", "#f8cd9b", "#ee9f5f", "#d66b2b", "#9a3f0c"],
  unarranged_share: ["#efe6f2", "#d9c2df", "#bb96c6", "#956aa4", "#663c76"],
  assets: ["#e1eef0", "#b5d3d9", "#7fb0ba", "#458696", "#14566b"],
  value: ["#e1eef0", "#b5d3d9", "#7fb0ba", "#458696", "#14566b"],
};
export const ZERO = "#ffffff";
export const NO_DATA = "#d9dcda";
export const BUBBLES = { assets: "#14566b", projects: "#2f6690", facilities: "#6b7278" };

/** Colour of a facility type, the same wherever it is drawn. */
export function facilityColour(type) {
  const place = Math.max(0, Object.keys(FACILITY_GLYPHS).indexOf(type));
  return FACILITY_COLOURS[place % FACILITY_COLOURS.length];
}

/** The colour and mark of a stage: how much of the disc is filled, from 0 to 1. */
export function stageMark(stage) {
  const place = STAGE_ORDER.indexOf(stage);
  return place < 0 ? ["#9aa0a6", null] : [STAGE_COLOURS[place], place / (STAGE_ORDER.length - 1)];
}
