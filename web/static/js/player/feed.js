// @ts-check
/**
 * One track's media, fed into one element: the pieces around the play head are fetched, put on the
 * time line where the wall clock placed them, and thrown away again when the play head has passed.
 * Of a piece that the play head jumps into, only what the moment and the rest need is fetched.
 * The element's `currentTime` is the time line's, so that tracks can be compared.
 */

import { once, updated } from "./buffer.js";
import { evictable, kept, spanAt, wanted } from "./timeline.js";

/** @typedef {import("./timeline.js").Track} Track */
/** @typedef {import("./timeline.js").Piece} Piece */

const BEHIND_S = 20;
const AHEAD_S = 45;
/** So near a piece's start nothing is saved by leaving its beginning out. */
const WHOLE_S = 2;
const UNREADABLE = "这一段无法读取";
const FOR_GOOD = Object.freeze([401, 403, 409]);
const RETRY_MS = Object.freeze([300, 1000, 3000]);

/** The server said no for good: the viewing has run out, or the right is gone. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Another file lies where the piece was recorded: asking again would change nothing. */
class Unlike extends Error {}

export class TrackFeed {
  /**
   * @param {Track} track
   * @param {HTMLMediaElement} element
   * @param {{duration: number, address: (piece: Piece, since: number) => string,
   *   refused: (reason: Refused) => void, came: () => void}} options
   *   `address` of a piece from a moment on, in seconds after its start (0: the whole);
   *   `came`: there is more in memory
   */
  constructor(track, element, options) {
    this.track = track;
    this.element = element;
    this._options = options;
    this._at = 0;
    this._speed = 1;
    /** Since which moment each piece is in memory. @type {Map<string, number>} */
    this._loaded = new Map();
    /** Why a piece cannot be had. @type {Map<string, string>} */
    this._broken = new Map();
    /** @type {{piece: Piece, since: number, abort: AbortController} | null} */
    this._loading = null;
    this._stop = new AbortController();
    /** @type {() => void} */
    this._wake = () => undefined;
    /** Settles when the feed has been closed. */
    this.done = this._run();
  }

  /**
   * Say where the play head is; what is fetched follows it.
   * @param {number} at
   * @param {number} speed
   */
  aim(at, speed) {
    this._at = at;
    this._speed = speed;
    const loading = this._loading;
    if (loading && this._isStale(loading)) loading.abort.abort();
    this._wake();
  }

  /**
   * Whether something else is more urgent than what is on its way.
   * @param {{piece: Piece, since: number}} loading
   */
  _isStale({ piece, since }) {
    if (!this._wanted().includes(piece)) return true;
    const urgent = spanAt(this.track.pieces, this._at);
    if (urgent === piece) return this._at < since;
    return urgent !== undefined && !this._has(urgent);
  }

  /** Whether nothing needs to be waited for at the play head. */
  ready() {
    const piece = spanAt(this.track.pieces, this._at);
    if (!piece || this._has(piece)) return true;
    return this.buffered().some(
      ({ start, end }) => start <= this._at + 0.05 && this._at + 0.15 * this._speed < end,
    );
  }

  /** Why the piece at the play head cannot be had; nothing where it can. */
  broken() {
    const piece = spanAt(this.track.pieces, this._at);
    return piece && this._broken.get(piece.id);
  }

  /** Ask again for what could not be had. */
  retry() {
    this._broken.clear();
    this._wake();
  }

  /** @returns {{start: number, end: number}[]} what is in memory */
  buffered() {
    const ranges = this.element.buffered;
    return Array.from({ length: ranges.length }, (_, n) => ({
      start: ranges.start(n),
      end: ranges.end(n),
    }));
  }

  /** Give back everything; the element keeps nothing. */
  close() {
    this._stop.abort();
    this._loading?.abort.abort();
    this._wake();
    const address = this.element.src;
    this.element.removeAttribute("src");
    this.element.load();
    URL.revokeObjectURL(address);
  }

  /** @param {Piece} piece */
  _has(piece) {
    const since = this._loaded.get(piece.id);
    const enough = since !== undefined && since <= Math.max(this._at, piece.start);
    return enough || this._broken.has(piece.id);
  }

  _wanted() {
    return wanted(this.track.pieces, this._at, AHEAD_S * Math.max(1, this._speed));
  }

  _next() {
    return this._wanted().find((piece) => !this._has(piece));
  }

  async _run() {
    const source = new MediaSource();
    this.element.src = URL.createObjectURL(source);
    await once(source, "sourceopen");
    const first = this.track.pieces[0];
    if (!first || this._stop.signal.aborted) return;
    const buffer = source.addSourceBuffer(first.mime);
    source.duration = this._options.duration;
    while (!this._stop.signal.aborted) {
      const piece = this._next();
      if (piece) await this._load(piece, buffer);
      else await new Promise((resolve) => (this._wake = () => resolve(undefined)));
    }
  }

  /**
   * @param {Piece} piece
   * @param {SourceBuffer} buffer
   */
  async _load(piece, buffer) {
    const abort = new AbortController();
    const since = this._at - piece.start > WHOLE_S ? this._at : piece.start;
    this._loading = { piece, since, abort };
    try {
      await this._evict(buffer);
      await this._append(piece, since, buffer, abort.signal);
      this._loaded.set(piece.id, this._reaches(piece, since));
    } catch (error) {
      // Broken off by ourselves: what came of it says nothing.
      if (abort.signal.aborted) return;
      if (error instanceof Refused) this._refuse(error);
      else this._broken.set(piece.id, error instanceof Unlike ? error.message : UNREADABLE);
    } finally {
      this._loading = null;
    }
  }

  /**
   * Since when a piece is there that was asked for since a moment: since the key frame before it.
   * @param {Piece} piece
   * @param {number} since
   */
  _reaches(piece, since) {
    const range = this.buffered().find(({ start, end }) => start <= since && since < end);
    return Math.max(piece.start, Math.min(since, range?.start ?? since));
  }

  /** @param {Refused} reason */
  _refuse(reason) {
    this._stop.abort();
    this._options.refused(reason);
  }

  /**
   * @param {Piece} piece
   * @param {number} since
   * @param {SourceBuffer} buffer
   * @param {AbortSignal} signal
   */
  async _append(piece, since, buffer, signal) {
    const answer = await this._fetch(this._options.address(piece, since - piece.start), signal);
    const reader = answer.body.getReader();
    // A fetch that was broken off may have left half a cluster in the parser.
    buffer.abort();
    buffer.changeType(answer.mime ?? piece.mime);
    buffer.timestampOffset = piece.start;
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      await this._put(buffer, value);
      this._options.came();
    }
  }

  /**
   * @param {SourceBuffer} buffer
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async _put(buffer, bytes) {
    try {
      await updated(buffer, () => buffer.appendBuffer(bytes));
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await this._evict(buffer, { behind: 2, ahead: 5 });
      await updated(buffer, () => buffer.appendBuffer(bytes));
    }
  }

  /**
   * @param {string} address
   * @param {AbortSignal} signal
   * @returns {Promise<{body: ReadableStream<Uint8Array<ArrayBuffer>>, mime: string | null}>}
   */
  async _fetch(address, signal) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // With the signal: an answer that nobody reads would keep one of the few connections.
        const response = await fetch(address, { cache: "no-store", signal });
        if (response.ok && response.body) {
          return { body: response.body, mime: response.headers.get("Content-Type") };
        }
        signal.throwIfAborted();
        if (FOR_GOOD.includes(response.status)) throw await refusal(response);
      } catch (error) {
        if (error instanceof Refused || error instanceof Unlike || signal.aborted) throw error;
      }
      const pause = RETRY_MS[attempt];
      if (pause === undefined) throw new Error("segment_unavailable");
      await new Promise((resolve) => setTimeout(resolve, pause));
      signal.throwIfAborted();
    }
  }

  /**
   * Forget what is far from the play head, and with it that those pieces were loaded.
   * @param {SourceBuffer} buffer
   * @param {{behind: number, ahead: number}} reach
   */
  async _evict(buffer, reach = { behind: BEHIND_S, ahead: AHEAD_S * Math.max(1, this._speed) }) {
    const keep = kept(this.track.pieces, this._at, reach);
    for (const { start, end } of evictable(this.buffered(), keep)) {
      await updated(buffer, () => buffer.remove(start, end));
      for (const piece of this.track.pieces) {
        if (piece.start < end && piece.end > start) this._loaded.delete(piece.id);
      }
    }
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Refused | Unlike>}
 */
async function refusal(response) {
  const body = await response.json().catch(() => ({}));
  if (body.code === "segment_changed") return new Unlike(String(body.message));
  return new Refused(String(body.code ?? "refused"), String(body.message ?? "无法读取录像。"));
}
