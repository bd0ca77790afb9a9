/** One page's live parts, wired: the line, the devices, the media line, and what is known. */

import { Capture } from "../media/capture.js";
import { Room } from "../media/room.js";
import { byVoice, isCrowded, targetOf } from "../state/media.js";
import { stillShown, withCaption } from "../state/captions.js";
import { LEAST_MS, SHOWN_MS, stillPointed, withSpot } from "../state/pointing.js";
import { Store } from "../state/store.js";
import { Connection } from "../wire/connection.js";
import { CommandError } from "../wire/queue.js";

/**
 * @typedef {import("../wire/types.js").View} View
 * @typedef {import("../wire/connection.js").Line} Line
 * @typedef {import("../state/media.js").Target} Target
 *
 * @typedef {object} Known
 * @property {View|null} view
 * @property {Line} line
 * @property {Record<string, import("../wire/types.js").Quality>} quality  by participant
 * @property {{words: string, tone: "info"|"alarm"}|null} toast
 */

const FORGET_CAPTIONS_MS = 8100;
const TOAST_MS = 6000;

export class Live {
  /**
   * @param {import("../wire/types.js").Boot} boot
   * @param {string} [door]  where this person goes when the sign-in has ended
   */
  constructor(boot, door = "/") {
    this.boot = boot;
    this.connection = new Connection({
      view: (view) => this.#take(view),
      caption: (caption) => this.#caption(caption),
      point: (spot) => this.#pointed(spot),
      quality: (report) => this.known.set({ quality: report.peers }),
      line: (line) => this.#lineChanged(line),
      // The sign-in has ended: the door knows where this person has to go.
      bye: () => window.location.assign(door),
    }, boot.csrf);
    this.known = new Store(
      /** @type {Known} */ ({
        view: null,
        line: this.connection.line,
        quality: {},
        toast: null,
      }),
    );
    this.captions = new Store({ lines: /** @type {import("../state/captions.js").Caption[]} */ ([]) });
    this.pointing = new Store({ spots: /** @type {import("../state/pointing.js").Shown[]} */ ([]) });
    this.pointedAt = 0;
    this.clock = this.connection.clock;
    this.capture = new Capture();
    this.room = new Room(
      this.capture,
      (target, sdp) => this.#negotiate(target, sdp),
      () => this.connection.reach(),
    );
    this.shown = "";
    this.capture.watch(() => this.#show());
    this.room.watch(() => this.#show());
    window.yuntiaoStats = () => this.room.stats();
  }

  start() {
    this.connection.start();
  }

  /**
   * Send a command; what went wrong is told to the person. Returns null then.
   * @param {string} type
   * @param {Record<string, unknown>} [body]
   * @param {string} [id]  of an earlier attempt at the same thing
   */
  async command(type, body, id) {
    try {
      return await this.connection.send(type, body, id ? { id } : {});
    } catch (error) {
      this.say(error instanceof CommandError ? error.message : "操作未完成，请再试一次。", "alarm");
      return null;
    }
  }

  /**
   * Show a sentence for some seconds.
   * @param {string} words
   * @param {"info"|"alarm"} [tone]
   */
  say(words, tone = "info") {
    const toast = { words, tone };
    this.known.set({ toast });
    setTimeout(() => this.known.value.toast === toast && this.known.set({ toast: null }), TOAST_MS);
  }

  /** @param {View} view */
  #take(view) {
    const wasHeard = byVoice(this.room.target?.place);
    this.known.set({ view });
    this.room.follow(targetOf(view.session));
    this.room.crowd(isCrowded(view.session));
    // Where there is no place for a picture, no camera stays on.
    if (byVoice(view.session?.media?.place) && !this.capture.value.cameraOff) void this.capture.switchCamera(true);
    if (wasHeard && this.room.target && !byVoice(this.room.target.place)) this.say("现在有画面的位置了，您可以打开画面，让大家看到您。");
  }

  /** @param {{id: string, name: string, words: string}} said */
  #caption(said) {
    this.captions.set({ lines: withCaption(this.captions.value.lines, said, performance.now()) });
    const forget = () => this.captions.set({ lines: stillShown(this.captions.value.lines, performance.now()) });
    setTimeout(forget, FORGET_CAPTIONS_MS);
  }

  /**
   * Point at the shared page, for the others and oneself; a word that is lost is not said again.
   * @param {{x: number, y: number}} spot
   */
  point(spot) {
    const session = this.known.value.view?.session;
    const me = session?.participants.find((one) => one.me);
    if (!session || !me || performance.now() - this.pointedAt < LEAST_MS) return;
    this.pointedAt = performance.now();
    this.#pointed({ participant: me.id, ...spot });
    void this.connection.send("media.point", { session: session.id, ...spot }, { keep: false }).catch(() => undefined);
  }

  /** @param {{participant: string, x: number, y: number}} spot */
  #pointed(spot) {
    this.pointing.set({ spots: withSpot(this.pointing.value.spots, spot, performance.now()) });
    setTimeout(() => this.pointing.set({ spots: stillPointed(this.pointing.value.spots, performance.now()) }), SHOWN_MS + 50);
  }

  /** @param {Line} line */
  #lineChanged(line) {
    this.known.set({ line });
    if (line.phase === "connected") this.room.hurry();
  }

  /**
   * @param {Target} target
   * @param {string} sdp
   */
  async #negotiate(target, sdp) {
    const body = { session: target.session, sdp };
    const answer = await this.connection.send("media.offer", body, { keep: false });
    return String(answer["sdp"]);
  }

  /**
   * See the others' pictures even if this line is too thin and the sound suffers; or as it carries.
   * @param {boolean} always
   */
  async wantPictures(always) {
    const session = this.known.value.view?.session?.id;
    if (!session) return;
    try {
      await this.connection.send("media.pictures", { session, always }, { keep: false });
      if (always) this.say("已要求继续显示画面；若声音断续，可改回优先保证声音。");
    } catch {
      this.say("暂时无法更改，请稍后再试。", "alarm");
    }
  }

  /** Tell the others' pages what is being sent, once for each change. */
  #show() {
    const target = this.room.target;
    if (!target || this.room.value.line !== "connected") return;
    const { microphone, camera, screen, muted } = this.capture.value;
    const body = {
      session: target.session,
      microphone: microphone !== null && !muted,
      camera: camera !== null,
      screen: screen !== null,
    };
    // Said again from another place, where nothing of it is known.
    const said = JSON.stringify({ ...body, epoch: target.epoch, place: target.place });
    if (said === this.shown) return;
    this.shown = said;
    void this.connection.send("media.show", body).catch(() => (this.shown = ""));
  }
}
