// The card of a lesson, what is wrong with the draft, and its publication.

import { h } from "./dom.js";

const MOST_SHOWN = 500;

function options(names) {
  const sorted = Object.entries(names).sort(([, a], [, b]) => a.localeCompare(b, "ru", { numeric: true }));
  return sorted.map(([id, name]) => h("option", { value: id }, name));
}

function choose(select, ids) {
  for (const option of select.options) option.selected = ids.includes(option.value);
}

/** The dialog in which a lesson's subject, groups, teachers, room, weeks and lock are chosen. */
export class CardDialog {
  constructor(dialog, draft, sync) {
    Object.assign(this, { dialog, draft, sync, form: dialog.querySelector("form") });
    const { elements } = this.form;
    elements.subject_id.append(...options(draft.subjects));
    elements.room_id.append(h("option", { value: "" }, "—"), ...options(draft.rooms));
    elements.group_ids.append(...options(draft.groups));
    elements.teacher_ids.append(...options(draft.teachers));
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  /** Open it for a card, or for a new one like this. */
  open(card) {
    this.card = card;
    const { elements } = this.form;
    const { texts } = this.draft;
    this.dialog.querySelector("h2").textContent = card.id ? `${texts.edit_card}: ${this.draft.title(card)}` : texts.new_card;
    for (const name of ["subject_id", "room_id"]) elements[name].value = card[name] ?? "";
    elements.week.value = String(card.week);
    elements.is_locked.checked = card.is_locked;
    for (const name of ["group_ids", "teacher_ids"]) choose(elements[name], card[name]);
    this.form.querySelector('[value="delete"]').hidden = !card.id;
    this.dialog.showModal();
    for (const name of ["group_ids", "teacher_ids"]) elements[name].selectedOptions[0]?.scrollIntoView({ block: "nearest" });
  }

  #submit(event) {
    const { card } = this;
    const deed = event.submitter?.value ?? "save";
    if (deed === "delete") this.sync.remove(this.draft.cards.get(card.id));
    if (deed !== "save") return;
    const { elements } = this.form;
    const picked = (name) => [...elements[name].selectedOptions].map((option) => option.value);
    const patch = {
      subject_id: elements.subject_id.value, room_id: elements.room_id.value || null, week: Number(elements.week.value),
      is_locked: elements.is_locked.checked, group_ids: picked("group_ids"), teacher_ids: picked("teacher_ids"),
    };
    if (card.id) this.sync.change(this.draft.cards.get(card.id), patch);
    else this.sync.add({ ...card, ...patch });
  }
}

function placeOf({ weekday, number }, draft) {
  if (weekday === null) return "";
  return `${number === null ? draft.days[weekday - 1] : draft.place(weekday, number)}: `;
}

/** The conflicts as a list; each leads to its cards. */
export function listConflicts(list, draft, onPick) {
  const { texts } = draft;
  const made = draft.conflicts.slice(0, MOST_SHOWN).map((one) => {
    const sign = h("i", { class: "sign" }, one.severity === "error" ? "!" : "△");
    const title = [sign, h("span", { class: "visually-hidden" }, `${texts[one.severity]}: `), `${placeOf(one, draft)}${one.text}`];
    const body = onPick && one.card_ids.length ? h("button", { type: "button", class: "plain", onclick: () => onPick(one) }, ...title) : h("span", {}, ...title);
    return h("li", { class: `is-${one.severity}` }, body);
  });
  const left = draft.conflicts.length - made.length;
  if (left > 0) made.push(h("li", {}, texts.more.replace("%(count)s", left)));
  list.replaceChildren(...(made.length ? made : [h("li", {}, texts.no_conflicts)]));
}

/** Open the publication with what is wrong now; with errors it needs an explicit tick. */
export function openPublication(dialog, draft, counts) {
  const errors = draft.count("error");
  dialog.querySelector("#publish-counts").textContent = counts;
  dialog.querySelector("[name=version]").value = draft.version;
  listConflicts(dialog.querySelector("#publish-conflicts"), draft, null);
  const accept = dialog.querySelector("#accept");
  accept.hidden = !errors;
  accept.querySelector("input").required = errors > 0;
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.showModal();
}
