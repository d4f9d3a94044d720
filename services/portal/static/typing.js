// Keys: what each of them puts into the selected cells, in the Russian and the English layout alike.

import { say } from "./dom.js";
import { ATTENDANCE, AWAITED, LATE } from "./page.js";

// Physical keys, by the letters of the Russian layout on them.
const PHYSICAL = { KeyY: "н", Comma: "б", KeyE: "уп", KeyG: "нп", KeyJ: "оп", KeyP: "зач" };
const LETTERS = { н: "н", б: "б", у: "уп", п: "нп", о: "оп", з: "зач" };

export class Typing {
  constructor({ element, selection, edits, onPalette, onSecond, goesDown }) {
    Object.assign(this, { element, selection, edits, onPalette, onSecond, goesDown, run: null });
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Put a value where the selection is, and move on if the teacher likes it so. */
  put(value, given = {}) {
    const places = this.selection.places();
    this.edits.put(places, value, given);
    const isWhole = value !== null && !this.edits.page.mayGrow(value);
    if (isWhole && places.length === 1 && this.goesDown()) this.selection.by(1, 0);
  }

  #key(event) {
    if (!event.target.closest("td") || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (!/^([0-9]|Shift)$/.test(event.key) && !/^(Digit|Numpad)\d$/.test(event.code)) this.run = null;
    if (this.selection.key(event) || (command ? this.#command(event) : this.#typed(event))) event.preventDefault();
  }

  #command(event) {
    if (event.altKey) return false;
    if (event.code === "KeyZ") return event.shiftKey ? this.edits.redo() ?? true : this.edits.undo() ?? true;
    if (event.code === "KeyY") return this.edits.redo() ?? true;
    if (event.code === "KeyD") return this.#fillDown() ?? true;
    if (event.code === "KeyA") return this.#selectColumn() ?? true;
    return false;
  }

  #typed(event) {
    if (event.altKey) return false;
    if (event.key === "Backspace" || event.key === "Delete") return this.put(null) ?? true;
    if (event.key === "+" || event.code === "Equal") return this.onSecond() ?? true;
    if (event.key === "/") return this.onSecond({ alike: true }) ?? true;
    if (event.key === " " || event.key === "F2") return this.onPalette() ?? true;
    if (event.code === "NumpadDecimal" || [".", AWAITED].includes(event.key)) return this.#await() ?? true;
    const beside = event.shiftKey && /^(Digit|Numpad)\d$/.test(event.code);
    const digit = beside ? event.code.slice(-1) : /^[0-9]$/.test(event.key) ? event.key : null;
    if (digit !== null) return this.digit(digit, { beside }) ?? true;
    const value = this.#valueOf(event);
    if (value === null) return false;
    if (value === LATE && this.edits.page.isLate(this.#standing(ATTENDANCE))) return this.#begin("minutes") ?? true;
    return this.put(value) ?? true;
  }

  /** Digits typed in one cell make one mark where the scale has it: 8 and 7 are 87, 1 and 0 are 10. */
  digit(digit, given) {
    const { page } = this.edits;
    const { run } = this;
    const going = run && run.row === this.selection.row && run.column === this.selection.column && this.selection.places().length === 1;
    if (going && run.kind === "minutes") return this.#minutes(run.text + digit);
    const value = [going ? run.text + digit : "", digit].find((one) => page.isMark(one));
    if (value === undefined) return this.#refuse(digit);
    this.#begin("mark", value);
    this.put(value, given);
  }

  /** «.»: the work is awaited, where there are marks at all. */
  #await() {
    if (this.edits.page.isMark(AWAITED)) this.put(AWAITED);
    else this.#refuse(AWAITED);
  }

  #begin(kind, text = "") {
    this.run = { kind, text, row: this.selection.row, column: this.selection.column };
  }

  #minutes(text) {
    const value = `${LATE} ${text}`;
    if (!this.edits.page.isAttendance(value)) return;
    this.#begin("minutes", text);
    this.edits.put(this.selection.places(), value);
  }

  #standing(slot) {
    const { table, row, column } = this.selection;
    return this.edits.page.get(table.columns[column].lesson, this.edits.page.pupils[row], slot);
  }

  #valueOf(event) {
    const { page } = this.edits;
    const value = PHYSICAL[event.code] ?? LETTERS[event.key.toLowerCase()];
    return value && (page.isMark(value) || page.isAttendance(value)) ? value : null;
  }

  #refuse(what) {
    const { page, note } = this.edits;
    const { scale } = page;
    const shown = scale.length > 30 ? [...scale.slice(0, 3), "…", ...scale.slice(-3)] : scale;
    note(say(page.texts.notOnScale, { what, scale: shown.join(", ") }));
  }

  /** Repeat the top of the selection down it; of a single cell, what stands above it. */
  #fillDown() {
    const { table, row, anchorRow } = this.selection;
    const { page } = table;
    const top = row === anchorRow ? row - 1 : Math.min(row, anchorRow);
    if (top < 0) return;
    const places = this.selection.places().filter((at) => at.row !== top);
    for (const column of new Set(places.map((at) => at.column))) {
      const { lesson, slot } = table.columns[column];
      const above = page.get(lesson, page.pupils[top], slot) ?? page.get(lesson, page.pupils[top], ATTENDANCE);
      this.edits.put(places.filter((at) => at.column === column), above);
    }
  }

  #selectColumn() {
    const { column } = this.selection;
    Object.assign(this.selection, { anchorRow: 0, anchorColumn: column });
    this.selection.to(this.selection.rows - 1, column, { extend: true });
  }
}
