/**
 * Commands on their way: each has its own id, is sent again with the same id after a broken line,
 * and leaves the queue when the server has answered. Pure: no socket and no clock in here.
 */

/** More than this means that nobody is there; the page says so instead of piling up. */
export const LIMIT = 100;

/** An answer that is not `ok`, or a line that is gone; `message` is Chinese, for people. */
export class CommandError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "CommandError";
    this.code = code;
  }
}

/**
 * @typedef {object} Envelope
 * @property {1} v
 * @property {string} id
 * @property {string} type
 * @property {Record<string, unknown>} body
 *
 * @typedef {{ok: true, body?: Record<string, unknown>}|{ok: false, code: string, message: string}} Reply
 *
 * @typedef {object} Entry
 * @property {Envelope} envelope
 * @property {boolean} keep  survives a broken line
 * @property {(body: Record<string, unknown>) => void} resolve
 * @property {(error: CommandError) => void} reject
 */

export class CommandQueue {
  /** @param {() => string} newId */
  constructor(newId) {
    this.newId = newId;
    /** @type {Map<string, Entry>} */
    this.entries = new Map();
  }

  /** How many commands wait for an answer. */
  get size() {
    return this.entries.size;
  }

  /**
   * Put a command in. The promise settles with the server's answer.
   * @param {string} type
   * @param {Record<string, unknown>} body
   * @param {boolean} keep
   * @param {string} [id]  of an earlier attempt at the same thing, so that it is done once
   * @returns {{envelope: Envelope, done: Promise<Record<string, unknown>>}}
   */
  add(type, body, keep, id = this.newId()) {
    if (this.entries.size >= LIMIT) {
      throw new CommandError("queue_full", "操作太多，还没有送达。请等待网络恢复。");
    }
    /** @type {Envelope} */
    const envelope = { v: 1, id, type, body };
    const done = new Promise((resolve, reject) => {
      this.entries.set(envelope.id, { envelope, keep, resolve, reject });
    });
    return { envelope, done };
  }

  /** What has to be sent (again), oldest first. */
  unanswered() {
    return [...this.entries.values()].map((entry) => entry.envelope);
  }

  /**
   * @param {string} id
   * @returns {boolean}
   */
  has(id) {
    return this.entries.has(id);
  }

  /**
   * Settle a command; a second answer to the same one is ignored.
   * @param {string} id
   * @param {Reply} reply
   */
  answer(id, reply) {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    if (reply.ok) entry.resolve(reply.body ?? {});
    else entry.reject(new CommandError(reply.code, reply.message));
  }

  /** The line is gone: what makes no sense later is given up, the rest waits. */
  lineLost() {
    for (const [id, entry] of [...this.entries]) {
      if (entry.keep) continue;
      this.entries.delete(id);
      entry.reject(new CommandError("offline", "与服务的连接已断开，正在恢复。"));
    }
  }
}
