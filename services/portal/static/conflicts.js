// Two people wrote into one cell: both values are shown in it, and the teacher chooses.
import { entriesBatch } from "./batches.js";
import { h, say } from "./dom.js";
import { ATTENDANCE, keyOf } from "./page.js";

export class Conflicts {
  constructor({ page, table, queue }) {
    Object.assign(this, { page, table, queue, open: table.rivals, texts: page.texts });
  }

  add(key, mine, cell) {
    this.open.set(key, { mine, theirs: cell.value, seq: cell.seq });
    this.page.set(key, mine);
    this.table.show(key, "conflict");
    this.#show(key);
  }

  /** When the teacher comes to a cell in conflict, offer the choice. */
  offer({ row, column }) {
    const { lesson, slot, first } = this.table.columns[column];
    const pupil = this.page.pupils[row];
    const keys = [keyOf(lesson.id, pupil.id, slot), ...(first ? [keyOf(lesson.id, pupil.id, ATTENDANCE)] : [])];
    const key = keys.find((one) => this.open.has(one));
    if (key) this.#show(key);
    else this.box?.remove();
  }

  /** Close the question of a cell that has been typed over. */
  tidy() {
    if (!this.open.has(this.asked)) this.box?.remove();
  }

  #show(key) {
    this.asked = key;
    const td = this.table.cellOf(key);
    const { mine, theirs } = this.open.get(key);
    const word = (value) => value ?? this.texts.empty;
    this.box?.remove();
    this.box = h("div", { class: "choice", role: "alertdialog", "aria-label": this.texts.conflict },
      h("p", {}, say(this.texts.theirs, { mine: word(mine), theirs: word(theirs) })),
      h("button", { type: "button", class: "btn btn-sm btn-primary", onclick: () => this.#keepMine(key) }, say(this.texts.keepMine, { what: word(mine) })),
      h("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick: () => this.#takeTheirs(key) }, say(this.texts.takeTheirs, { what: word(theirs) })));
    const wrap = document.getElementById("grid-wrap");
    const cell = td.getBoundingClientRect();
    const frame = wrap.getBoundingClientRect();
    wrap.after(this.box);
    this.box.style.left = `${Math.max(8, Math.min(cell.left, frame.right - this.box.offsetWidth - 8))}px`;
    this.box.style.top = `${cell.bottom + window.scrollY + 4}px`;
  }

  /** Close the question; return what was chosen as a change, made by one who has seen both. */
  #close(key, value, seq) {
    const [lesson, pupil, slot] = key.split("/");
    const change = { kind: "entry", lesson, pupil, slot: Number(slot), value, seq };
    this.open.delete(key);
    this.queue.settle([change]);
    this.box?.remove();
    this.table.cellOf(key).focus();
    return change;
  }

  #keepMine(key) {
    const { mine, seq } = this.open.get(key);
    const change = this.#close(key, mine, seq);
    this.table.show(key, "waiting");
    // A batch of its own: it alone may say that it has seen the other's value.
    this.queue.enqueue(entriesBatch(change.lesson, [change], this.queue.newWork));
    this.queue.run();
  }

  #takeTheirs(key) {
    const { theirs, seq } = this.open.get(key);
    this.#close(key, theirs, seq);
    this.page.set(key, theirs);
    this.table.show(key, null);
    this.queue.run(); // Nothing to send perhaps, but something to say.
  }
}
