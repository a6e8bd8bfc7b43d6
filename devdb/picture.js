// Moving and enlarging the picture `graph` with wheel, fingers and buttons, by the page's own zoom, place, fit, at and
// clear; and the page in light or dark.
graph.addEventListener("wheel", event => { event.preventDefault(); const area = graph.getBoundingClientRect(); zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - area.left, event.clientY - area.top); }, {passive: false});
const fingers = new Map(); let moved = false;
graph.addEventListener("pointerdown", event => { fingers.set(event.pointerId, event); moved = false; });
graph.addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
  if (!moved && Math.hypot(dx, dy) < 4) return;
  // Captured only now: a click must reach what it is on.
  if (!moved) { moved = true; graph.setPointerCapture(event.pointerId); graph.classList.add("moving"); }
  if (fingers.size === 2) {
    const [other] = [...fingers.values()].filter(finger => finger.pointerId !== event.pointerId), area = graph.getBoundingClientRect();
    const was = Math.hypot(before.clientX - other.clientX, before.clientY - other.clientY), is = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
    zoom(is / Math.max(1, was), (event.clientX + other.clientX) / 2 - area.left, (event.clientY + other.clientY) / 2 - area.top);
  } else { at.x += dx; at.y += dy; place(); }
  fingers.set(event.pointerId, event);
});
for (const kind of ["pointerup", "pointercancel"]) graph.addEventListener(kind, event => { fingers.delete(event.pointerId); graph.classList.remove("moving"); });
graph.addEventListener("click", () => { if (!moved) clear(); });
document.getElementById("nearer").addEventListener("click", () => zoom(1.3));
document.getElementById("farther").addEventListener("click", () => zoom(1 / 1.3));
document.getElementById("fit").addEventListener("click", fit);

function theme(name) { document.documentElement.dataset.theme = name; document.getElementById("theme").textContent = name === "dark" ? "Light" : "Dark"; }
const dark = matchMedia("(prefers-color-scheme: dark)");
theme(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
document.getElementById("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
