// Figures per region, for choropleths: fetched by level, kept as steps of five classes.

import { ask } from "./notices.js";
import { FIGURES, filterQuery } from "./state.js";

const LEVELS = ["nation", "province", "city", "county", "town", "village"];
const kept = new Map();

/** The step of a value: 0 for zero, else the first class whose upper limit is not less; null for no data. */
export function stepOf(value, limits) {
  if (value === null || value === undefined) return null;
  if (value <= 0) return 0;
  const place = limits.findIndex((limit) => value <= limit);
  return place < 0 ? limits.length : place + 1;
}

/** Figures of a level: { steps: Map(id → step), shown: Map(id → text), limits, unit, formula }, or null. */
export async function figuresOf(figure, level, state, home) {
  if (!FIGURES.includes(figure) || LEVELS.indexOf(level) <= LEVELS.indexOf(home.level)) return null;
  // Borders are drawn for the whole home area, so the figures are asked for all of it.
  const address = `/maintenance/figures.json?${filterQuery({ ...state, area: home.code }, { level, figure, breaks: state.breaks })}`;
  if (kept.has(address)) return kept.get(address);
  const answer = await ask(address, { json: true });
  if (!answer) return null;
  const limits = answer.classes;
  const steps = new Map();
  const shown = new Map();
  for (const row of answer.figures) {
    const step = stepOf(row.value, limits);
    if (step !== null) steps.set(row.region_id, step);
    shown.set(row.region_id, row.shown);
  }
  const result = { steps, shown, limits: answer.classes_shown, unit: answer.unit, formula: answer.formula };
  if (kept.size > 40) kept.clear();
  kept.set(address, result);
  return result;
}
