import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError, CommandQueue, LIMIT } from "../../web/static/js/wire/queue.js";

function queue() {
  let n = 0;
  return new CommandQueue(() => String(++n));
}

test("an answer settles its command and no other", async () => {
  const commands = queue();
  const one = commands.add("duty.on", {}, true);
  const other = commands.add("duty.off", {}, true);
  commands.answer(one.envelope.id, { ok: true, body: { a: 1 } });
  assert.deepEqual(await one.done, { a: 1 });
  assert.deepEqual(commands.unanswered(), [other.envelope]);
});

test("what was not answered goes again, oldest first, with the same ids", () => {
  const commands = queue();
  const sent = [1, 2, 3].map((n) => commands.add("advice.add", { n }, true).envelope);
  commands.lineLost();
  assert.deepEqual(commands.unanswered(), sent);
});

test("a command that makes no sense later is given up with the line", async () => {
  const commands = queue();
  const { done } = commands.add("media.offer", {}, false);
  commands.lineLost();
  await assert.rejects(done, (error) => error instanceof CommandError && error.code === "offline");
  assert.equal(commands.size, 0);
});

test("no is an error with a stable code and a sentence", async () => {
  const commands = queue();
  const { envelope, done } = commands.add("call.accept", {}, true);
  commands.answer(envelope.id, { ok: false, code: "conflict", message: "已被接听" });
  await assert.rejects(done, { code: "conflict", message: "已被接听" });
});

test("a second answer changes nothing", async () => {
  const commands = queue();
  const { envelope, done } = commands.add("duty.on", {}, true);
  commands.answer(envelope.id, { ok: true, body: {} });
  commands.answer(envelope.id, { ok: false, code: "late", message: "" });
  assert.deepEqual(await done, {});
});

test("the queue is bounded", () => {
  const commands = queue();
  for (let n = 0; n < LIMIT; n += 1) commands.add("advice.add", {}, true);
  assert.throws(() => commands.add("advice.add", {}, true), { code: "queue_full" });
});

test("an earlier attempt's id is kept, so that it is done once", () => {
  assert.equal(queue().add("advice.add", {}, true, "earlier").envelope.id, "earlier");
});
