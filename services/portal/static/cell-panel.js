// What is said of the active cell: the comment on its mark, and by how many minutes somebody was late.
import { ATTENDANCE, LATE, keyOf } from "./page.js";

export class CellPanel {
  constructor({ page, table, queue, edits }) {
    Object.assign(this, { page, table, queue, edits });
    this.box = document.getElementById("cell-facts");
    this.title = document.getElementById("cell-title");
    this.comment = document.getElementById("cell-comment");
    this.minutes = document.getElementById("cell-minutes");
    this.comment.addEventListener("change", () => this.#commented());
    this.minutes.addEventListener("change", () => this.#late());
    // Typing changes what can be said of the cell.
    table.element.addEventListener("keyup", () => this.again());
  }

  show({ row, column }) {
    Object.assign(this, { row, column });
    this.again();
  }

  /** Show the same cell again, after it or the page has changed. */
  again() {
    if (this.row === undefined || [this.comment, this.minutes].includes(document.activeElement)) return;
    const { lesson, slot, first } = this.table.columns[this.column];
    const pupil = this.page.pupils[this.row];
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
  }

  #commented() {
    const [lesson, pupil, slot] = this.key.split("/");
    const comment = this.comment.value.trim() || null;
    this.page.say(this.key, comment);
    this.table.show(this.key);
    this.queue.add([{ kind: "comment", lesson, pupil, slot: Number(slot), comment }]);
  }

  #late() {
    const minutes = Math.min(99, Math.max(0, Math.trunc(Number(this.minutes.value) || 0)));
    this.edits.apply([{ key: this.away, value: minutes ? `${LATE} ${minutes}` : LATE }]);
  }
}
