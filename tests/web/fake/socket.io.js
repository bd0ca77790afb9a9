/**
 * Stands in for /vendor/socket.io.js: a service inside the page that says what a test tells it.
 *
 *   fake.show(view)      push a view        fake.drop() / fake.restore()   break and mend the line
 *   fake.sent            commands so far    fake.mute = true               answers are lost
 *   fake.hold() / fake.release()            answers wait
 *   fake.refuse(type)    answer no to the next command of that type
 */

import { answerOffer } from "./relay.js";
import { VIEWS } from "./views.js";

class FakeSocket {
  constructor() {
    this.handlers = new Map();
    this.connected = false;
    this.active = true;
    // The manager behind the socket: a test mends the line itself, when it likes.
    this.io = {
      on: () => undefined,
      timeout: () => undefined,
      reconnectionDelay: () => undefined,
      reconnectionDelayMax: () => undefined,
    };
  }

  on(event, handler) {
    this.handlers.set(event, handler);
  }

  fire(event, value) {
    this.handlers.get(event)?.(value);
  }

  connect() {
    this.active = true;
    if (!fake.down && !this.connected) {
      this.connected = true;
      queueMicrotask(() => this.fire("connect"));
    }
    return this;
  }

  disconnect() {
    this.connected = false;
    return this;
  }

  timeout() {
    return { emitWithAck: (_event, envelope) => fake.answer(envelope) };
  }
}

const socket = new FakeSocket();

export const io = () => socket;

const fake = {
  VIEWS,
  view: undefined,
  sent: [],
  refused: new Set(),
  mute: false,
  down: false,
  lost: [],

  show(view) {
    this.view = { ...view, now: Date.now() };
    socket.fire("view", this.view);
  },

  quality(peers) {
    socket.fire("quality", { session: this.view.session?.id, peers });
  },

  point(participant, x, y) {
    socket.fire("point", { session: this.view.session?.id, participant, x, y });
  },

  caption(id, words) {
    socket.fire("caption", { id, name: "林知远", words });
  },

  drop() {
    this.down = true;
    socket.connected = false;
    for (const giveUp of this.lost.splice(0)) giveUp();
    socket.fire("disconnect", "transport close");
  },

  restore() {
    this.down = false;
    socket.connect();
  },

  hold() {
    this.held = new Promise((resolve) => (this.release = resolve));
  },

  refuse(type) {
    this.refused.add(type);
  },

  async answer(envelope) {
    this.sent.push(envelope);
    await this.held;
    if (this.mute || this.down) return new Promise((_, reject) => this.lost.push(() => reject(new Error("lost"))));
    if (this.refused.delete(envelope.type)) return { ok: false, code: "conflict", message: "情况已发生变化。" };
    if (envelope.type === "sync") return { ok: true, body: { ...this.view, now: Date.now() } };
    if (envelope.type === "media.offer") return { ok: true, body: { sdp: await answerOffer(envelope.body.sdp) } };
    return { ok: true, body: {} };
  },
};

const page = location.pathname.slice(1);
const asked = new URLSearchParams(location.search);
fake.view = VIEWS[page][asked.get("view") ?? Object.keys(VIEWS[page])[0]];
// Runs before the page's own modules: they find the devices checked, or not.
localStorage.setItem("yuntiao.checked", asked.has("new") ? "0" : String(Date.now()));
window.fake = fake;
