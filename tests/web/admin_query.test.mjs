import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered, pagesAround, queryOf, searchOf } from "../../web/static/js/admin/query.js";

test("a search and its address are the same thing", () => {
  const address = "?q=%E5%AE%85%E5%9F%BA+%E8%BE%B9%E7%95%8C&station=ab&recorded=yes&from=2026-01-01&page=3";
  assert.equal(searchOf(queryOf(address)), address);
  assert.equal(searchOf(queryOf("")), "");
  assert.equal(queryOf("?q=%E5%AE%85").q, "宅");
});

test("what an address should not hold is left out", () => {
  assert.equal(searchOf(queryOf("?page=-2&other=1&q=")), "");
  assert.equal(queryOf("?page=x").page, 1);
});

test("words alone do not filter", () => {
  assert.equal(filtered(queryOf("?q=a&page=2")), false);
  assert.equal(filtered(queryOf("?kind=mediation")), true);
});

test("pages around the present one, with gaps", () => {
  assert.deepEqual(pagesAround(1, 1), [1]);
  assert.deepEqual(pagesAround(1, 50), [1, 2, 0, 50]);
  assert.deepEqual(pagesAround(25, 50), [1, 0, 24, 25, 26, 0, 50]);
  assert.deepEqual(pagesAround(2, 3), [1, 2, 3]);
});
