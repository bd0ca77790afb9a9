import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MOST_PERSONS,
  addPerson,
  draftAt,
  draftOf,
  emptyDraft,
  missing,
  removePerson,
  requestBody,
  withPerson,
  wouldRecord,
} from "../../web/static/js/state/draft.js";

const filled = () => {
  let draft = { ...emptyDraft("mediation"), matter: "02", mediatorRecording: true };
  draft = withPerson(draft, 0, { name: " 王小河 ", lawyer_presence: true, recording: true });
  return withPerson(draft, 1, { name: "李大山", lawyer_presence: true, recording: false, phone: "123" });
};

test("a dispute has two sides, a question one", () => {
  assert.equal(emptyDraft("mediation").persons.length, 2);
  assert.equal(emptyDraft("consultation").persons.length, 1);
});

test("consent is asked, not assumed", () => {
  const { persons, mediatorRecording } = emptyDraft("mediation");
  const answers = persons.flatMap((one) => [one.lawyer_presence, one.recording]);
  assert.deepEqual([...answers, mediatorRecording], [null, null, null, null, null]);
  assert.match(missing(withPerson(filled(), 0, { lawyer_presence: null })), /王小河.*律师参加/);
  assert.equal(missing(emptyDraft("mediation")), "还没有选择类别");
  assert.match(missing({ ...filled(), persons: [] }), /姓名/);
  assert.match(missing(withPerson(filled(), 0, { recording: null })), /王小河.*录音录像/);
  assert.match(missing({ ...filled(), mediatorRecording: null }), /调解员/);
  assert.match(missing(withPerson(filled(), 1, { lawyer_presence: false })), /李大山不同意律师/);
  assert.equal(missing(filled()), "");
});

test("refusing is no obstacle, and means no recording", () => {
  assert.equal(missing(filled()), "");
  assert.equal(wouldRecord(filled()), false);
  assert.equal(wouldRecord(withPerson(filled(), 1, { recording: true })), true);
});

test("an empty row is nobody", () => {
  const body = requestBody(addPerson(filled()), "2026-01");
  assert.deepEqual(body.persons.map((one) => one.name), ["王小河", "李大山"]);
});

test("the request says exactly what the protocol lists", () => {
  assert.deepEqual(requestBody(filled(), "2026-01"), {
    kind: "mediation",
    matter: "02",
    persons: [
      { name: "王小河", phone: "", recording: true, lawyer_presence: true },
      { name: "李大山", phone: "123", recording: false, lawyer_presence: true },
    ],
    notice: "2026-01",
    mediator_recording: true,
    facts: "",
    needs: [],
    language: "",
  });
});

test("rows are bounded at both ends", () => {
  let draft = emptyDraft("mediation");
  for (let n = 0; n < 20; n += 1) draft = addPerson(draft);
  assert.equal(draft.persons.length, MOST_PERSONS);
  for (let n = 0; n < 20; n += 1) draft = removePerson(draft, 0);
  assert.equal(draft.persons.length, 1);
});

test("what goes on another day is filled in, and consent is asked anew", () => {
  const persons = [
    { id: "p1", name: "王小河", phone: "", here: true },
    { id: "p2", name: "李大山", phone: "", here: false },
  ];
  const earlier = { id: "s1", number: "1-2", kind: "mediation", matter: { code: "02", name: "" }, facts: "院墙", needs: [], language: "", persons };
  const draft = draftOf(earlier);
  assert.deepEqual(draft.persons.map((one) => [one.name, one.recording]), [["王小河", null]]);
  assert.equal(draft.persons[0].lawyer_presence, null);
  const body = requestBody({ ...withPerson(draft, 0, { recording: true }), mediatorRecording: true }, "1");
  assert.equal(body.continues, "s1");
  assert.equal(body.persons[0].was, "p1");
  assert.equal("continues" in requestBody(filled(), "1"), false);
  const appointment = { kind: "mediation", matter: { code: "02", name: "" }, continues: "s1" };
  assert.deepEqual(draftAt(appointment, [earlier]), draft);
  const alone = draftAt({ ...appointment, continues: null }, [earlier]);
  assert.deepEqual([alone.matter, alone.continues, alone.persons[0].name], ["02", null, ""]);
});
