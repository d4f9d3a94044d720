// Copy and paste: a column of marks from a spreadsheet, or a block of cells from here.
import { readBlock } from "./block.js";
import { say } from "./dom.js";
import { ATTENDANCE } from "./page.js";

const NAMED = 5; // Of the values that are no marks, so many are named.

export function listenToClipboard(parts) {
  const inGrid = () => parts.table.element.contains(document.activeElement);
  document.addEventListener("copy", (event) => {
    if (!inGrid()) return;
    event.clipboardData.setData("text/plain", asText(parts));
    event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    if (!inGrid()) return;
    event.preventDefault();
    pasteText(event.clipboardData.getData("text/plain"), parts);
  });
}

function asText({ table, selection }) {
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

/** Put a block of values from the active cell on; what is no mark is told, row by row, and left out. */
function pasteText(text, { table, selection, edits, panel, note }) {
  const { page } = table;
  const [top, left] = [Math.min(selection.row, selection.anchorRow), Math.min(selection.column, selection.anchorColumn)];
  const block = readBlock(text).map((cells) => cells.map(unquoted));
  // The columns themselves, not their numbers: a «4/5» may put a new one between them.
  const columns = table.columns.slice(left);
  const changes = [];
  const wrong = [];
  block.forEach((cells, down) => cells.forEach((cell, right) => {
    const [pupil, column] = [page.pupils[top + down], columns[right]];
    if (!column || !cell) return; // A blank says nothing: marks that stand are not pasted away.
    const values = valuesOf(page, cell);
    const place = say(page.texts.row, { number: top + down + 1 });
    if (!pupil || !values || !page.isEditable(column.lesson, pupil)) { wrong.push(`${place} «${cell.slice(0, 12)}»`); return; }
    // A certificate may stand behind an absence: who means to replace it types the mark into the cell.
    if (values.some((one) => edits.wipes(column, pupil, one))) {
      wrong.push(`${place} «${cell}» (${page.get(column.lesson, pupil, ATTENDANCE)})`);
      return;
    }
    changes.push(...cellChanges({ table, edits, panel }, column, pupil, values));
  }));
  edits.apply(changes);
  const rest = wrong.length > NAMED ? ` … +${wrong.length - NAMED}` : "";
  if (wrong.length) note(say(page.texts.notPasted, { what: wrong.slice(0, NAMED).join(", ") + rest }));
}

/** No mark has quotes of its own. */
function unquoted(cell) {
  return cell.replace(/^"(.*)"$/s, "$1").trim();
}

/** What a pasted cell says: one value, or two of «4/5»; null when it is no mark. */
function valuesOf(page, cell) {
  const known = (text) => [page.signOf(text), text.toLowerCase()].find((one) => page.isMark(one) || page.isAttendance(one));
  if (known(cell)) return [known(cell)];
  const two = cell.split("/").map((part) => known(part.trim()));
  return two.length === 2 && two.every((one) => one && page.isMark(one)) ? two : null;
}

function cellChanges({ table, edits, panel }, column, pupil, [value, second]) {
  const changes = edits.changes(column, pupil, value);
  if (second === undefined) return changes;
  const after = () => table.columns.find((one) => one.lesson === column.lesson && one.slot > column.slot);
  if (!after()) panel.addWork(column.lesson, column.slot, undefined, column.work);
  return after() ? [...changes, ...edits.changes(after(), pupil, second)] : changes;
}
