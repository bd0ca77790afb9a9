import assert from "node:assert/strict";
import test from "node:test";
import { MOST_BYTES, described, givenAt, mayTakeBack, stateOf, whyNot } from "../../web/static/js/state/photos.js";

const file = (more) => ({ size: 1000, type: "image/jpeg", name: "a.jpg", ...more });

test("what the service would refuse is not sent at all, and a sentence says why", () => {
  assert.equal(whyNot(file({})), "");
  assert.match(whyNot(file({ size: 0 })), /没有收到/);
  assert.match(whyNot(file({ size: MOST_BYTES + 1 })), /太大/);
  assert.match(whyNot(file({ type: "image/heic" })), /HEIC/);
  assert.match(whyNot(file({ type: "", name: "IMG_1.HEIC" })), /HEIC/);
});

test("a photo is told in words: whose, what, and who sees it", () => {
  const photo = { me: false, name: "王小河", caption: "欠条", shown: false, aside: false, earlier: false, away: false, at: 0 };
  assert.equal(described(photo), "王小河交的照片：欠条，对方看不到");
  assert.match(described({ ...photo, shown: true }), /都看得到/);
  assert.match(described({ ...photo, aside: true }), /单独谈话/);
  assert.match(described({ ...photo, name: "" }), /^一位当事人/);
  assert.match(described({ ...photo, me: true, caption: "" }), /^我交的照片，/);
});

test("of an earlier day's photo the day is told", () => {
  const at = Date.parse("2026-11-23T01:30:00Z");
  const photo = { me: false, name: "王小河", caption: "欠条", shown: false, aside: false, earlier: true, at };
  assert.equal(described(photo), "王小河11月23日交的照片：欠条，今天没有给大家看，那次能看的人仍看得到");
  assert.match(givenAt(photo), /^11月23日 \d\d:30$/);
  assert.equal(stateOf(photo), "11月23日");
  assert.equal(stateOf({ ...photo, shown: true }), "大家可看");
  assert.equal(stateOf({ ...photo, earlier: false }), "未公开");
});

test("a photo is taken back by who gave it until everybody has seen it, and by the mediator", () => {
  const photo = { me: true, shown: false, away: false, earlier: false };
  assert.ok(mayTakeBack(photo, false));
  assert.ok(!mayTakeBack({ ...photo, me: false }, false));
  assert.ok(!mayTakeBack({ ...photo, shown: true }, false));
  assert.ok(mayTakeBack({ ...photo, me: false, shown: true }, true));
  assert.ok(!mayTakeBack({ ...photo, away: true }, true), "it is put away already");
  assert.ok(!mayTakeBack({ ...photo, earlier: true }, true), "what was signed on its day stays");
});
