// The load of a parallel: subjects by classes. A cell is hours and teachers: «3», «Иванова», «3 Иванова + Орлов».
import { h, say } from "./dom.js";
import { hours, readQuarters, Sheet } from "./sheet.js";
import { Saving } from "./sheet-saving.js";

const element = document.getElementById("sheet");
const data = JSON.parse(element.dataset.sheet);
const { columns, rows, teachers, texts } = data;
const names = new Map(teachers.map(({ id, name }) => [id, name]));
const cells = columns.map((column) => column.cells.map((cell) => cell && { quarters: (cell.hours ?? 0) * 4, teachers: cell.teachers }));

const saving = new Saving({
  columns, texts,
  body: (at) => ({
    items: rows.flatMap(({ subject_id }, line) => {
      const cell = cells[at][line];
      if (!cell?.quarters) return [];
      return [{ subject_id, group_id: columns[at].cells[line].group_id, teacher_ids: cell.teachers, hours_per_week: cell.quarters / 4 }];
    }),
  }),
  onRefused: (at) => element.querySelectorAll(`tr[data-row] td:nth-child(${at + 2})`).forEach((td) => td.classList.add("refused")),
});

const plain = (text) => text.toLowerCase().replaceAll("ё", "е").replace(/[.\s]+/g, " ").trim();

/** Find the one teacher whose name begins so; an error when there is none, or several. */
function teacherOf(text) {
  const wanted = plain(text);
  const exact = teachers.filter(({ name }) => plain(name) === wanted);
  const found = exact.length ? exact : teachers.filter(({ name }) => plain(name).startsWith(wanted));
  if (found.length === 1) return { id: found[0].id };
  return { error: say(found.length ? texts.manyTeachers : texts.noTeacher, { what: text.trim().slice(0, 40) }) };
}

/** Return by how many quarters each line of a class in a subject differs from the plan, as the check counts it. */
function differences(column, subject) {
  const plan = columns[column].plan[subject];
  const [planned, groups] = plan ? [plan.hours * 4, plan.groups] : [0, 1];
  const quarters = (line) => cells[column][line].quarters;
  const [own, ...parts] = rows.flatMap((row, line) => (row.subject_id === subject && cells[column][line] ? [line] : []));
  const divided = parts.filter(quarters);
  const free = parts.filter((line) => !quarters(line));
  const taught = divided.length || (groups > 1 && !quarters(own)) ? divided : [own];
  const found = new Map(taught.map((line, number) => {
    const hers = line === own ? 0 : quarters(line);
    return [line, quarters(own) + hers - (number < groups ? planned : 0)];
  }));
  for (let number = 0; number < groups - taught.length; number += 1) {
    const line = free[number] ?? own; // A group that is not there yet stands with the class.
    found.set(line, (found.get(line) ?? 0) + (divided.length ? quarters(own) : 0) - planned);
  }
  return found;
}

const model = {
  editable: (row, column) => columns[column].editable && Boolean(cells[column][row]) && !saving.stuck.has(column),
  value: (row, column) => cells[column][row],
  format(row, column) {
    const cell = cells[column][row];
    if (!cell?.quarters) return "";
    return [hours(cell.quarters), cell.teachers.map((id) => names.get(id) ?? "?").join(" + ")].filter(Boolean).join(" ");
  },
  parse(text, row, column) {
    const own = cells[column][row];
    if (!text) return { value: { quarters: 0, teachers: [] } };
    const [, number, rest] = /^([\d.,]*)\s*(.*)$/s.exec(text);
    const quarters = number ? readQuarters(number) : own.quarters || (columns[column].plan[rows[row].subject_id]?.hours ?? 0) * 4;
    if (!quarters) return { error: say(texts.badHours, { what: text.slice(0, 12) }) };
    if (!rest) return { value: { quarters, teachers: own.teachers } };
    const found = rest.split("+").filter((one) => one.trim()).map(teacherOf);
    const wrong = found.find((one) => one.error);
    return wrong ?? { value: { quarters, teachers: [...new Set(found.map((one) => one.id))] } };
  },
  write(row, column, value) {
    cells[column][row] = value;
    saving.changed(column);
  },
  draw(td, row, column) {
    const cell = cells[column][row];
    if (!cell) { td.replaceChildren(h("span", { class: "none" }, "—")); return; }
    const { name } = columns[column].cells[row];
    const parts = cell.quarters
      ? [h("b", {}, hours(cell.quarters)), " ", cell.teachers.map((id) => names.get(id) ?? "?").join(" + ") || h("i", {}, texts.vacancy)]
      : [];
    td.title = name;
    td.replaceChildren(...parts);
  },
  /** Sums, and the sign of each cell that differs from the plan: one change may move others of its subject. */
  totals() {
    if (!sheet) return;
    const subjects = [...new Set(rows.map((row) => row.subject_id))];
    columns.forEach((column, at) => {
      for (const subject of subjects) {
        const found = differences(at, subject);
        rows.forEach((row, line) => { if (row.subject_id === subject) sign(sheet.cell(line, at), found.get(line) ?? 0); });
      }
      const taught = cells[at].reduce((sum, cell) => sum + (cell?.quarters ?? 0), 0);
      const planned = Object.values(column.plan).reduce((sum, plan) => sum + plan.hours * 4 * plan.groups, 0);
      element.querySelectorAll("tr.sum td[data-sum]")[at].replaceChildren(say(texts.ofPlanned, { hours: hours(taught), planned: hours(planned) }));
    });
    rows.forEach((_, line) => {
      const sum = cells.reduce((found, column) => found + (column[line]?.quarters ?? 0), 0);
      sheet.lines[line].cells[columns.length + 1].replaceChildren(hours(sum));
    });
  },
};

function sign(td, difference) {
  td.classList.toggle("uncovered", difference < 0);
  td.classList.toggle("over", difference > 0);
  td.querySelector(".sign")?.remove();
  if (!difference || td.querySelector("input")) return;
  td.append(h("small", { class: "sign" }, say(difference < 0 ? texts.uncovered : texts.over, { hours: hours(Math.abs(difference)) })));
}

let sheet = null;
sheet = new Sheet(element, { rows, columns, model, texts, note: (text) => saving.note(text), list: "teachers" });
model.totals();
if (rows.length && columns.length) sheet.selection.to(0, 0, { focus: false });
