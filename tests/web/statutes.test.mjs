import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = new URL("../../web/static/data/statutes.json", import.meta.url);
const { statutes } = JSON.parse(readFileSync(file, "utf8"));

test("every suggestion fits the fields it is put into", () => {
  for (const { law, status, version_date, articles } of statutes) {
    assert.ok(["confirmed", "to_confirm"].includes(status), law);
    assert.ok(law.length > 0 && law.length <= 60, law);
    assert.match(version_date, /^(\d{4}-\d\d-\d\d)?$/, law);
    for (const { article } of articles) assert.match(article, /^第[一二三四五六七八九十百千零]+条$/, law);
  }
});

test("a law is suggested once, and an article once in it", () => {
  const laws = statutes.map(({ law }) => law);
  assert.equal(new Set(laws).size, laws.length);
  for (const { law, articles } of statutes) {
    assert.equal(new Set(articles.map(({ article }) => article)).size, articles.length, law);
  }
});
