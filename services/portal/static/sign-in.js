// Signing in again in the middle of the work, without leaving the page.

const CODE_OF_APP = /^\d{3} ?\d{3}$/;

export function signInAgain({ data, session, queue }) {
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
      dialog.close();
      form.reset();
      queue.resume();
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
  dialog.showModal();
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
