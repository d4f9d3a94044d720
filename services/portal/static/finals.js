// Term-end marks of a page: pupils by periods, year, exam and final mark, with the recommended one in each cell.
import { differs, FinalsOutcomes, freezeFinals } from "./finals-saving.js";
import { carry } from "./carry.js";
import { areSame, h, say } from "./dom.js";
import { listRevisions } from "./history.js";
import { Queue } from "./queue.js";
import { askReason } from "./reason.js";
import { Sheet } from "./sheet.js";
import { comeBack, signInAgain } from "./sign-in.js";
import { State } from "./state.js";
import { Store } from "./store.js";

const EVERY_MS = 60_000;
const KINDS = ["period", "year", "exam", "final"];

const element = document.getElementById("sheet");
const data = JSON.parse(element.dataset.sheet);
const { columns, pupils, signs, texts } = data;
const session = { seq: data.page.seq, csrf: document.querySelector("meta[name=csrf-token]").content };
const state = new State(data);
const cells = new Map(); // "column/pupil" → the cell as the journal tells it, with what was typed over it
const marks = new Map(); // "column/pupil" → waiting | refused
const unexplained = []; // What differs from the recommended mark and has no reason yet.

const keyOf = (row, column) => `${columns[column].key}/${pupils[row].id}`;
const cellAt = (row, column) => cells.get(keyOf(row, column));
/** The mark of a period that a newcomer has on the page of the former class or group. */
const broughtTo = (row, column) => pupils[row].brought.find((mark) => mark.period_id === columns[column].key)?.value;

function load(told) {
  told.columns.forEach((column, at) => Object.assign(columns[at], column));
  cells.clear();
  for (const cell of told.cells) cells.set(keyOf(cell.pupil, cell.column), cell);
}

const model = {
  keepsUnderBlanks: true, // Marks that stand are not pasted away.
  isShared: true,
  editable: (row, column) => columns[column].editable && Boolean(cellAt(row, column)),
  value: (row, column) => cellAt(row, column)?.value ?? null,
  format: (row, column) => cellAt(row, column)?.value ?? "",
  parse(text) {
    if (!text) return { value: null };
    const plain = text.toLowerCase();
    const found = signs.find((sign) => sign === plain) ?? signs.find((sign) => sign.startsWith(plain));
    return found ? { value: found } : { error: say(texts.notOnScale, { what: text.slice(0, 8), scale: signs.join(", ") }) };
  },
  write(row, column, value) {
    const cell = cellAt(row, column);
    if (differs(value, cell, columns[column])) unexplained.push({ row, column, value, cell, was: cell.value, seq: session.seq });
    else send(row, column, value, null);
    cell.value = value;
  },
  draw(td, row, column) {
    const cell = cellAt(row, column);
    if (!cell) { td.replaceChildren(h("span", { class: "none" }, broughtTo(row, column) ?? "—")); return; }
    const key = keyOf(row, column);
    td.classList.toggle("waiting", marks.get(key) === "waiting");
    td.classList.toggle("refused", marks.get(key) === "refused");
    td.classList.toggle("lacking", cell.value === null && cell.is_due && columns[column].editable);
    const apart = cell.value !== null && differs(cell.value, cell, columns[column]);
    td.replaceChildren(
      h("b", {}, cell.value ?? ""),
      ...(cell.recommended ? [h("small", { class: apart ? "apart" : "" },
        h("span", { class: "visually-hidden" }, ` ${texts.recommendedHere} `), cell.recommended + (cell.is_disputed ? "?" : ""))] : []),
      ...(cell.warning ? [" ", h("i", { class: "warn", title: cell.warning }, "!")] : []),
    );
    td.title = cell.why;
  },
  totals() {
    element.querySelectorAll("tr.sum td[data-sum]").forEach((td, column) => {
      const own = pupils.map((_, row) => cellAt(row, column)).filter(Boolean);
      const counted = signs.map((sign) => [sign, own.filter((cell) => cell.value === sign).length]).filter(([, number]) => number);
      const due = own.filter((cell) => cell.is_due);
      const left = due.filter((cell) => cell.value === null).length;
      td.replaceChildren(...(columns[column].timing === "ahead" ? [] : [
        counted.map(([sign, number]) => `${sign}: ${number}`).join(" · "),
        ...(due.length ? [h("small", { class: left ? "left" : "" }, left ? say(texts.left, { count: left }) : texts.allSet)] : []),
      ]));
    });
    if (unexplained.length) explain();
    panel();
  },
  /** One digit is a mark; = takes the recommended; Ctrl+Enter fills the column with the recommended. */
  key(event, selection) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { acceptAll(); return true; }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "=") { accept(selection.places()); return true; }
    if (!signs.includes(event.key) || signs.some((sign) => sign.length > 1 && sign.startsWith(event.key))) return false;
    if (put(selection.places(), event.key) && selection.places().length === 1) selection.by(1, 0);
    return true;
  },
};

function send(row, column, value, reason, seen = {}) {
  state.withdraw("accept");
  marks.set(keyOf(row, column), "waiting");
  queue.add([{ kind: "final", lesson: columns[column].key, pupil: pupils[row].id, slot: 0, value, reason, ...seen }]);
  outcomes.offer(); // What is typed over two marks was typed by one who has seen both.
}

/** Put a mark where it may stand; say why not when that is nowhere. */
function put(places, value) {
  const open = places.filter(({ row, column }) => model.editable(row, column));
  if (!open.length) state.note(places.every(({ column }) => columns[column].closed) ? texts.closedColumn : texts.finalsClosed);
  else sheet.apply(open.map((at) => ({ ...at, value })));
  return open.length > 0;
}

/** Those of these cells that are empty and have a recommended mark. */
function acceptable(places) {
  return places.filter(({ row, column }) => {
    const cell = cellAt(row, column);
    return model.editable(row, column) && cell.value === null && cell.recommended;
  });
}

/** Put the recommended mark into the empty ones of these cells. */
function accept(places) {
  const found = acceptable(places).map(({ row, column }) => ({ row, column, value: cellAt(row, column).recommended }));
  if (found.length) sheet.apply(found);
  else state.note(texts.nothingToAccept);
}

/** Accept the whole column; what is early or warns is told first, for the families hear of it at once. */
function acceptAll() {
  const { column } = sheet.selection;
  const empty = acceptable(pupils.map((_, row) => ({ row, column })));
  const warned = empty.filter(({ row }) => cellAt(row, column).warning).length;
  const told = [
    ...(columns[column].timing === "early" ? [texts.stillEarly] : []),
    ...(warned ? [say(texts.warned, { count: warned })] : []),
  ];
  if (!empty.length || !told.length) { accept(empty); return; }
  const run = () => { accept(empty); sheet.selection.by(0, 0); };
  const asked = state.ask("accept", [...told, say(texts.acceptAll, { count: empty.length })].join(" "), { title: texts.acceptNow, run });
  asked.querySelector("button").focus(); // Enter says yes; Escape, and any way back to the table, no.
  asked.addEventListener("keydown", ({ key }) => { if (key === "Escape") { state.withdraw("accept"); sheet.selection.by(0, 0); } });
}

/** Put marks again that need a reason by now; tell whether any of them does. */
function retype(changes) {
  const places = changes.map(({ lesson, pupil, value }) => ({
    row: pupils.findIndex((one) => one.id === pupil), column: columns.findIndex((one) => one.key === lesson), value,
  }));
  if (!places.some(({ row, column, value }) => differs(value, cellAt(row, column), columns[column]))) return false;
  for (const { row, column, value } of places) model.write(row, column, value);
  sheet.drawAll();
  return true;
}

/** Ask why these marks are other than recommended; without a reason they become what they were. */
async function explain() {
  const asked = unexplained.splice(0);
  const named = asked.slice(0, 3).map(({ row, column, value }) => {
    const { recommended, why } = cellAt(row, column);
    return say(texts.apart, { who: pupils[row].name, recommended, why, value });
  });
  const reason = await askReason(named.join(" ") + (asked.length > 3 ? ` ${say(texts.andMore, { count: asked.length - 3 })}` : ""));
  for (const { row, column, value, cell, was, seq } of asked) {
    const now = cellAt(row, column); // Another object, where the page was looked at anew meanwhile.
    const seen = now !== cell && now.value !== was ? { seq } : {}; // What a colleague wrote, nobody has seen yet.
    cell.value = was;
    if (reason) {
      Object.assign(now, { value, reason });
      send(row, column, value, reason, seen);
    }
  }
  if (!reason) sheet.forget(asked);
  sheet.drawAll();
  sheet.selection.by(0, 0);
}

/** Below the table: all about the chosen cell, and the marks to put by a finger. */
function panel() {
  if (!sheet) return;
  const { row, column } = sheet.selection;
  const [cell, { title }] = [cellAt(row, column), columns[column]];
  const said = document.getElementById("chosen");
  said.querySelector("h2").textContent = `${pupils[row].name} · ${title}`;
  const facts = cell ? [
    cell.recommended ? say(texts.recommended, { value: cell.recommended, why: cell.why }) : say(texts.noRecommended, { why: cell.why }),
    ...(cell.warning ? [cell.warning] : []),
    ...(cell.reason ? [say(texts.becauseOf, { reason: cell.reason })] : []),
    ...(cell.timing && cell.timing !== "in_time" ? [texts[cell.timing]] : []),
    ...(columns[column].closed ? [texts.closedColumn] : []),
  ] : [texts.notThere];
  const brought = broughtTo(row, column);
  if (brought) facts.push(say(texts.broughtHere, { value: brought }));
  said.querySelector("ul").replaceChildren(...facts.map((fact) => h("li", {}, fact)));
  for (const button of said.querySelectorAll("[data-sign]")) button.disabled = !model.editable(row, column);
  offerReport(cell, row, columns[column]);
}

/** Show what stood in the chosen cell before, who changed it, when and why. */
function showHistory() {
  const { row, column } = sheet.selection;
  const { period_id, kind, title } = columns[column];
  const asked = { period_id, slot: KINDS.indexOf(kind), pupil_id: pupils[row].id };
  listRevisions(data.urls.page, asked, texts, `${pupils[row].name} · ${title}`);
}

/** What stands in a closed column is put right by a request (clause 3.7.8): it begins here. */
function offerReport(cell, row, column) {
  const link = document.getElementById("report-error");
  if (!link) return;
  link.hidden = !(cell && column.closed);
  const asked = { period_id: column.period_id, slot: KINDS.indexOf(column.kind), pupil_id: pupils[row].id };
  const address = new URL(link.href);
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  link.href = address;
}

async function refresh({ wipe = false } = {}) {
  try {
    const answer = await fetch(`${data.urls.page}/finals/data`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const told = await answer.json();
    if (queue.store.hasSeenMore(told.page.seq)) return; // Older than a save, which it would take back.
    if (wipe) marks.clear();
    if (areSame(pupils, told.pupils) && areSame(columns, told.columns, "key")) {
      session.seq = told.page.seq;
      load(told);
    } else {
      state.rearranged(() => window.location.reload()); // Cells are told by rows, which are others now.
    }
  } catch {
    return; // It is looked at again after the next save.
  }
  overlay();
}

/** Another's changes are looked at only when nothing of ours is on its way. */
function idle() {
  if (!document.hidden && !queue.waiting && !marks.size && !sheet.input && !document.querySelector("dialog[open]")) refresh();
}

function overlay() {
  // Of what is torn the journal's own stands in the cell, and the note offers the other.
  layOver(queue.shelf.filter((one) => !one.isTorn).flatMap((one) => one.changes), "refused");
  layOver(queue.pending(), "waiting");
  sheet.drawAll();
}

function layOver(changes, state) {
  for (const { lesson, pupil, value, reason } of changes) {
    const cell = cells.get(`${lesson}/${pupil}`);
    if (cell) Object.assign(cell, { value, reason });
    marks.set(`${lesson}/${pupil}`, state);
  }
}

/** Send again what was refused. */
function resend(given) {
  queue.resend(given);
  overlay();
}

const queue = new Queue({
  store: new Store(data.person, `${data.page.id}/finals`),
  freeze: freezeFinals,
  session,
  send: (batch) => carry(batch, data.urls.page, session.csrf),
  onState: (name, waiting) => state.show(name, waiting, queue?.store.works),
  onOutcome: (batch, outcome) => outcomes.take(batch, outcome),
});
const outcomes = new FinalsOutcomes({
  queue, session, state, texts, cells, marks, refresh, resend, retype, draw: () => sheet.drawAll(), data,
  nameOf: (id) => pupils.find((pupil) => pupil.id === id)?.name ?? "",
  onSignedOut: () => signInAgain(signing),
});
const signing = { data, session, queue, state };
window.addEventListener("focus", () => comeBack(signing));

load(data);
let sheet = null;
sheet = new Sheet(element, { rows: pupils, columns, model, texts, note: (text) => state.note(text) });
sheet.selection.onMove = panel;
const now = columns.findLastIndex((column) => column.kind === "period" && column.timing !== "ahead");
sheet.selection.to(0, Math.max(0, now), { focus: false });
sheet.selection.reveal(sheet.cell(0, sheet.selection.column));
document.getElementById("show-history").addEventListener("click", showHistory);
setInterval(idle, EVERY_MS);
window.addEventListener("focus", idle);
if (data.page.can_edit) {
  document.getElementById("accept-all").addEventListener("click", acceptAll);
  for (const button of document.querySelectorAll("#chosen [data-sign]")) {
    button.addEventListener("click", () => put(sheet.selection.places(), button.dataset.sign || null));
  }
  const orphans = queue.store.orphans();
  if (orphans.length) queue.add(orphans);
  resend({ withTorn: true });
  queue.flush();
  if (queue.store.hasSeenMore(session.seq)) refresh(); // What another page of this tab sent while this one was made.
} else {
  state.show("readOnly", 0, true);
}
