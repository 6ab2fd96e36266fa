// All that pages do in the browser. Without it they work the same, with a page load more here and there.
import { initAll } from "./govuk-frontend.js";

initAll();

const dialog = document.getElementById("signing-out");
if (dialog) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.showModal(), Number(document.body.dataset.warnedAfter) * 1000);
  };
  dialog.addEventListener("close", () => {
    // Any page of ours counts as being there.
    fetch("/help", { credentials: "same-origin" }).then(later);
  });
  later();
}
