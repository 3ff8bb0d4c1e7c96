import assert from "node:assert/strict";
import { test } from "node:test";

import { readShare, readYuan } from "../../static/js/records/amounts.js";
import { isoDay } from "../../static/js/records/days.js";

test("an amount is read however it is written, as the server does", () => {
  const amounts = {
    125000: ["125000", "125,000", "１２５，０００", "12.5万", "12.5 万元", "12万5千"],
    120000: ["12w", "12 wan"],
    120000000: ["1.2亿", "1亿2000万元"],
    3000: ["人民币 3 千元整"],
    88.05: ["¥88.05", "88.05 yuan"],
    "-5": ["-5", "−5"],
  };
  for (const [yuan, texts] of Object.entries(amounts)) {
    for (const text of texts) assert.equal(readYuan(text), Number(yuan), text);
  }
});

test("what can be read in two ways or in none is not read", () => {
  for (const text of ["", "abc", "12万5", "1,25", "1.2.3", "--5", "万", "1e5", "12万万", "9".repeat(20)]) {
    assert.equal(readYuan(text), null, text);
  }
});

test("a share is a fraction in lowest terms", () => {
  assert.deepEqual(readShare("33.33%"), { above: 3333, below: 10000 });
  assert.deepEqual(readShare("50％"), { above: 1, below: 2 });
  assert.deepEqual(readShare(" 2 / 64 "), { above: 1, below: 32 });
  for (const text of ["", "0", "4/3", "1/0", "half", "101%"]) assert.equal(readShare(text), null, text);
});

test("a typed day opens the calendar there, one that cannot be does not", () => {
  for (const text of ["2024-3-5", "2024年3月5日", "2024.03.05", "２０２４/３/５"]) assert.equal(isoDay(text), "2024-03-05");
  for (const text of ["2023-2-29", "2024-13-1", "soon", ""]) assert.equal(isoDay(text), "");
});
