import assert from "node:assert/strict";
import { test } from "node:test";
import {
  adviceBody,
  correctionOf,
  draftFrom,
  emptyAdvice,
  isBlank,
  isComplete,
  leftToWrite,
  mediaSeconds,
} from "../../web/static/js/state/advice.js";
import { citationFrom } from "../../web/static/js/state/statutes.js";

const session = (since, live_at) => ({ live_at, recording: { state: "recording", since } });

test("media time counts from the recording, else from the talk", () => {
  assert.equal(mediaSeconds(session(10_000, 9_000), 12_500), 2.5);
  assert.equal(mediaSeconds(session(null, 9_000), 12_500), 3.5);
  assert.equal(mediaSeconds(session(null, null), 12_500), null);
});

test("an entry needs its text, and rows without a law are left out", () => {
  const draft = emptyAdvice("02");
  assert.equal(isBlank(draft), true);
  assert.equal(isComplete(draft), false);
  const written = {
    ...draft,
    advice: " 先恢复排水 ",
    legal_basis: [
      { law: " 民法典 ", article: "第二百九十条", version_date: "" },
      { law: " ", article: "第一条", version_date: "" },
    ],
  };
  assert.equal(isComplete(written), true);
  assert.deepEqual(adviceBody(written, "s"), {
    session: "s",
    matter: "02",
    advice: "先恢复排水",
    legal_basis: [{ law: "民法典", article: "第二百九十条", version_date: "" }],
    bring: "",
    next_step: "",
    moment: null,
    corrects: null,
  });
});

test("a correction names the entry and keeps its moment", () => {
  const entry = {
    id: "a",
    matter: { code: "02" },
    advice: "旧",
    legal_basis: [],
    bring: "",
    next_step: "",
    media_seconds: 12,
  };
  const draft = correctionOf(entry);
  assert.equal(draft.corrects, "a");
  assert.equal(draft.moment, 12);
});

test("a kept draft is read back, anything odd is none", () => {
  const draft = { ...emptyAdvice("02"), advice: "写到一半" };
  assert.deepEqual(draftFrom(JSON.stringify(draft)), draft);
  for (const odd of [null, "", "{", "7", "null", '{"advice":1}']) assert.equal(draftFrom(odd), null);
});

test("a known law brings the date of its version, another law loses it", () => {
  const statutes = [{ law: "民法典", status: "to_confirm", version_date: "2021-01-01", articles: [] }];
  const known = citationFrom({ law: "民法典", article: "", version_date: "" }, statutes);
  assert.equal(known.version_date, "2021-01-01");
  assert.equal(citationFrom({ ...known, law: "某条例" }, statutes).version_date, "");
  const typed = { law: "某条例", article: "", version_date: "2020-05-01" };
  assert.equal(citationFrom(typed, statutes).version_date, "2020-05-01");
});

test("what was typed after an entry was sent stays, and corrects what its correction became", () => {
  const sent = { ...emptyAdvice("02"), advice: "先恢复排水", sentAs: "c1" };
  assert.equal(leftToWrite(sent, "c1", "a1"), null);
  const since = { ...sent, advice: "先恢复排水，再谈费用", sentAs: null };
  assert.deepEqual(leftToWrite(since, "c1", "a1"), since);
  assert.equal(leftToWrite({ ...since, corrects: "a0" }, "c1", "a1")?.corrects, "a1");
});
