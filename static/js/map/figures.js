// Figures per region, for choropleths: fetched by level, kept as steps of five classes.

import { ask } from "./notices.js";
import { FIGURES, filterQuery } from "./state.js";

const kept = new Map();

/** The step of a value: 0 for zero, 1 to 5 by the class limits, null for no data. */
export function stepOf(value, limits) {
  if (value === null || value === undefined || Number.isNaN(Number(value))) return null;
  if (Number(value) === 0) return 0;
  const inner = limits.slice(0, 4);
  return 1 + inner.filter((limit) => Number(value) > limit).length;
}

/** Figures of a level: { steps: Map(id → step), shown: Map(id → text), limits, formula }, or null. */
export async function figuresOf(figure, level, state) {
  if (!FIGURES.includes(figure)) return null;
  const address = `/maintenance/figures.json?${filterQuery(state, { level, figure })}`;
  if (kept.has(address)) return kept.get(address);
  const answer = await ask(address, { json: true });
  if (!answer) return null;
  const limits = answer.classes ?? [];
  const steps = new Map();
  const shown = new Map();
  for (const row of answer.figures) {
    const step = stepOf(row.value, limits);
    if (step !== null) steps.set(row.region_id, step);
    shown.set(row.region_id, row.shown);
  }
  const result = { steps, shown, limits, formula: answer.formula ?? "" };
  if (kept.size > 40) kept.clear();
  kept.set(address, result);
  return result;
}
