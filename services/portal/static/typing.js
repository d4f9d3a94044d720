// Keys: what each of them puts into the selected cells, in the Russian and the English layout alike.

import { say } from "./dom.js";
import { ATTENDANCE } from "./page.js";

// Physical keys, by the letters of the Russian layout on them.
const PHYSICAL = { KeyY: "н", Comma: "б", KeyE: "уп", KeyG: "нп", KeyJ: "оп", KeyP: "зач" };
const LETTERS = { н: "н", б: "б", у: "уп", п: "нп", о: "оп", з: "зач" };

export class Typing {
  constructor({ element, selection, edits, onPalette, onSecond, goesDown }) {
    Object.assign(this, { element, selection, edits, onPalette, onSecond, goesDown });
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Put a value where the selection is, and move on if the teacher likes it so. */
  put(value) {
    const places = this.selection.places();
    this.edits.put(places, value);
    if (value !== null && places.length === 1 && this.goesDown()) this.selection.by(1, 0);
  }

  #key(event) {
    if (!event.target.closest("td") || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
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
    if (event.key === " " || event.key === "F2") return this.onPalette() ?? true;
    const value = this.#valueOf(event);
    if (value === null) return /^[0-9]$/.test(event.key) ? this.#refuse(event.key) ?? true : false;
    return this.put(value) ?? true;
  }

  #valueOf(event) {
    const { page } = this.edits;
    const value = /^[0-9]$/.test(event.key) ? event.key : PHYSICAL[event.code] ?? LETTERS[event.key.toLowerCase()];
    return value && (page.isMark(value) || page.isAttendance(value)) ? value : null;
  }

  #refuse(what) {
    const { page, note } = this.edits;
    note(say(page.texts.notOnScale, { what, scale: page.scale.join(", ") }));
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
