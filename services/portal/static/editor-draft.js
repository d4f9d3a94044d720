// A version of the timetable as the editor knows it: cards, names, and what is wrong with them.

export const FIELDS = ["subject_id", "group_ids", "teacher_ids", "room_id", "week", "weekday", "number", "starts", "is_locked"];
const SEVERITY = { warning: 1, error: 2 };

export class Draft {
  constructor(data) {
    const { subjects, groups, teachers, rooms, classes, class_of: classOf, days, hours, texts } = data;
    Object.assign(this, { subjects, groups, teachers, rooms, classes, classOf, days, hours, texts });
    this.canEdit = data.can_edit;
    this.load(data);
    this.judge(data.conflicts);
  }

  /** Take over the cards and the state that the service tells. */
  load({ version, cards }) {
    this.version = version;
    this.cards = new Map(cards.map((card) => [card.id, card]));
  }

  /** Keep what is wrong now; return the ids of cards that are marked otherwise than before. */
  judge(conflicts) {
    const before = this.bad ?? new Map();
    this.conflicts = conflicts;
    this.bad = new Map();
    for (const { severity, card_ids: ids } of conflicts) {
      for (const id of ids) if (SEVERITY[severity] > (SEVERITY[this.bad.get(id)] ?? 0)) this.bad.set(id, severity);
    }
    return [...new Set([...before.keys(), ...this.bad.keys()])].filter((id) => before.get(id) !== this.bad.get(id));
  }

  count(severity) {
    return this.conflicts.filter((one) => one.severity === severity).length;
  }

  get unplaced() {
    return [...this.cards.values()].filter((card) => card.weekday === null);
  }

  names(kind, ids) {
    return ids.map((id) => this[kind][id] ?? "").filter(Boolean).join(", ");
  }

  title(card) {
    return [this.subjects[card.subject_id], this.names("groups", card.group_ids)].filter(Boolean).join(", ");
  }

  place(weekday, number) {
    if (weekday === null) return this.texts.nowhere;
    return this.texts.at.replace("%(day)s", this.days[weekday - 1]).replace("%(number)s", number);
  }

  /** The classes a card concerns: those its groups are of. */
  classesOf(card) {
    return [...new Set(card.group_ids.map((id) => this.classOf[id] ?? id))];
  }

  isOf(card, by, who) {
    if (by === "class") return this.classesOf(card).includes(who);
    if (by === "teacher") return card.teacher_ids.includes(who);
    return by === "room" ? card.room_id === who : true;
  }

  /** When a lesson of these classes begins at a number, where that is not when the bell says. */
  startsAt(card, number) {
    const mine = this.classesOf(card);
    for (const other of this.cards.values()) {
      if (other.number === number && other.starts && this.classesOf(other).some((id) => mine.includes(id))) return other.starts;
    }
    return null;
  }
}

/** What the service keeps of a card. */
export function bodyOf(card) {
  return Object.fromEntries(FIELDS.map((name) => [name, card[name] ?? null]));
}

/** What became of the cards between two states, each in a sentence. */
export function differences(before, draft) {
  const { texts } = draft;
  const told = [];
  for (const card of draft.cards.values()) {
    const old = before.get(card.id);
    const what = draft.title(card);
    if (!old) told.push(texts.was_added.replace("%(what)s", what));
    else if (old.weekday !== card.weekday || old.number !== card.number) {
      const [from, to] = [draft.place(old.weekday, old.number), draft.place(card.weekday, card.number)];
      told.push(texts.was_moved.replace("%(what)s", what).replace("%(before)s", from).replace("%(after)s", to));
    } else if (JSON.stringify(bodyOf(old)) !== JSON.stringify(bodyOf(card))) told.push(texts.was_changed.replace("%(what)s", what));
  }
  for (const [id, old] of before) if (!draft.cards.has(id)) told.push(texts.was_removed.replace("%(what)s", draft.title(old)));
  return told;
}
