// Copy and paste: a column of marks from a spreadsheet, or a block of cells from here.
import { say } from "./dom.js";
import { ATTENDANCE, keyOf } from "./page.js";

export function listenToClipboard(table, selection, edits, note) {
  const inGrid = () => table.element.contains(document.activeElement);
  document.addEventListener("copy", (event) => {
    if (!inGrid()) return;
    event.clipboardData.setData("text/plain", asText(table, selection));
    event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    if (!inGrid()) return;
    event.preventDefault();
    pasteText(event.clipboardData.getData("text/plain"), table, selection, edits, note);
  });
}

function asText(table, selection) {
  const lines = new Map();
  for (const { row, column } of selection.places()) {
    const { lesson, slot, first } = table.columns[column];
    const pupil = table.page.pupils[row];
    const away = first ? table.page.get(lesson, pupil, ATTENDANCE) : null;
    const said = table.page.get(lesson, pupil, slot) ?? away ?? "";
    lines.set(row, [...(lines.get(row) ?? []), said]);
  }
  return [...lines.entries()].sort(([a], [b]) => a - b).map(([, cells]) => cells.join("\t")).join("\n");
}

/** Put a block of values from the active cell on; what is no mark is told and left out. */
function pasteText(text, table, selection, edits, note) {
  const { page } = table;
  const [top, left] = [Math.min(selection.row, selection.anchorRow), Math.min(selection.column, selection.anchorColumn)];
  const changes = [];
  const wrong = [];
  text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, down) => {
    line.split("\t").forEach((cell, right) => {
      const value = cell.trim().toLowerCase();
      const [pupil, column] = [page.pupils[top + down], table.columns[left + right]];
      if (!pupil || !column) return;
      if (value && !page.isMark(value) && !page.isAttendance(value)) wrong.push(cell.trim().slice(0, 12));
      else if (page.isEditable(column.lesson, pupil)) changes.push(...cellChanges(page, column, pupil, value || null));
    });
  });
  edits.apply(changes);
  if (wrong.length) note(say(page.texts.notPasted, { what: wrong.slice(0, 5).join(", ") }));
}

function cellChanges(page, { lesson, slot }, pupil, value) {
  const isAway = value !== null && page.isAttendance(value);
  const key = keyOf(lesson.id, pupil.id, isAway ? ATTENDANCE : slot);
  return [{ key, value }];
}
