/** What is filled in at the terminal before the call; every function returns a new draft. */

/**
 * @typedef {object} PersonDraft
 * @property {string} name
 * @property {string} phone
 * @property {boolean|null} recording  null: not asked yet
 * @property {boolean|null} lawyer_presence  null: not asked yet
 * @property {string|null} [was]  who they were in the session that is continued
 *
 * @typedef {object} Draft
 * @property {import("../wire/types.js").SessionKind} kind
 * @property {string} matter
 * @property {PersonDraft[]} persons
 * @property {string} facts
 * @property {boolean|null} mediatorRecording
 * @property {import("../wire/types.js").Need[]} needs
 * @property {string} language
 * @property {{id: string, number: string}|null} continues  the session of an earlier day
 */

export const MOST_PERSONS = 12;
export const MOST_FACTS = 2000;

/** @returns {PersonDraft} */
const emptyPerson = () => ({ name: "", phone: "", recording: null, lawyer_presence: null });

/**
 * @param {Draft["kind"]} kind
 * @returns {Draft}
 */
export function emptyDraft(kind) {
  const rows = kind === "mediation" ? 2 : 1;
  return {
    kind,
    matter: "",
    persons: Array.from({ length: rows }, emptyPerson),
    facts: "",
    mediatorRecording: null,
    needs: [],
    language: "",
    continues: null,
  };
}

/**
 * What was filled in on the earlier day; what people agree to is asked anew.
 * @param {import("../wire/types.js").Adjourned} earlier
 * @returns {Draft}
 */
export function draftOf(earlier) {
  const here = earlier.persons.filter((one) => one.here);
  const { kind, matter, facts, needs, language, id, number } = earlier;
  return {
    ...emptyDraft(kind),
    matter: matter.code,
    persons: here.length
      ? here.map(({ id: was, name, phone }) => ({ ...emptyPerson(), name, phone, was }))
      : [emptyPerson()],
    facts,
    needs,
    language,
    continues: { id, number },
  };
}

/**
 * What an appointment is about; where an earlier day goes on then, all that was filled in on it.
 * @param {import("../wire/types.js").Appointment} appointment
 * @param {import("../wire/types.js").Adjourned[]} adjourned
 * @returns {Draft}
 */
export function draftAt({ kind, matter, continues }, adjourned) {
  const earlier = adjourned.find((one) => one.id === continues);
  return earlier ? draftOf(earlier) : { ...emptyDraft(kind), matter: matter.code };
}

/**
 * @param {Draft} draft
 * @param {number} index
 * @param {Partial<PersonDraft>} change
 * @returns {Draft}
 */
export function withPerson(draft, index, change) {
  const persons = draft.persons.map((person, n) => (n === index ? { ...person, ...change } : person));
  return { ...draft, persons };
}

/**
 * @param {Draft} draft
 * @returns {Draft}
 */
export function addPerson(draft) {
  if (draft.persons.length >= MOST_PERSONS) return draft;
  return { ...draft, persons: [...draft.persons, emptyPerson()] };
}

/**
 * Take a row away; one always stays.
 * @param {Draft} draft
 * @param {number} index
 * @returns {Draft}
 */
export function removePerson(draft, index) {
  const persons = draft.persons.filter((_, n) => n !== index);
  return { ...draft, persons: persons.length ? persons : [emptyPerson()] };
}

/**
 * Say, or take back, why these people come first.
 * @param {Draft} draft
 * @param {import("../wire/types.js").Need} need
 * @returns {Draft}
 */
export function toggleNeed(draft, need) {
  const without = draft.needs.filter((one) => one !== need);
  return { ...draft, needs: without.length < draft.needs.length ? without : [...draft.needs, need] };
}

/**
 * The rows that name somebody, with their place in the draft.
 * @param {Draft} draft
 */
export function namedPersons(draft) {
  return draft.persons
    .map((person, index) => ({ ...person, index }))
    .filter((person) => person.name.trim() !== "");
}

/**
 * What is still to be asked before the call, as a sentence; empty when nothing is.
 * @param {Draft} draft
 * @returns {string}
 */
export function missing(draft) {
  const persons = namedPersons(draft);
  if (!draft.matter) return "还没有选择类别";
  if (persons.length === 0) return "还没有填写姓名";
  const against = persons.find((person) => person.lawyer_presence === false);
  if (against) return `${against.name.trim()}不同意律师参加，请先与其商量`;
  const unasked = persons.find((person) => person.lawyer_presence === null || person.recording === null);
  if (unasked) return unaskedWords(unasked);
  if (draft.mediatorRecording === null) return "还没有选择调解员本人是否同意录音录像";
  return "";
}

/** @param {PersonDraft} person */
const unaskedWords = ({ name, lawyer_presence }) =>
  `还没有询问${name.trim()}是否同意${lawyer_presence === null ? "值班律师参加" : "录音录像"}`;

/**
 * Whether the session would be recorded: everybody agrees.
 * @param {Draft} draft
 */
export function wouldRecord(draft) {
  return draft.mediatorRecording === true && namedPersons(draft).every((one) => one.recording);
}

/**
 * The body of `session.request`.
 * @param {Draft} draft  with nothing missing
 * @param {string} notice  version of the text that was read
 */
export function requestBody(draft, notice) {
  return {
    kind: draft.kind,
    matter: draft.matter,
    persons: namedPersons(draft).map((person) => ({
      name: person.name.trim(),
      phone: person.phone.trim(),
      recording: person.recording === true,
      lawyer_presence: person.lawyer_presence === true,
      ...(person.was ? { was: person.was } : {}),
    })),
    notice,
    mediator_recording: draft.mediatorRecording === true,
    facts: draft.facts.trim(),
    needs: draft.needs,
    language: draft.language,
    ...(draft.continues ? { continues: draft.continues.id } : {}),
  };
}
