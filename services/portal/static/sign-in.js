// Signing in again in the middle of the work, without leaving the page.

const CODE_OF_APP = /^\d{3} ?\d{3}$/;

/** Ask who it is; who closes the dialog is asked by a note, and goes on after signing in elsewhere, too. */
export function signInAgain(parts) {
  const { data, session, queue, state } = parts;
  const dialog = document.getElementById("sign-in-again");
  const problem = dialog.querySelector(".alert");
  const form = dialog.querySelector("form");
  if (dialog.open) return;
  askForCode(form, false);
  form.onsubmit = async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const outcome = await enter(data, new FormData(form), !form.elements.code.closest("div").hidden);
    if (outcome.person && outcome.person !== data.person) {
      // What the other person typed stays in this browser under that person's name.
      window.location.reload();
    } else if (outcome.person) {
      session.csrf = outcome.csrf;
      form.reset();
      goOn(parts);
    } else if (outcome.second_step) {
      // A passkey is asked for by a page of its own; what was typed waits in this browser.
      if (outcome.second_step[0] === "passkey") window.location.reload();
      askForCode(form, true);
    } else {
      if (outcome.type === "urn:parta:problem:second-step-over") askForCode(form, false);
      problem.textContent = outcome.detail;
      problem.hidden = false;
    }
  };
  dialog.onclose = () => {
    if (queue.halted) state.ask("signIn", data.texts.signedOut, { title: data.texts.signIn, run: () => signInAgain(parts) });
  };
  dialog.showModal();
}

/** Go on with who came back to the page, if signed in elsewhere meanwhile, as in another tab. */
export async function comeBack(parts) {
  if (parts.queue.halted && await renewToken(parts)) goOn(parts);
}

/** Ask for a new forms' token; tell whether the same person is still signed in. */
export async function renewToken({ data, session }) {
  try {
    const answer = await fetch(data.urls.state, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.person !== data.person) return false;
    session.csrf = told.csrf;
    return true;
  } catch {
    return false;
  }
}

function goOn({ queue, state }) {
  queue.resume();
  state.withdraw("signIn");
  document.getElementById("sign-in-again").close();
}

function askForCode(form, isAsked) {
  const { code } = form.elements;
  code.closest("div").hidden = !isAsked;
  code.required = isAsked;
  code.value = "";
  if (isAsked) code.focus();
}

async function enter(data, typed, hasCode) {
  if (hasCode) typed.set("way", CODE_OF_APP.test(typed.get("code").trim()) ? "totp" : "recovery");
  try {
    const state = await (await fetch(data.urls.state, { headers: { Accept: "application/json" } })).json();
    const answer = await fetch(hasCode ? data.urls.secondStep : data.urls.signIn, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": state.csrf },
      body: new URLSearchParams(typed),
    });
    const told = await answer.json();
    return answer.ok ? told : { type: told.type, detail: told.detail || told.title };
  } catch {
    return { detail: data.texts.unanswered };
  }
}
