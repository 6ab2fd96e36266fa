// Draws the way taken on the diagram, and lets a slider choose the version. The table says the same without this.
const READABLE = 0.75; // scale at which the words of a diagram can be read
const versions = document.getElementById("version");
const slider = document.createElement("input");
Object.assign(slider, { type: "range", min: 1, max: versions.options.length, value: versions.value, className: "app-slider" });
slider.setAttribute("aria-label", "Version");
slider.addEventListener("change", () => {
  const there = new URL(location.href);
  there.searchParams.set("version", slider.value);
  there.hash = "slid"; // to go on with arrow keys where one was
  location.assign(there);
});
document.getElementById("step").before(slider);
if (location.hash === "#slid") slider.focus();

const place = document.getElementById("diagram");
if (place) {
  const viewer = new window.BpmnJS({ container: place });
  await viewer.importXML(place.dataset.xml);
  const [canvas, drawn, overlays] = ["canvas", "elementRegistry", "overlays"].map((name) => viewer.get(name));
  const mark = (id, marker, words) => {
    if (!drawn.get(id)) return;
    canvas.addMarker(id, marker);
    if (words) overlays.add(id, { position: { top: -10, right: 10 }, html: `<span class="app-mark ${marker}">${words}</span>` });
  };
  const all = (name) => place.dataset[name].split(" ").filter(Boolean);
  for (const id of all("flows")) mark(id, "app-taken");
  for (const id of all("done")) mark(id, "app-done", "✓");
  for (const one of all("active")) mark(one.split("=")[0], "app-active", Number(one.split("=")[1]));
  const whole = () => canvas.zoom("fit-viewport", "auto");
  const [first] = [...all("active").map((one) => one.split("=")[0]), ...all("done").reverse()].filter((id) => drawn.get(id));
  const near = () => {
    whole();
    if (!first || canvas.zoom() > READABLE) return;
    const { x, y, width, height } = drawn.get(first);
    canvas.zoom(READABLE);
    const box = canvas.viewbox();
    canvas.viewbox({ ...box, x: x + Math.min(width, box.width) / 2 - box.width / 2, y: y + height / 2 - box.height / 2 });
  };
  for (const [words, show] of [["Where it is", near], ["Whole diagram", whole]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    button.className = "govuk-button govuk-button--secondary app-small-button";
    button.addEventListener("click", show);
    place.before(button, " ");
  }
  near();
  const svg = place.querySelector("svg");
  svg.setAttribute("tabindex", "-1");
  svg.setAttribute("aria-hidden", "true");
}
