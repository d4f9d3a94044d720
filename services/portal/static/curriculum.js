// The curriculum: subjects by plans. A cell is hours a week, «3» or «1,5», and «3×2» for two groups.
import { h, say } from "./dom.js";
import { hours, readQuarters, Sheet } from "./sheet.js";
import { Saving } from "./sheet-saving.js";

const CELL = /^([\d.,]+)\s*(?:[x×х*/]\s*([123]))?$/i;

const element = document.getElementById("sheet");
const data = JSON.parse(element.dataset.sheet);
const { columns, rows, texts } = data;
const cells = columns.map((column) => column.cells.map((cell) => cell && { quarters: cell.hours * 4, groups: cell.groups, year: cell.year }));

const saving = new Saving({
  columns, texts,
  body: (at) => ({
    ...columns[at].body,
    items: rows.flatMap((row, line) => {
      const cell = cells[at][line];
      if (!cell) return [];
      const year = cell.year ? { hours_per_year: cell.year } : {};
      return [{ ...row, hours_per_week: cell.quarters / 4, group_count: cell.groups, ...year }];
    }),
  }),
  onRefused: (at) => element.querySelectorAll(`tr[data-row] td:nth-child(${at + 2})`).forEach((td) => td.classList.add("refused")),
});

const model = {
  editable: (row, column) => columns[column].editable && !saving.stuck.has(column),
  value: (row, column) => cells[column][row],
  format(row, column) {
    const cell = cells[column][row];
    if (!cell) return "";
    return hours(cell.quarters) + (cell.groups > 1 ? `×${cell.groups}` : "");
  },
  parse(text, row, column) {
    if (!text) return { value: null };
    const found = CELL.exec(text);
    const quarters = found && readQuarters(found[1]);
    const own = cells[column][row];
    if (!quarters) return { error: say(texts.badHours, { what: text.slice(0, 12) }) };
    const year = own && own.quarters === quarters ? own.year : null; // Other hours a week make another year.
    return { value: { quarters, groups: Number(found[2] ?? 1), year } };
  },
  write(row, column, value) {
    cells[column][row] = value;
    saving.changed(column);
  },
  draw(td, row, column) {
    const cell = cells[column][row];
    td.replaceChildren(...(cell ? [hours(cell.quarters), ...(cell.groups > 1 ? [h("small", {}, `×${cell.groups}`)] : [])] : []));
    if (cell?.year) td.append(h("small", { title: texts.yearGiven }, ` ${cell.year}/${texts.yearSign}`));
  },
  totals() {
    const sums = columns.map((_, at) => cells[at].reduce((sum, cell) => sum + (cell?.quarters ?? 0), 0));
    element.querySelectorAll("tr.sum td[data-sum]").forEach((td, at) => {
      const { limit } = columns[at];
      const over = limit === null ? 0 : sums[at] - limit * 4;
      td.classList.toggle("over", over > 0);
      td.replaceChildren(h("b", {}, hours(sums[at])), ...(over > 0 ? [h("small", {}, say(texts.overLimit, { hours: hours(over) }))] : []));
    });
    rows.forEach((_, row) => {
      const sum = cells.reduce((found, column) => found + (column[row]?.quarters ?? 0), 0);
      sheet?.lines[row].cells[columns.length + 1].replaceChildren(hours(sum));
    });
  },
};

let sheet = null;
sheet = new Sheet(element, { rows, columns, model, texts, note: (text) => saving.note(text) });
model.totals();
if (rows.length && columns.length) sheet.selection.to(0, 0, { focus: false });
