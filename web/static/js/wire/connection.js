/**
 * The live line to the service: views come in, commands go out.
 *
 * After every (re)connect the page asks for the present view first, then sends again what was not
 * answered. The line is a websocket and nothing else.
 */

import { io } from "/vendor/socket.io.js";
import { FIRST_MS, SOON_MS, waitBefore } from "./backoff.js";
import { ServerClock } from "./clock.js";
import { CommandError, CommandQueue } from "./queue.js";

const ANSWER_WITHIN_MS = 10_000;
const REACH_WITHIN_MS = 700;  // or three ways there and back, on a slow line

/**
 * A way that is cut swallows an attempt to connect without a word, so attempts are short and
 * follow closely. Every fourth has more time: the way may be slow rather than cut.
 */
const SHORT_ATTEMPT_MS = 2000;
const LONG_ATTEMPT_MS = 8000;

/**
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").QualityReport} QualityReport
 * @typedef {import("./queue.js").Reply} Reply
 * @typedef {import("./queue.js").Envelope} Envelope
 *
 * @typedef {object} Line
 * @property {"connecting"|"connected"|"reconnecting"|"refused"} phase
 * @property {number} since  local milliseconds
 *
 * @typedef {object} Listener
 * @property {(view: View) => void} view
 * @property {(report: QualityReport) => void} quality
 * @property {(spot: {participant: string, x: number, y: number}) => void} point
 * @property {(caption: {id: string, name: string, words: string}) => void} caption
 * @property {(line: Line) => void} line
 * @property {(code: string) => void} bye  the sign-in has ended
 */

export class Connection {
  /**
   * @param {Listener} listener
   * @param {string} csrf  proves that the page is ours, beside the cookie
   */
  constructor(listener, csrf) {
    this.listener = listener;
    this.clock = new ServerClock();
    this.queue = new CommandQueue(newId);
    /** @type {Line} */
    this.line = { phase: "connecting", since: Date.now() };
    /** @type {number|null} the last measured way there and back, in milliseconds */
    this.roundTrip = null;
    this.socket = io({
      transports: ["websocket"],
      reconnectionDelay: SOON_MS,
      reconnectionDelayMax: SOON_MS,
      randomizationFactor: 0,
      timeout: LONG_ATTEMPT_MS,
      autoConnect: false,
      auth: { csrf },
    });
    /** @type {Promise<boolean>|null} */
    this.reaching = null;
    this.refusals = 0;
    /** Over how many milliseconds pages shall spread when they come back. */
    this.spread = FIRST_MS;
    /** When the running attempt began. */
    this.attemptAt = 0;
    this.#listen();
  }

  start() {
    this.socket.connect();
  }

  /**
   * Send a command; the promise settles with the server's answer.
   * @param {string} type
   * @param {Record<string, unknown>} [body]
   * @param {{keep?: boolean, id?: string}} [options]  keep: false gives up when the line breaks;
   *   id: of an earlier attempt at the same thing
   * @returns {Promise<Record<string, unknown>>}
   */
  send(type, body = {}, { keep = true, id } = {}) {
    if (!keep && this.line.phase !== "connected") {
      return Promise.reject(new CommandError("offline", "与服务的连接已断开，正在恢复。"));
    }
    try {
      const { envelope, done } = this.queue.add(type, body, keep, id);
      if (this.line.phase === "connected") this.#emit(envelope);
      return done;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Measure the way there and back by asking for the view. */
  async measure() {
    const started = performance.now();
    await this.send("sync", {}, { keep: false });
    this.roundTrip = performance.now() - started;
    return this.roundTrip;
  }

  /**
   * Whether the service answers now. When it does not, the line is dead although nobody has said
   * so (an address that changed, a cable that was pulled), and is made anew at once.
   * @returns {Promise<boolean>}
   */
  reach() {
    this.reaching ??= this.#reach().finally(() => (this.reaching = null));
    return this.reaching;
  }

  async #reach() {
    if (this.line.phase !== "connected") return false;
    try {
      const within = Math.max(REACH_WITHIN_MS, 3 * (this.roundTrip ?? 0));
      await this.#ask({ v: 1, id: newId(), type: "sync", body: {} }, within);
      return true;
    } catch {
      this.#anew();
      return false;
    }
  }

  #anew() {
    if (this.line.phase !== "refused") this.socket.disconnect().connect();
  }

  #listen() {
    this.socket.on("connect", () => void this.#synchronise());
    this.socket.on("disconnect", (reason) => this.#lost(reason));
    this.socket.on("connect_error", () => this.#notConnected());
    this.socket.io.on("reconnect_attempt", (/** @type {number} */ attempt) => {
      this.attemptAt = performance.now();
      this.socket.io.timeout(attempt % 4 === 0 ? LONG_ATTEMPT_MS : SHORT_ATTEMPT_MS);
    });
    this.socket.io.on("error", () => this.#spread(this.#refusedAtOnce()));
    // The network of this machine is back: what waits for its next attempt need not wait.
    window.addEventListener("online", () => this.line.phase === "reconnecting" && this.#anew());
    this.socket.on("view", (/** @type {View} */ view) => this.#take(view));
    this.socket.on("quality", (/** @type {QualityReport} */ report) =>
      this.listener.quality(report),
    );
    this.socket.on("point", (/** @type {{participant: string, x: number, y: number}} */ spot) =>
      this.listener.point(spot),
    );
    this.socket.on("caption", (/** @type {{id: string, name: string, words: string}} */ caption) =>
      this.listener.caption(caption),
    );
    this.socket.on("bye", (/** @type {{code?: string}} */ message) =>
      this.#refused(message?.code ?? "signed_out"),
    );
  }

  #refusedAtOnce() {
    return performance.now() - this.attemptAt < SHORT_ATTEMPT_MS / 2;
  }

  /**
   * Say when the next attempt is made; socket.io itself makes it.
   * @param {boolean} refused
   */
  #spread(refused) {
    const wait = waitBefore(this.refusals, refused, Math.random, this.spread);
    this.refusals = refused ? this.refusals + 1 : 0;
    this.socket.io.reconnectionDelay(wait);
    this.socket.io.reconnectionDelayMax(wait);
    return wait;
  }

  async #synchronise() {
    const started = performance.now();
    /** @type {Envelope} */
    const envelope = { v: 1, id: newId(), type: "sync", body: {} };
    const reply = await this.#ask(envelope).catch(() => null);
    // No answer within the limit: a half-dead line. Start over.
    if (!reply) return this.#anew();
    if (!reply.ok) return this.#refused(reply.code);
    this.roundTrip = performance.now() - started;
    this.refusals = 0;
    this.#become("connected");
    this.#take(/** @type {View} */ (/** @type {unknown} */ (reply.body)));
    for (const waiting of this.queue.unanswered()) this.#emit(waiting);
  }

  /** @param {Envelope} envelope */
  async #emit(envelope) {
    try {
      this.queue.answer(envelope.id, await this.#ask(envelope));
    } catch {
      // Not answered. If the line still stands the same id goes again; else after the reconnect.
      const again = this.socket.connected && this.line.phase === "connected";
      if (again && this.queue.has(envelope.id)) void this.#emit(envelope);
    }
  }

  /**
   * @param {Envelope} envelope
   * @param {number} [within]  milliseconds
   * @returns {Promise<Reply>}
   */
  #ask(envelope, within = ANSWER_WITHIN_MS) {
    return this.socket.timeout(within).emitWithAck("command", envelope);
  }

  /** @param {View} view */
  #take(view) {
    this.clock.learn(view.now);
    this.spread = view.spread ?? FIRST_MS;
    this.listener.view(view);
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.line.phase === "refused") return;
    this.#become("reconnecting");
    this.queue.lineLost();
    // The server closed it on purpose (it restarts): socket.io would not come back by itself.
    // Neither must all its pages come back in the same moment.
    const wait = this.#spread(reason !== "ping timeout");
    if (reason === "io server disconnect") setTimeout(() => this.#comeBack(), wait);
  }

  #comeBack() {
    if (this.line.phase !== "refused") this.socket.connect();
  }

  #notConnected() {
    // `active` is false when the server answered and said no: the sign-in is not valid.
    if (!this.socket.active) this.#refused("not_signed_in");
  }

  /** @param {string} code */
  #refused(code) {
    this.#become("refused");
    this.socket.disconnect();
    this.listener.bye(code);
  }

  /** @param {Line["phase"]} phase */
  #become(phase) {
    if (phase === this.line.phase) return;
    this.line = { phase, since: Date.now() };
    this.listener.line(this.line);
  }
}

/** A UUID; `crypto.randomUUID` exists in secure contexts only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
