"use strict";
// What the pointer or the keyboard rests on is shown beside it, in the words of its row of the table.
const tip = document.getElementById("tip");
const table = document.querySelector("table");
const marks = [...document.querySelectorAll("[data-row]")];
const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);

function item(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function tell(mark, x, y) {
  const cells = table.tBodies[0].rows[mark.dataset.row].cells;
  tip.replaceChildren(...names.flatMap((name, i) => [item("dt", name), item("dd", cells[i].textContent)]));
  tip.style.setProperty("--fill", mark.getAttribute("fill"));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const below = y + 16 + height < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${below ? y + 16 : Math.max(8, y - height - 12)}px`;
}

function hide() {
  tip.hidden = true;
}

// One mark is in the order of Tab; an arrow key goes from it to the nearest one that way.
function focus(mark) {
  for (const other of marks) {
    if (other.ownerSVGElement === mark.ownerSVGElement) other.tabIndex = other === mark ? 0 : -1;
  }
  mark.focus();
}

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// Gaps between two boxes are less than nothing where they overlap.
function next(mark, [right, down]) {
  const own = mark.getBoundingClientRect();
  const across = right !== 0;
  let found = null;
  let nearest = Infinity;
  for (const other of marks.filter((one) => one.ownerSVGElement === mark.ownerSVGElement)) {
    const box = other.getBoundingClientRect();
    const gaps = { x: Math.max(box.left - own.right, own.left - box.right), y: Math.max(box.top - own.bottom, own.top - box.bottom) };
    const way = (box.left + box.right - own.left - own.right) * right + (box.top + box.bottom - own.top - own.bottom) * down;
    const [ahead, aside] = across ? [gaps.x, gaps.y] : [gaps.y, gaps.x];
    // what mostly lies beside the mark is not ahead of it
    if (way <= 1 || ahead < -0.5 * (across ? own.width : own.height)) continue;
    const far = Math.max(0, ahead) + 3 * Math.max(0, aside) + 0.01 * way;
    if (far < nearest) [found, nearest] = [other, far];
  }
  return found;
}

for (const mark of marks) {
  mark.addEventListener("pointermove", (event) => tell(mark, event.clientX, event.clientY));
  // a finger that is lifted leaves the mark too, and its reader has just begun
  mark.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
  mark.addEventListener("focus", () => {
    const box = mark.getBoundingClientRect();
    tell(mark, box.x, box.bottom - 8);
  });
  mark.addEventListener("blur", hide);
  mark.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (event.key === "Escape") hide();
    if (!way) return;
    event.preventDefault();
    const other = next(mark, way);
    if (other) focus(other);
  });
}
addEventListener("scroll", hide, { capture: true, passive: true });
// what is folded away would be missing on paper
addEventListener("beforeprint", () => (document.querySelector("details").open = true));
