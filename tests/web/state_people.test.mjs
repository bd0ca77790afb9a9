import assert from "node:assert/strict";
import test from "node:test";
import { nextIn } from "../../web/static/js/state/people.js";

const seated = (count, more = {}) => Array.from({ length: count }, (_, place) => ({ place, state: "connected", ...more }));

test("before somebody is let in it is known how they will take part", () => {
  assert.equal(nextIn({ participants: seated(5) }), "picture");
  assert.equal(nextIn({ participants: seated(6) }), "sound");
  assert.equal(nextIn({ participants: seated(11) }), "sound");
  assert.equal(nextIn({ participants: seated(12) }), "full");
});

test("who has left takes no place, and a place by sound alone is no picture's", () => {
  const [, ...others] = seated(7);
  assert.equal(nextIn({ participants: [{ place: 0, state: "left" }, ...others] }), "picture");
});
