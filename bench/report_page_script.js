
"use strict";
/* The page can be read without this: it adds switches, tooltips and moving by the arrow keys. */
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const tip = document.getElementById("tip");
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : wantsDark.matches);
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  wantsDark.addEventListener("change", showTheme);
  showTheme();

  /* Switches: one for all charts of a section. */
  for (const button of document.querySelectorAll("[data-switch]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      for (const part of button.closest("section").querySelectorAll("[data-line]")) {
        if (part.dataset.line === button.dataset.switch) part.classList.toggle("off", !on);
      }
    });
  }

  /* Tooltips, in place of the browser's own. */
  let current = null;
  const show = (mark) => {
    current = mark;
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const left = at.left + at.width / 2 - tip.offsetWidth / 2;
    const above = at.top - tip.offsetHeight - 6;
    tip.style.left = Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 4)) + "px";
    tip.style.top = (above > 4 ? above : at.bottom + 6) + "px";
  };
  const hide = () => {
    current = null;
    tip.hidden = true;
  };
  const markOf = (event) => event.target.closest && event.target.closest(".mark");
  for (const title of document.querySelectorAll(".mark > title")) title.remove();
  /* Not "pointerover": that also comes when a page scrolls below a pointer at rest. */
  for (const kind of ["pointermove", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const mark = markOf(event);
      if (mark && mark !== current) show(mark);
      if (!mark) hide();
    });
  }
  document.addEventListener("focusout", hide);
  /* Moving by keyboard scrolls: the words stay with the mark. */
  document.addEventListener("scroll", () => { if (current) show(current); }, true);

  /* Left and right along a line, up and down to the next one. */
  const step = (list, from, by) => list[(list.indexOf(from) + by + list.length) % list.length];
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const mark = markOf(event), move = moves[event.key];
    if (!mark || !move) return;
    const marks = (line) => [...line.querySelectorAll(".mark")];
    const line = mark.closest(".line");
    const lines = [...mark.closest("svg").querySelectorAll(".line:not(.off)")].filter((l) => marks(l).length > 0);
    const nextLine = move[1] === 0 ? line : step(lines, line, move[1]);
    const list = marks(nextLine);
    const next = move[0] !== 0 ? step(list, mark, move[0])
      : list[Math.min(marks(line).indexOf(mark), list.length - 1)];
    event.preventDefault();
    next.focus();
  });
})();
