// At sign-out: asks about marks that this browser still holds, so that nobody else finds them here.
import { forgetUnsent, unsentPages } from "./store.js";

const LOOK_AGAIN_MS = 300;

const { person } = document.body.dataset;
const dialog = document.getElementById("signing-out");
const form = document.getElementById("sign-out");
const isUnsent = () => Object.keys(unsentPages(person)).length > 0;
let looking;

form.addEventListener("submit", (event) => {
  if (!isUnsent()) return;
  event.preventDefault();
  dialog.showModal();
  // A page of the register goes on sending meanwhile, in this tab or in another.
  looking = setInterval(() => { if (!isUnsent()) form.submit(); }, LOOK_AGAIN_MS);
});
dialog.addEventListener("close", () => {
  clearInterval(looking);
  if (dialog.returnValue !== "leave") return;
  forgetUnsent(person);
  form.submit();
});
