/** Canned views: one for each screen that is worth looking at. Moments are relative to now. */

const NOW = Date.now();
const ago = (seconds) => NOW - seconds * 1000;

const CARD = {
  id: "5".repeat(32),
  number: "20260309-204817",
  kind: "mediation",
  matter: { code: "02", name: "邻里纠纷" },
  station: "青禾镇公共法律服务工作站",
  requested_at: ago(65),
  needs: [],
  language: "",
  state: "requested",
  lawyer: null,
  live_at: null,
  ended_at: null,
};

const FACTS =
  "去年 10 月，李家翻建院墙，王家认为占了两家之间的排水沟，下雨时水流到自家院里。村里调解过一次，没有谈拢。";

const ADVICE = {
  id: "a".repeat(32),
  author: "林知远",
  at: ago(30),
  media_seconds: 95,
  matter: CARD.matter,
  advice:
    "排水沟由两家共用，李家翻建院墙不能把水排到王家。建议先恢复排水，再商量修沟的费用，由两家分担。",
  legal_basis: [
    { law: "中华人民共和国民法典", article: "第二百九十条", version_date: "2021-01-01" },
    { law: "中华人民共和国人民调解法", article: "第二十八条", version_date: "2011-01-01" },
  ],
  bring: "宅基地使用证、院墙和水沟的照片",
  next_step: "一周内请村委会到现场看水沟",
  corrects: null,
  corrected_by: null,
};

const LAWYER = { name: "林知远", firm: "明衡律师事务所", licence_no: "14110202610000001" };

const participant = (role, name, place, more = {}) => ({
  id: String(place).repeat(32),
  role,
  name,
  place,
  state: "connected",
  microphone: true,
  camera: true,
  screen: false,
  hushed: false,
  hand: null,
  calling: null,
  beside: true,
  me: false,
  ...more,
});

/** @param {"lawyer"|"mediator"} me */
const people = (me, other = {}) => [
  participant("lawyer", "林知远", 0, me === "lawyer" ? { me: true } : other),
  participant("mediator", "赵春山", 1, me === "mediator" ? { me: true } : other),
];

const SESSION = {
  ...CARD,
  seq: 1,
  facts: FACTS,
  persons: [
    { id: "1".repeat(32), name: "王小河", recording: true, here: true, minor: false, guardian: "" },
    { id: "2".repeat(32), name: "李大山", recording: true, here: true, minor: false, guardian: "" },
  ],
  mediator: { name: "赵春山" },
  lawyer: null,
  queue: { ahead: 0, ringing: [], until: null, everyone: false, backup: false, typical: { seconds: 40, of: 8 } },
  participants: [],
  recording: { state: "off", since: null, stalled: null },
  media: null,
  lead: false,
  conflict: false,
  handing: null,
  hold: null,
  called: null,
  advice: [],
  receipt_at: null,
  closed_at: null,
  reason: "",
  previous: null,
  adjourned: null,
  lobby: [],
  aside: null,
  messages: [],
  photos: [],
};

const live = (me, more = {}) => ({
  ...SESSION,
  state: "live",
  queue: null,
  lawyer: LAWYER,
  live_at: ago(125),
  participants: people(me),
  recording: { state: "recording", since: ago(124), stalled: null },
  lead: me === "lawyer",
  media: { epoch: 1, place: me === "lawyer" ? 0 : 1, ice_servers: [] },
  advice: [ADVICE],
  ...more,
});

const over = {
  ...SESSION,
  state: "wrapping",
  queue: null,
  lawyer: LAWYER,
  live_at: ago(600),
  ended_at: ago(20),
  recording: { state: "closed", since: ago(599), stalled: null },
  advice: [ADVICE],
};

const ROTA = { now: ["林知远"], next: { at: NOW + 3 * 3600_000, names: ["苏文清"] } };

const ADJOURNED = [
  { id: "6".repeat(32), number: "20260309-204817", kind: "mediation", matter: CARD.matter, lawyer: "林知远", facts: FACTS, needs: [], language: "", mine: true, day: "2026-12-01", reason: "请带宅基地使用证和院墙的照片", persons: [{ id: "1".repeat(32), name: "王小河", phone: "", here: true }, { id: "2".repeat(32), name: "李大山", phone: "", here: false }] },
  { id: "7".repeat(32), number: "20260310-118204-2", kind: "mediation", matter: { code: "10", name: "拖欠农民工工资" }, lawyer: "苏文清", facts: "", needs: [], language: "", mine: false, day: "2026-12-03", reason: "", persons: [{ id: "3".repeat(32), name: "周远", phone: "", here: true }] },
];

const mediator = (session, duty = [{ name: "林知远" }, { name: "苏文清" }], adjourned = []) => ({
  role: "mediator",
  now: Date.now(),
  station: { name: "青禾镇公共法律服务工作站", phone: "0374-5550101" },
  duty,
  rota: ROTA,
  session,
  appointments: [],
  called: null,
  adjourned,
});

const booked = (minutes, more = {}) => ({
  id: "e".repeat(32),
  state: "booked",
  starts_at: NOW + minutes * 60_000,
  ends_at: NOW + (minutes + 30) * 60_000,
  doors_at: NOW + (minutes - 5) * 60_000,
  lawyer: { id: "0".repeat(32), name: "林知远" },
  station: { id: "5".repeat(32), name: "青禾镇公共法律服务工作站" },
  kind: "consultation",
  matter: { code: "02", name: "邻里纠纷" },
  ...more,
});

const CALL = {
  id: "f".repeat(32),
  lawyer: { name: "林知远", firm: "明衡律师事务所" },
  station: { id: "5".repeat(32), name: "青禾镇公共法律服务工作站" },
  kind: "consultation",
  matter: { code: "02", name: "邻里纠纷" },
  rang_at: NOW,
  until: NOW + 3600_000,
  auto_at: null,
};

const lawyer = (more) => ({
  role: "lawyer",
  now: Date.now(),
  duty: { on: true, standby: false, since: ago(3600), colleagues: ["苏文清", "何以安"] },
  rota: ROTA,
  waiting: [],
  ringing: null,
  colleagues: [{ id: "8".repeat(32), name: "苏文清", firm: "正则律师事务所" }, { id: "9".repeat(32), name: "何以安", firm: "明衡律师事务所" }],
  session: null,
  appointments: [],
  calling: null,
  callbacks: [],
  wrapping: [],
  today: [],
  ...more,
});

const OTHER = { ...CARD, id: "6".repeat(32), station: "云溪镇公共法律服务工作站", requested_at: ago(190) };
const DONE = { ...CARD, id: "7".repeat(32), state: "closed", live_at: ago(9000), ended_at: ago(8400) };
const RINGING = { ...CARD, stage: "single", by: null, needs: ["minor", "violence"], language: "豫北话", notes: ["earlier_role"], state: "ringing", until: NOW + 14000, everyone: false, persons: ["王小河", "李大山"], facts: FACTS };

const visitor = (person, name, state, more = {}) => ({
  person: person.repeat(32),
  name,
  state,
  since: ago(75),
  been_inside: false,
  identity: null,
  consents: { rights: true, lawyer_presence: true, recording: true, personal_data: true },
  minor: false,
  guardian: "",
  apart: [],
  ...more,
});

const guestPerson = (n, name) => ({ id: n.repeat(32), name, recording: true, here: false, minor: false, guardian: "" });

const PARTIES = [
  participant("party", "王小河", 2),
  participant("party", "李大山", 3, { hand: ago(4) }),
  participant("party", "陈桂兰", 4, { microphone: false, hushed: true }),
];

const SECOND = participant("lawyer", "苏文清", 5);

/** By sound alone: six pictures are in the room. */
const VOICES = [
  participant("party", "刘长顺", 6, { camera: false, id: "c".repeat(32) }),
  participant("party", "马秀兰", 7, { camera: false, id: "d".repeat(32), microphone: false, hand: ago(9) }),
];

/** Six in the room, one in the lobby, two who must not meet. */
const FULL = {
  persons: [...SESSION.persons, guestPerson("3", "陈桂兰"), guestPerson("4", "周明")],
  lobby: [
    visitor("3", "陈桂兰", "inside", { identity: "document", been_inside: true }),
    visitor("4", "周明", "waiting", { consents: { ...visitor("4", "", "waiting").consents, recording: false }, apart: ["3".repeat(32)] }),
    visitor("6", "小刚", "invited", { minor: true, guardian: "刘芳" }),
  ],
  messages: [
    { id: "1", at: ago(50), name: "赵春山", role: "mediator", me: false, aside: false, text: "请先把收据的照片准备好。" },
    { id: "2", at: ago(20), name: "王小河", role: "party", me: false, aside: false, text: "好的，在手边。" },
  ],
};

const photo = (n, more) => ({ id: String(n).repeat(32), at: ago(40 - n), name: "王小河", me: false, caption: "排水沟现在的样子", shown: false, aside: false, earlier: false, away: false, place: false, width: 1200, height: 900, ...more });

/** Three of two people, of which one is for everybody. */
const PHOTOS = [
  photo(4, { at: ago(8 * 86400), earlier: true, caption: "上次带来的宅基地使用证" }),
  photo(1, { shown: true, caption: "2025年10月翻建前的院墙和排水沟，从王家院里向东拍" }),
  photo(2, {}),
  photo(3, { name: "李大山", caption: "宅基地使用证", aside: true, place: true }),
];

const KEPT_NOTICE = { version: "apart-1", body: "调解员请求为这段单独谈话录音录像。参加谈话的每个人都同意才会开始；任何人随时可以收回同意，录制立即停止。不同意不影响单独谈话，也不影响调解。" };
const kept = (state, ...answers) => ({ state, notice: KEPT_NOTICE, answers });
const answered = (name, given, more) => ({ person: null, name, given, me: false, here: false, ...more });

const aside = (more) => ({ id: "a".repeat(32), state: "locked", mine: true, person: "1".repeat(32), lawyers: [], kept: null, ...more });

const party = (guest, session = null) => ({
  role: "party",
  now: Date.now(),
  guest: {
    session: CARD.id,
    state: "preparing",
    since: ago(75),
    name: "王小河",
    minor: false,
    guardian: "",
    been_inside: false,
    words: "",
    consents: {},
    mediator: "赵春山",
    station: { name: "青禾镇公共法律服务工作站", phone: "0374-5550101" },
    number: CARD.number,
    talk: "under_way",
    goes_on: null,
    ...guest,
  },
  session,
});

const ANSWERED = { consents: { rights: true, lawyer_presence: true, recording: true, personal_data: true } };

const inside = (more = {}) =>
  party({ ...ANSWERED, state: "inside", been_inside: true }, live("party", {
    facts: "",
    advice: [],
    persons: [guestPerson("1", "王小河")],
    participants: [...people("nobody"), participant("party", "王小河", 2, { me: true })],
    media: { epoch: 1, place: 2, ice_servers: [] },
    ...more,
  }));

export const VIEWS = {
  guest: {
    asked: party({}),
    check: party(ANSWERED),
    lobby: party({ ...ANSWERED, state: "waiting" }),
    "lobby-back": party({ ...ANSWERED, state: "waiting", been_inside: true, words: "请在等候室稍等，稍后请您回来。", consents: { ...ANSWERED.consents, recording: false } }),
    room: inside(),
    "room-paper": inside({ participants: [participant("lawyer", "林知远", 0, { screen: true }), participant("mediator", "赵春山", 1), participant("party", "王小河", 2, { me: true })] }),
    "room-photos": inside({ photos: PHOTOS.slice(1, 3).reverse().map((one) => ({ ...one, me: true })) }),
    "room-six": inside({ participants: [...people("nobody"), ...PARTIES.map((one) => (one.place === 2 ? { ...one, me: true } : one)), SECOND], messages: FULL.messages }),
    "room-voice": inside({ participants: [...people("nobody"), ...PARTIES, SECOND, { ...VOICES[0], me: true }, VOICES[1]], media: { epoch: 1, place: 6, ice_servers: [] } }),
    "room-asked-aside": inside({ aside: aside({ state: "invited" }) }),
    "room-aside": inside({ aside: aside({}), recording: { state: "paused", since: ago(60), stalled: null }, participants: [participant("mediator", "赵春山", 1), participant("party", "王小河", 2, { me: true })] }),
    "room-aside-asked": inside({ aside: aside({ kept: kept("asked", answered("赵春山", true), answered("王小河", null, { me: true, person: "1".repeat(32) })) }), recording: { state: "paused", since: ago(60), stalled: null }, participants: [participant("mediator", "赵春山", 1), participant("party", "王小河", 2, { me: true })] }),
    "room-aside-kept": inside({ aside: aside({ kept: kept("recording", answered("赵春山", true), answered("王小河", true, { me: true, person: "1".repeat(32) })) }), recording: { state: "paused", since: ago(60), stalled: null }, participants: [participant("mediator", "赵春山", 1), participant("party", "王小河", 2, { me: true })] }),
    "room-waits": inside({ aside: aside({ mine: false, person: null, lawyers: null }), recording: { state: "paused", since: ago(60), stalled: null }, participants: [participant("party", "王小河", 2, { me: true })] }),
    left: party({ ...ANSWERED, state: "away", been_inside: true }),
    refused: party({ ...ANSWERED, state: "refused" }),
    over: party({ ...ANSWERED, state: "over", talk: "over" }),
    "over-goes-on": party({ ...ANSWERED, state: "over", talk: "over", goes_on: "2026-12-01" }),
  },
  terminal: {
    home: mediator(null),
    "home-nobody": mediator(null, []),
    "home-booked": { ...mediator(null), appointments: [booked(4), booked(24 * 60, { id: "d".repeat(32) })] },
    called: { ...mediator(null), called: CALL },
    "called-auto": { ...mediator(null), called: { ...CALL, auto_at: NOW + 3600_000 } },
    "called-now": { ...mediator(null), called: { ...CALL, auto_at: NOW } },
    "room-called": mediator(live("mediator", { persons: [], called: { by_itself: true }, recording: { state: "declined", since: null } })),
    "home-adjourned": mediator(null, [{ name: "林知远" }], ADJOURNED),
    queued: mediator({ ...SESSION, queue: { ...SESSION.queue, ahead: 2 } }),
    ringing: mediator({ ...SESSION, state: "ringing", queue: { ahead: 0, ringing: ["林知远"], until: NOW + 15000, everyone: false } }),
    everyone: mediator({ ...SESSION, state: "ringing", queue: { ahead: 0, ringing: ["林知远", "苏文清"], until: NOW + 30000, everyone: true } }),
    unanswered: mediator({ ...SESSION, state: "unanswered" }),
    connecting: mediator(live("mediator", { state: "accepted", live_at: null, participants: people("mediator", { state: "connecting" }), recording: { state: "armed", since: null, stalled: null }, advice: [] })),
    room: mediator(live("mediator")),
    "room-photos": mediator(live("mediator", { photos: PHOTOS })),
    "room-put-away": mediator(live("mediator", { photos: PHOTOS.slice(1, 2) })),
    "room-handing": mediator(live("mediator", { handing: { kind: "transfer", name: "苏文清", until: NOW + 20000, unmet: false } })),
    "room-conflict": mediator(live("mediator", { conflict: true })),
    again: mediator({ ...SESSION, state: "ringing", queue: { ...SESSION.queue, again: true, ringing: ["林知远"], until: NOW + 15000 } }),
    "room-many": mediator(live("mediator", { advice: [ADVICE, { ...ADVICE, id: "b".repeat(32) }, { ...ADVICE, id: "c".repeat(32) }] })),
    "room-unrecorded": mediator(live("mediator", { recording: { state: "declined", since: null, stalled: null } })),
    "room-alarm": mediator(live("mediator", { recording: { state: "failed", since: null, stalled: { participant: "0".repeat(32), track: "camera" } } })),
    "room-other-away": mediator(live("mediator", { participants: people("mediator", { state: "reconnecting" }) })),
    "room-paper": mediator(live("mediator", { participants: people("mediator", { screen: true }) })),
    "room-paused": mediator(live("mediator", { state: "paused", recording: { state: "paused", since: ago(60), stalled: null } })),
    "room-six": mediator(live("mediator", { participants: [...people("mediator"), ...PARTIES, SECOND], ...FULL, advice: [ADVICE] })),
    "room-eight": mediator(live("mediator", { participants: [...people("mediator"), ...PARTIES, SECOND, ...VOICES], advice: [ADVICE] })),
    "room-aside": mediator(live("mediator", { ...FULL, participants: [participant("lawyer", "林知远", 0, { beside: false, microphone: false, camera: false, calling: ago(5) }), participant("mediator", "赵春山", 1, { me: true }), PARTIES[0]], aside: aside({ kept: kept("offered") }), recording: { state: "paused", since: ago(60), stalled: null } })),
    after: mediator(over),
    "after-closed": mediator({ ...over, state: "closed", receipt_at: ago(5), closed_at: ago(2) }),
    "after-adjourned": mediator({ ...over, adjourned: { day: "2026-12-01", reason: "" } }),
    "after-none": mediator({ ...over, state: "closed", advice: [], reason: "不属于法律问题，已说明应找的部门" }),
  },
  desk: {
    idle: lawyer({}),
    "off-duty": lawyer({ duty: { on: false, standby: false, since: null, colleagues: [] }, waiting: [CARD] }),
    busy: lawyer({ waiting: [CARD, OTHER], wrapping: [{ ...DONE, state: "wrapping" }], today: [DONE] }),
    booked: lawyer({ appointments: [booked(4, { about: "院墙和排水沟" }), booked(24 * 60, { id: "d".repeat(32) })],
      callbacks: [{ ...CARD, state: "deferred", phone: "0374-5550101", persons: ["王小河"], asked_at: ago(900) }] }),
    calling: lawyer({ calling: { ...CALL, auto_at: NOW + 3600_000 } }),
    ringing: lawyer({ waiting: [RINGING], ringing: RINGING }),
    room: lawyer({ session: live("lawyer") }),
    "room-photos": lawyer({ session: live("lawyer", { photos: PHOTOS }) }),
    "room-continued": lawyer({ session: live("lawyer", { number: "20260309-204817-2", previous: { number: "20260309-204817", live_at: ago(8 * 86400), lawyer: "苏文清", advice: [ADVICE.advice] } }) }),
    "room-handing": lawyer({ session: live("lawyer", { handing: { kind: "transfer", name: "苏文清", until: NOW + 20000, unmet: false } }) }),
    "room-conflict": lawyer({ session: live("lawyer", { conflict: true }) }),
    "room-unmet": lawyer({ session: live("lawyer", { handing: { kind: "call_in", name: "", until: null, unmet: true } }) }),
    "ringing-transfer": lawyer({ ringing: { ...RINGING, stage: "transfer", by: "何以安", reason: "涉及医疗费，请一起看看", state: "live" } }),
    "room-unrecorded": lawyer({ session: live("lawyer", { recording: { state: "declined", since: null, stalled: null } }) }),
    "room-alarm": lawyer({ session: live("lawyer", { recording: { state: "failed", since: null, stalled: { participant: "0".repeat(32), track: "camera" } } }) }),
    "room-waits": lawyer({ session: live("lawyer", { aside: aside({ mine: false, person: null, lawyers: null }), participants: [participant("lawyer", "林知远", 0, { me: true }), participant("mediator", "赵春山", 1, { beside: false, camera: false, microphone: false })], recording: { state: "paused", since: ago(60), stalled: null } }) }),
    "room-chat": lawyer({ session: live("lawyer", { messages: FULL.messages }) }),
    "room-corrected": lawyer({
      session: live("lawyer", {
        advice: [
          { ...ADVICE, corrected_by: "b".repeat(32) },
          { ...ADVICE, id: "b".repeat(32), corrects: ADVICE.id, advice: "更正：先由村委会丈量，再恢复排水。" },
        ],
      }),
    }),
    wrapup: lawyer({ session: over, wrapping: [over] }),
    "wrapup-empty": lawyer({ session: { ...over, advice: [] }, wrapping: [over] }),
  },
};
