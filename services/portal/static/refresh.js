// The page and the journal, brought together: after a reload, after others wrote, from time to time.
import { areSame } from "./dom.js";
import { keyOf } from "./page.js";

const EVERY_MS = 60_000;
const ORPHANS_MS = 6000;

export class Refresh {
  constructor(parts) {
    Object.assign(this, parts);
    this.isDue = false;
    setInterval(() => this.#idle(), EVERY_MS);
    window.addEventListener("focus", () => this.#idle());
  }

  /** Lay what was typed before a reload over the page, and go on sending it. */
  restore() {
    const orphans = this.queue.store.orphans();
    if (orphans.length) this.queue.add(orphans);
    this.#overlay();
    this.queue.flush();
    // What another page of this tab sent while this one was made.
    if (this.queue.store.hasSeenMore(this.session.seq)) this.now();
    if (this.queue.store.hasYoungOrphans()) setTimeout(() => this.restore(), ORPHANS_MS);
  }

  /** Send again what was refused. */
  resend() {
    this.queue.resend();
    this.#overlay();
  }

  /** Load the page anew and show it; `wipe` forgets what the journal refused. */
  async now({ wipe = false } = {}) {
    const known = wipe || !this.tag ? {} : { "If-None-Match": this.tag };
    const answer = await this.#get(`${this.data.urls.page}/data${this.#period()}`, known);
    if (!answer || answer.status === 304) { this.isDue = this.isDue && !answer; return; }
    if (!answer.ok) return;
    const told = await answer.json().catch(() => null);
    // What is no answer of ours, as a hotel's page, is none; and one older than a save would take it back.
    this.isDue = !told || this.queue.store.hasSeenMore(told.page.seq);
    if (this.isDue) return;
    // Who came to the class, or a lesson put into the timetable, has no row or column here: nothing is laid
    // over what is on the screen, where one place then meant another.
    if (!areSame(this.page.lessons, told.lessons) || !areSame(this.page.pupils, told.pupils)) {
      this.state.rearranged(() => this.#anew());
      return;
    }
    this.tag = answer.headers.get("ETag");
    const seen = this.session.seq;
    this.session.seq = told.page.seq;
    if (wipe) this.table.states.clear();
    this.page.load(told);
    this.table.rebuild();
    this.#overlay();
    this.table.drawAll();
    this.panel.again(seen);
    this.cellPanel.again();
  }

  #overlay() {
    for (const { changes, isTorn } of this.queue.shelf) this.#layOver(changes, isTorn ? "conflict" : "refused");
    this.#layOver(this.queue.pending(), "waiting");
  }

  #layOver(changes, state) {
    for (const change of changes) {
      if (change.kind === "comment") this.page.say(keyOf(change.lesson, change.pupil, change.slot), change.comment);
      if (change.kind === "due") this.page.dues.set(keyOf(change.lesson, change.pupil, change.slot), change.due_on);
      if (change.kind === "work") this.panel.knowWork(change.lesson, change);
      if (change.kind === "description") this.panel.knowText(change);
      if (change.kind !== "entry") continue;
      const key = keyOf(change.lesson, change.pupil, change.slot);
      this.panel.makeRoom(change.lesson, change.slot);
      this.page.set(key, change.value);
      this.table.show(key, state);
    }
  }

  /** Load the whole page, and come back to the cell; what waits to be sent waits in the browser. */
  #anew() {
    const { row, column } = this.selection;
    window.location.hash = `${this.table.columns[column].lesson.id}/${this.page.pupils[row].id}`;
    window.location.reload();
  }

  async #get(url, headers = {}) {
    try {
      return await fetch(url, { headers: { Accept: "application/json", ...headers } });
    } catch {
      return null;
    }
  }

  #period() {
    return this.data.period ? `?period_id=${this.data.period.id}` : "";
  }

  #idle() {
    // Another's changes are looked at only when nothing of ours is on its way.
    if (!document.hidden && !this.queue.waiting && !this.table.states.size) this.now();
  }
}
