// Draws the way taken on the diagram, and lets a slider choose the version. The table says the same without this.
const versions = document.getElementById("version");
const slider = document.createElement("input");
Object.assign(slider, { type: "range", min: 1, max: versions.options.length, value: versions.value, className: "app-slider" });
slider.setAttribute("aria-label", "Version");
slider.addEventListener("change", () => {
  const there = new URL(location.href);
  there.searchParams.set("version", slider.value);
  there.hash = "step";
  location.assign(there);
});
document.getElementById("step").before(slider);
if (location.hash === "#step") slider.focus();

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
  canvas.zoom("fit-viewport", "auto");
  const svg = place.querySelector("svg");
  svg.setAttribute("tabindex", "-1");
  svg.setAttribute("aria-hidden", "true");
}
