// Term-end marks on their way: one request per column and reason, and what to do about the answer.
import { made } from "./batches.js";
import { say } from "./dom.js";
import { renewToken } from "./sign-in.js";

/** Whether the school wants a reason for a mark (clause 2.1); as the journal decides it. */
export function differs(value, cell, column) {
  if (value === null || cell.recommended === null || value === cell.recommended) return false;
  const [mark, wanted] = [Number(value), Number(cell.recommended)];
  return Number.isNaN(mark) || Number.isNaN(wanted) || Math.abs(mark - wanted) > column.deviation;
}

/** Freeze a draft: the marks of each column, apart by the reason they are given for. */
export function freezeFinals(draft) {
  const groups = new Map();
  for (const change of draft) {
    const name = JSON.stringify([change.lesson, change.reason]);
    groups.set(name, [...(groups.get(name) ?? []), change]);
  }
  return [...groups.values()].map((changes) => finalsBatch(changes));
}

function finalsBatch(changes) {
  const [{ lesson, reason }] = changes;
  const entries = changes.map(({ pupil, value }) => ({ pupil_id: pupil, value }));
  return made("final", lesson, changes, "POST", `finals/${lesson}`, reason ? { entries, reason } : { entries });
}

export class FinalsOutcomes {
  constructor(parts) {
    Object.assign(this, parts, { restarts: 0, theirs: new Map() }); // "column/pupil" → the cell that another wrote
  }

  async take(batch, { kind, told }) {
    if (kind === "saved") await this.#saved(batch, told);
    else if (kind === "conflict" && told.errors?.cells) await this.#cells(batch, told.errors.cells);
    else if (kind === "conflict") await this.#restart(batch, told);
    else if (kind === "signedOut") this.#signedOut();
    else if (told?.type?.endsWith("form-expired")) await this.#formExpired();
    else if (Object.keys(told?.errors ?? {}).some((name) => name.endsWith(".reason"))) await this.#reconsider(batch, told);
    else this.#refused(batch, told ?? {});
  }

  async #saved(batch, told) {
    this.restarts = 0;
    this.queue.saved(batch, told);
    const later = new Set(this.queue.pending().map((one) => `${one.lesson}/${one.pupil}`));
    for (const { lesson, pupil } of batch.changes) if (!later.has(`${lesson}/${pupil}`)) this.marks.delete(`${lesson}/${pupil}`);
    if (this.queue.waiting) this.draw();
    else await this.refresh(); // A period's mark is what the year's is recommended by.
  }

  /** Send again what nobody else touched; of the rest theirs is shown, and ours offered. */
  async #cells(batch, cells) {
    const theirs = new Map(cells.map((cell) => [cell.pupil_id, cell]));
    const seq = Math.max(...cells.map((cell) => cell.seq));
    const left = batch.changes.filter((change) => !(theirs.get(change.pupil)?.seq > change.seq));
    this.queue.replace(batch, left.length ? { ...finalsBatch(left), seq } : null);
    const lost = batch.changes.filter((one) => !left.includes(one) && !this.queue.isPending(one));
    for (const one of lost) this.#tear(one, theirs.get(one.pupil));
    for (const { lesson, pupil } of batch.changes) this.marks.delete(`${lesson}/${pupil}`);
    await this.refresh();
    this.offer();
  }

  #tear(change, cell) {
    this.theirs.set(`${change.lesson}/${change.pupil}`, cell);
    this.queue.know([change], cell.seq);
    this.queue.tear([change]);
  }

  /** Ask about all that was torn and is not decided yet. */
  offer() {
    const torn = this.queue.shelf.filter((one) => one.isTorn).flatMap((one) => one.changes);
    if (!torn.length) { this.state.withdraw("torn"); return; }
    const word = (value) => value ?? this.texts.empty;
    const theirsOf = ({ lesson, pupil }) => this.theirs.get(`${lesson}/${pupil}`);
    const listed = (values) => values.map(word).join(", ");
    const [first] = torn;
    const said = say(this.texts.theirs, { mine: word(first.value), theirs: word(theirsOf(first).value) });
    const also = torn.length > 1 ? ` ${say(this.texts.andMore, { count: torn.length - 1 })}` : "";
    this.state.ask("torn", `${this.nameOf(first.pupil)}. ${said}${also}`,
      { title: say(this.texts.keepMine, { what: listed(torn.map((one) => one.value)) }), run: () => this.#keepMine(torn) },
      { title: say(this.texts.takeTheirs, { what: listed(torn.map((one) => theirsOf(one).value)) }), run: () => this.#takeTheirs(torn) });
  }

  #keepMine(torn) {
    this.queue.settle(torn);
    const seen = torn.map((one) => ({ ...one, seq: this.theirs.get(`${one.lesson}/${one.pupil}`).seq }));
    for (const batch of freezeFinals(seen)) this.queue.enqueue(batch);
    this.queue.run();
  }

  #takeTheirs(torn) {
    this.queue.settle(torn);
    this.queue.run(); // Nothing to send perhaps, but something to say.
  }

  /** The journal does not know the page as we saw it: look again, then send once more. */
  async #restart(batch, told) {
    this.restarts += 1;
    if (this.restarts > 2) { this.#refused(batch, told); return; }
    this.queue.forgetSeen();
    await this.refresh();
    this.queue.restart(batch, this.restarts);
  }

  /** What is recommended is another mark by now: it is looked at again, and asked why this one is put. */
  async #reconsider(batch, told) {
    this.queue.replace(batch, null);
    for (const { lesson, pupil } of batch.changes) this.marks.delete(`${lesson}/${pupil}`);
    await this.refresh();
    if (!this.retype(batch.changes)) this.#refused(batch, told);
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
    for (const { lesson, pupil } of batch.changes) this.marks.set(`${lesson}/${pupil}`, "refused");
    this.draw();
    const takeBack = async () => {
      this.queue.clearShelf();
      await this.refresh({ wipe: true });
      this.queue.run();
    };
    this.state.refused(told, { title: this.texts.sendAgain, run: () => this.resend() }, { title: this.texts.takeBack, run: takeBack });
  }
}
