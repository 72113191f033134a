// A key that the visitor pastes: in the field, and in the tab's storage only if they say so.
import { tabStorage } from "./tab-storage.js";

const STORED = "openrouter-key";

/**
 * @param {{ form: HTMLFormElement, field: HTMLInputElement, remember: HTMLInputElement }} parts
 * @returns {() => string} the key
 */
export function keyField({ form, field, remember }) {
  // sessionStorage and not localStorage: it ends with the tab.
  const stored = tabStorage()?.getItem(STORED);
  if (stored) {
    field.value = stored;
    remember.checked = true;
  }
  const keep = () => {
    if (remember.checked && field.value.trim() !== "") tabStorage()?.setItem(STORED, field.value.trim());
    else tabStorage()?.removeItem(STORED);
  };
  field.addEventListener("input", keep);
  remember.addEventListener("change", keep);
  // The form is there for the browser, which wants password fields in one; there is nothing to submit.
  form.addEventListener("submit", (event) => event.preventDefault());
  return () => field.value.trim();
}
