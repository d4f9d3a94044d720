// The editor of a timetable. A card is moved (editor-moves.js), the board draws it at once
// (editor-board.js), and the service hears of it and judges (editor-sync.js).

import { h } from "./dom.js";
import { Board } from "./editor-board.js";
import { CardDialog, listConflicts, openPublication } from "./editor-dialogs.js";
import { Draft } from "./editor-draft.js";
import { Moves } from "./editor-moves.js";
import { Sync } from "./editor-sync.js";

const byId = (id) => document.getElementById(id);
const table = byId("board");
const data = JSON.parse(table.dataset.editor);
table.removeAttribute("data-editor");
const draft = new Draft(data);
const board = new Board(table, byId("tray"), draft);
const [by, who] = [byId("by"), byId("who")];

let quiet;
/** Say something to everybody: it is read out, and shown for a while. */
function say(text) {
  byId("say").textContent = text;
  byId("carry").hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { if (!moves?.carried) byId("carry").hidden = true; }, 6000 + 40 * text.length);
}

function counts() {
  const { texts } = draft;
  const facts = { errors: draft.count("error"), warnings: draft.count("warning"), unplaced: draft.unplaced.length };
  return texts.counts.replace(/%\((\w+)\)s/g, (_, name) => facts[name]);
}

function tell() {
  byId("counts").textContent = counts();
  listConflicts(byId("conflicts"), draft, pick);
}

/** Lead to the cards of a conflict: to a view that shows the first of them. */
function pick(conflict) {
  const card = conflict.card_ids.map((id) => draft.cards.get(id)).find(Boolean);
  if (!card) return;
  if (!draft.isOf(card, board.by, board.who)) {
    by.value = "class";
    offer(draft.classesOf(card)[0]);
  }
  board.focus(card.id);
  for (const id of conflict.card_ids) board.elementOf(id)?.classList.add("is-found");
  setTimeout(() => { for (const one of document.querySelectorAll(".is-found")) one.classList.remove("is-found"); }, 4000);
}

/** Offer whom to show, and show the one wished for, or the first. */
function offer(wished) {
  const names = { class: Object.fromEntries(draft.classes.map((id) => [id, draft.groups[id]])), teacher: draft.teachers, room: draft.rooms }[by.value] ?? {};
  const ordered = by.value === "class" ? draft.classes : Object.keys(names).sort((a, b) => names[a].localeCompare(names[b], "ru", { numeric: true }));
  who.replaceChildren(...ordered.map((id) => h("option", { value: id }, names[id] ?? "")));
  byId("who-label").hidden = by.value === "school";
  if (wished && ordered.includes(wished)) who.value = wished;
  board.show(by.value, who.value);
}

const sync = new Sync({
  draft, board, url: data.urls.version, csrf: document.querySelector("meta[name=csrf-token]").content, onSay: say, onChanged: tell,
  onState: (name) => {
    byId("sync").textContent = draft.texts[name];
    byId("sync").dataset.state = name === "signed_out" ? "signedOut" : name;
  },
  onReloaded: () => { offer(who.value); tell(); },
});

let moves = null;
if (draft.canEdit) {
  const dialog = new CardDialog(byId("card-dialog"), draft, sync);
  moves = new Moves({ draft, board, sync, say, bar: byId("carry"), onEdit: (card) => dialog.open(card) });
  byId("undo").addEventListener("click", () => sync.undo());
  byId("add").addEventListener("click", () => {
    const of = (kind) => (by.value === kind && who.value ? [who.value] : []);
    dialog.open({
      subject_id: "", group_ids: of("class"), teacher_ids: of("teacher"), room_id: of("room")[0] ?? null,
      week: 0, weekday: null, number: null, starts: null, is_locked: false,
    });
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.code !== "KeyZ" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    sync.undo();
  });
} else {
  table.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    board.step(event.target, ...step).focus();
  });
  table.addEventListener("focusin", (event) => board.visit(event.target));
}
byId("publish")?.addEventListener("click", () => sync.line.then(() => openPublication(byId("publish-dialog"), draft, counts())));
by.addEventListener("change", () => offer());
who.addEventListener("change", () => board.show(by.value, who.value));
byId("perspective").addEventListener("submit", (event) => event.preventDefault());
offer();
tell();
