// What is understood of an amount or a share, said while it is typed; the server reads it again.

const SCALES = { 亿: 1e8, 千万: 1e7, 百万: 1e6, 十万: 1e5, 万: 1e4, 千: 1e3, 百: 100 };
const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+`;
const PART = new RegExp(`(${NUMBER})(亿|千万|百万|十万|万|千|百)?`, "y");

/** Yuan as written by people, or null: 12万, 12.5 万元, 1亿2000万, １２５，０００. */
export function readYuan(text) {
  let body = plain(text).replace(/^(?:人民币|rmb|cny|¥)|(?:rmb|cny)$/gi, "").replace(/(?:[元圆块]整?|yuan)$/i, "");
  body = body.replace(/([\d.])(?:w|wan)$/i, "$1万");
  const sign = /^[-−]/.test(body) ? -1 : 1;
  body = body.replace(/^[-−+]/, "");
  let total = 0, below = null, end = 0;
  while (end < body.length) {
    PART.lastIndex = end;
    const part = PART.exec(body);
    if (!part) return null;
    const number = Number(part[1].replaceAll(",", ""));
    const scale = SCALES[part[2]] ?? 1;
    // 12万5 is said for 125,000 and for 120,005.
    if (below !== null && (below === 1 || number * scale >= below || (scale === 1 && number * 10 < below))) return null;
    total += number * scale;
    below = scale;
    end = PART.lastIndex;
  }
  return below === null || total > 1e12 ? null : (sign * Math.round(total * 100)) / 100;
}

/** A share as { above, below } in lowest terms, or null: 1/3, 33.33%, 0.5. */
export function readShare(text) {
  const written = plain(text).replace("⁄", "/");
  let found = /^(\d{1,9})\/(\d{1,9})$/.exec(written);
  if (found) return lowest(Number(found[1]), Number(found[2]));
  found = /^(\d{1,3})(?:\.(\d{0,9}))?(%?)$/.exec(written);
  if (!found) return null;
  const digits = found[2] ?? "";
  return lowest(Number(found[1] + digits), 10 ** digits.length * (found[3] ? 100 : 1));
}

function lowest(above, below) {
  if (!below || !above || above > below) return null;
  const divisor = greatestCommonDivisor(above, below);
  return { above: above / divisor, below: below / divisor };
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function plain(text) {
  return text.normalize("NFKC").replace(/\s/g, "");
}

/** A number with thousands marks, and decimals only where there are any. */
export function marked(number, digits = 2) {
  return number.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** Write below each amount and share of `form` what is understood. */
export async function readAlong(form) {
  const { say } = await import("./say.js");
  const readings = {
    money(text) {
      const yuan = readYuan(text);
      return yuan === null ? "" : say("yuan", { yuan: marked(yuan), wan: marked(yuan / 10_000, 6) });
    },
    share(text) {
      const share = readShare(text);
      if (!share) return "";
      const fraction = share.below === 1 ? "1" : `${share.above}/${share.below}`;
      return say("share", { fraction, percent: marked((share.above / share.below) * 100) });
    },
  };
  form.addEventListener("input", ({ target }) => {
    const read = readings[target.dataset?.reads];
    if (read) document.getElementById(`${target.id}-reading`).value = read(target.value);
  });
}
