// The list of pages: names those that still hold marks typed while the network was away.
import { h } from "./dom.js";
import { unsentPages } from "./store.js";

const box = document.getElementById("unsent");
const unsent = Object.keys(unsentPages(document.body.dataset.person));
if (box && unsent.length) {
  box.append(box.dataset.text);
  for (const page of unsent) {
    const link = document.querySelector(`a[data-page="${CSS.escape(page)}"]`);
    box.append(" ", h("a", { href: `/journal/${page}` }, link ? `${link.closest("section").querySelector("h2").textContent} · ${link.textContent}` : box.dataset.open));
  }
  box.hidden = false;
}
