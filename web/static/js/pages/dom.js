/** Small helpers for pages that the server draws. */

/**
 * The element with this id, which the template promises to have.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** Let every "show" button beside a password field show and hide it. */
export function bindReveal() {
  for (const button of document.querySelectorAll("button[data-reveal]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    const field = byId(button.dataset.reveal ?? "", HTMLInputElement);
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "隐藏" : "显示";
      button.setAttribute("aria-pressed", String(shown));
      field.focus();
    });
  }
}

/**
 * Send a form by script: the button waits, an error is said in #error, input is kept.
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} send
 */
export function bindForm(form, send) {
  const button = form.querySelector("button[type=submit]");
  if (!(button instanceof HTMLButtonElement)) throw new Error("the form has no submit button");
  const error = byId("error", HTMLElement);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    error.textContent = "";
    try {
      await send();
    } catch (problem) {
      error.textContent = problem instanceof Error ? problem.message : "操作未完成，请再试一次。";
      button.disabled = false;
    }
  });
  button.disabled = false;
}
