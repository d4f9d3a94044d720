// What is said of the active cell: the comment on its mark, and by how many minutes somebody was late.
import { ATTENDANCE, AWAITED, LATE, keyOf } from "./page.js";

export class CellPanel {
  constructor({ page, table, queue, edits }) {
    Object.assign(this, { page, table, queue, edits });
    this.box = document.getElementById("cell-facts");
    this.title = document.getElementById("cell-title");
    this.comment = document.getElementById("cell-comment");
    this.minutes = document.getElementById("cell-minutes");
    this.due = document.getElementById("cell-due");
    this.comment.addEventListener("change", () => this.#commented());
    this.minutes.addEventListener("change", () => this.#late());
    this.due.addEventListener("change", () => this.#moved());
    // Typing changes what can be said of the cell.
    table.element.addEventListener("keyup", () => this.again());
  }

  /** Show the active cell; `at` is the selection, which goes on. */
  show(at) {
    this.at = at;
    this.again();
  }

  /** Show the same cell again, after it or the page has changed. */
  again() {
    if (!this.at || [this.comment, this.minutes, this.due].includes(document.activeElement)) return;
    const { lesson, slot, first } = this.table.columns[this.at.column];
    const pupil = this.page.pupils[this.at.row];
    const mark = this.page.get(lesson, pupil, slot);
    const away = first ? this.page.get(lesson, pupil, ATTENDANCE) : null;
    this.key = keyOf(lesson.id, pupil.id, mark === null ? ATTENDANCE : slot);
    this.away = keyOf(lesson.id, pupil.id, ATTENDANCE);
    this.box.hidden = mark === null && away === null;
    this.title.textContent = `${pupil.name}: ${[away, mark].filter(Boolean).join(" ")}`;
    this.comment.value = this.page.comments.get(this.key) ?? "";
    this.comment.readOnly = !this.page.isEditable(lesson, pupil);
    this.minutes.parentElement.hidden = !this.page.isLate(away);
    this.minutes.value = away?.slice(LATE.length + 1) ?? "";
    this.minutes.readOnly = this.comment.readOnly;
    this.due.parentElement.hidden = mark !== AWAITED;
    this.due.value = this.page.dues.get(this.key) ?? "";
    this.due.readOnly = this.comment.readOnly;
  }

  #commented() {
    const [lesson, pupil, slot] = this.key.split("/");
    const comment = this.comment.value.trim() || null;
    this.page.say(this.key, comment);
    this.table.show(this.key);
    this.queue.add([{ kind: "comment", lesson, pupil, slot: Number(slot), comment }]);
  }

  #moved() {
    if (!this.due.value) return; // Half a date is none.
    const [lesson, pupil, slot] = this.key.split("/");
    this.page.dues.set(this.key, this.due.value);
    this.table.show(this.key);
    this.queue.add([{ kind: "due", lesson, pupil, slot: Number(slot), due_on: this.due.value }]);
  }

  #late() {
    const minutes = Math.min(99, Math.max(0, Math.trunc(Number(this.minutes.value) || 0)));
    this.edits.apply([{ key: this.away, value: minutes ? `${LATE} ${minutes}` : LATE }]);
  }
}
