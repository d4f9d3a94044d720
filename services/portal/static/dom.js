// Helpers for making elements without a framework.

/** Make an element: h("button", {type: "button", class: "plain"}, "text", child…). */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Whether two lists are of the same things in the same order, by what names each. */
export function areSame(these, those, name = "id") {
  return these.length === those.length && these.every((one, at) => one[name] === those[at][name]);
}

/** A day as people say it, «12 окт.». */
export function shortDay(day) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(day));
}

/** What a refusal says to do, and then what it says of single fields, each text once. */
export function explained(told) {
  return [...new Set([told.detail, ...ofFields(told.errors)])].filter((one) => one && one !== told.title).join(" ");
}

/** The texts that stand in lists, at any depth: what is beside them is facts. */
function ofFields(errors) {
  if (Array.isArray(errors)) return errors.filter((one) => typeof one === "string");
  return errors && typeof errors === "object" ? Object.values(errors).flatMap(ofFields) : [];
}

/** Fill «%(name)s» in a text the server has translated. */
export function say(text, facts) {
  return text.replace(/%\((\w+)\)[sd]/g, (_, name) => facts[name]);
}
