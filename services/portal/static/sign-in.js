// Signing in again in the middle of the work, without leaving the page.

export function signInAgain({ data, session, queue }) {
  const dialog = document.getElementById("sign-in-again");
  const problem = dialog.querySelector(".alert");
  const form = dialog.querySelector("form");
  if (dialog.open) return;
  form.onsubmit = async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const outcome = await enter(data, new FormData(form));
    if (outcome.person && outcome.person !== data.person) {
      // What the other person typed stays in this browser under that person's name.
      window.location.reload();
    } else if (outcome.person) {
      session.csrf = outcome.csrf;
      dialog.close();
      form.reset();
      queue.resume();
    } else {
      problem.textContent = outcome.detail;
      problem.hidden = false;
    }
  };
  dialog.showModal();
}

async function enter(data, typed) {
  try {
    const state = await (await fetch(data.urls.state, { headers: { Accept: "application/json" } })).json();
    const answer = await fetch(data.urls.signIn, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": state.csrf },
      body: new URLSearchParams(typed),
    });
    const told = await answer.json();
    return answer.ok ? told : { detail: told.detail || told.title };
  } catch {
    return { detail: data.texts.unanswered };
  }
}
