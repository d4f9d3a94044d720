// What to do about the journal's answer to a batch: confirm, let the teacher choose, or take back.
import { entriesBatch } from "./batches.js";
import { Conflicts } from "./conflicts.js";
import { UNRESOLVED, keyOf } from "./page.js";
import { askReason } from "./reason.js";
import { renewToken } from "./sign-in.js";

export class Outcomes {
  constructor(parts) {
    Object.assign(this, parts);
    this.conflicts = new Conflicts(parts);
    this.restarts = 0;
  }

  offer(at) {
    this.conflicts.offer(at);
  }

  async take(batch, outcome) {
    if (outcome.kind === "saved") await this.#saved(batch, outcome.told);
    else if (outcome.kind === "conflict") await this.#conflict(batch, outcome.told);
    else if (outcome.kind === "signedOut") this.#signedOut();
    else if (outcome.told?.type?.endsWith("form-expired")) await this.#formExpired();
    else if (outcome.told?.type?.endsWith("reason-needed")) await this.#explain(batch, outcome.told);
    else this.#refused(batch, outcome.told ?? {});
  }

  async #saved(batch, told) {
    this.restarts = 0;
    if (!this.queue.saved(batch, told)) this.refresh.isDue = true;
    this.#confirm(batch, told.changed ?? []);
    if (this.refresh.isDue && !this.queue.waiting) await this.refresh.now();
  }

  #confirm(batch, changed) {
    const recorded = new Map(changed.map((one) => [keyOf(batch.lesson, one.pupil_id, one.slot), one.value]));
    const later = new Set(this.queue.pending().filter((one) => one.kind === "entry")
      .map((one) => keyOf(one.lesson, one.pupil, one.slot)));
    for (const { slot } of batch.body.works ?? []) this.#knowFirst(batch.lesson, slot);
    for (const change of batch.changes.filter((one) => one.kind === "entry")) {
      const key = keyOf(change.lesson, change.pupil, change.slot);
      // An «н» of an excused day is recorded as the excuse's reason.
      const value = recorded.get(key) ?? change.value;
      this.edits.recorded(key, change.value, value);
      if (change.value === UNRESOLVED && !recorded.has(key)) this.refresh.isDue = true;
      if (later.has(key)) continue;
      this.page.set(key, value);
      this.table.show(key, null);
    }
  }

  /** Show the work that first marks have made, unless it is shown and perhaps changed already. */
  #knowFirst(lesson, slot) {
    const work = this.queue.newWork(lesson, slot);
    if (work) this.panel.knowWork(lesson, work);
    // Its weight is that of the lesson's day: what it was then, the journal knows.
    if (this.page.lesson(lesson)?.on !== this.page.today) this.refresh.isDue = true;
  }

  async #conflict(batch, told) {
    if (told.errors?.cells) this.#cells(batch, told.errors.cells);
    else if (told.errors?.description) this.panel.conflict(batch, told.errors.description, () => this.queue.run());
    else if (told.errors?.comment) await this.#other(batch, this.page.texts.otherComment);
    else if (told.errors?.due) await this.#other(batch, this.page.texts.otherDue);
    else if (told.errors?.works) await this.#works(batch);
    else await this.#restart(batch, told);
  }

  /** Another gave the work its kind meanwhile: theirs stands, and our marks go on without ours. */
  async #works(batch) {
    const marks = batch.kind === "entry" ? { ...entriesBatch(batch.lesson, batch.changes, () => null), seq: batch.seq } : null;
    this.queue.replace(batch, marks);
    this.refresh.isDue = true;
    if (marks) return;
    await this.refresh.now();
    this.panel.drawWorks(); // Also where the cursor stands.
    this.state.note(this.page.texts.otherWork);
  }

  /** Another said the same of a cell otherwise: theirs stands. */
  async #other(batch, text) {
    this.queue.replace(batch, null);
    await this.refresh.now();
    this.state.note(text);
  }

  /** Send again what nobody else touched; of the rest, show both values. */
  #cells(batch, cells) {
    const theirs = new Map(cells.map((cell) => [keyOf(batch.lesson, cell.pupil_id, cell.slot), cell]));
    const cellOf = ({ lesson, pupil, slot }) => theirs.get(keyOf(lesson, pupil, slot));
    const seq = Math.max(...cells.map((cell) => cell.seq));
    // A value that was known when this one was typed, as our own earlier one, is no news to anybody.
    const left = batch.changes.filter((change) => !(cellOf(change)?.seq > change.seq));
    this.queue.replace(batch, left.length ? { ...entriesBatch(batch.lesson, left, this.queue.newWork), seq } : null);
    for (const change of batch.changes.filter((one) => !left.includes(one))) this.#torn(change, cellOf(change));
    this.refresh.isDue = true;
  }

  /** Show both values of a cell, unless something was typed over the first of them already. */
  #torn(change, cell) {
    if (this.queue.isPending(change)) return;
    this.queue.know([change], cell.seq);
    this.queue.tear([change]);
    this.conflicts.add(keyOf(change.lesson, change.pupil, change.slot), change.value, cell);
  }

  /** The school wants to know why a mark is changed so late: ask, and send it with the answer. */
  async #explain(batch, told) {
    const reason = await askReason(told.detail);
    if (reason === null) this.#refused(batch, told);
    else this.queue.replace(batch, { ...batch, key: `${batch.key}.why`, body: { ...batch.body, reason } });
  }

  /** The journal does not know the page as we saw it: look again, then send once more. */
  async #restart(batch, told) {
    this.restarts += 1;
    if (this.restarts > 2) { this.#refused(batch, told); return; }
    this.queue.forgetSeen();
    await this.refresh.now();
    this.queue.restart(batch, this.restarts);
  }

  #signedOut() {
    this.queue.halt();
    this.onSignedOut();
  }

  async #formExpired() {
    if (!(await renewToken(this))) this.#signedOut();
  }

  #refused(batch, told) {
    this.queue.shelve(batch);
    for (const change of batch.changes.filter((one) => one.kind === "entry")) {
      this.table.show(keyOf(change.lesson, change.pupil, change.slot), "refused");
    }
    const takeBack = async () => {
      this.queue.clearShelf();
      await this.refresh.now({ wipe: true });
      this.queue.run();
    };
    const { texts } = this.page;
    this.state.refused(told, { title: texts.sendAgain, run: () => this.refresh.resend() }, { title: texts.takeBack, run: takeBack });
  }
}
