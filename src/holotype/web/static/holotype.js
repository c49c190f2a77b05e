// What pages do beyond links and forms: copy, theme, keyboard, completion. All of it is a help; nothing needs it.
"use strict";

(() => {
  const on = (type, act) => document.addEventListener(type, act);
  const root = document.documentElement;

  // <button data-copies="text">
  const copied = new WeakMap();
  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: button.dataset.copies });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.classList.add("done");
    button.dataset.says ??= button.getAttribute("aria-label"); // once: it may be pressed again before it says so
    button.setAttribute("aria-label", "Copied");
    clearTimeout(copied.get(button));
    copied.set(button, setTimeout(() => {
      button.classList.remove("done");
      button.setAttribute("aria-label", button.dataset.says);
    }, 1500));
  }

  // The server reads the cookie and sets data-theme, so that no page flashes in the other colours.
  function turn() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `holotype_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    document.dispatchEvent(new CustomEvent("holotype:theme"));
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a percent sign that begins nothing
    }
  }

  // MLflow's clients print addresses whose fragment says what is meant: /#/experiments/1/runs/8c2f…
  function follow() {
    if (!location.hash.startsWith("#/")) return;
    const [meant, more] = location.hash.slice(1).split("?workspace=");
    const named = /\/mlflow\/([^/&]+)/.exec(location.pathname + decoded(location.search));
    const space = encodeURIComponent(more ? decoded(more) : named?.[1] ?? "default");
    location.replace(`/mlflow/${space}?${new URLSearchParams({ at: meant })}`);
  }
  addEventListener("hashchange", follow);
  follow();

  const keys = () => document.getElementById("keys");
  const does = { theme: turn, keys: () => keys().showModal() };

  on("click", (event) => {
    const button = event.target.closest("[data-copies], [data-does], [data-confirms]");
    if (!button) return;
    if (button.dataset.copies !== undefined) copy(button);
    if (button.dataset.does in does) does[button.dataset.does]();
    if (button.dataset.confirms && !confirm(button.dataset.confirms)) event.preventDefault();
  });

  // <form data-picks="2 10">: so many boxes may be checked; its button says how many are.
  function count(form) {
    const [least, most] = form.dataset.picks.split(" ").map(Number);
    const many = form.querySelectorAll("tbody input:checked").length;
    const button = form.querySelector("button:not([type])");
    button.dataset.says ??= button.textContent;
    button.disabled = many < least || many > most;
    button.textContent = many ? `${button.dataset.says} (${many})` : button.dataset.says;
  }
  on("change", (event) => {
    const form = event.target.closest("form[data-picks]");
    if (form) count(form);
  });
  for (const form of document.querySelectorAll("form[data-picks]")) count(form);

  // Menus close when somebody clicks beside them or presses Escape.
  on("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  let before = "";
  function typing(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function step(by) {
    const rows = [...document.querySelectorAll("main tbody tr a[href]:first-of-type")].filter(
      (link, at, all) => all.findIndex((one) => one.closest("tr") === link.closest("tr")) === at,
    );
    if (!rows.length) return;
    const at = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
  }

  on("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
      if (typing(event.target)) event.target.blur(); // so that letters are keys again
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const jump = before === "g" && keys().querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    if (jump) {
      event.preventDefault();
      jump.click();
    } else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q")?.focus();
    } else if (event.key === "?") {
      does.keys();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
    before = event.key === "g" && before !== "g" ? "g" : "";
  });

  // <input data-completes="/address" list="…">: the words that may come where somebody is typing.
  let asked = 0;
  on("input", async (event) => {
    const input = event.target.closest("[data-completes]");
    if (!input) return;
    const mine = ++asked;
    await new Promise((done) => setTimeout(done, 120));
    if (mine !== asked) return;
    const place = `${input.dataset.completes}?${new URLSearchParams({ q: input.value })}`;
    const got = await fetch(place, { headers: { accept: "application/json" } }).catch(() => null);
    if (mine !== asked || !got?.ok) return;
    const words = (await got.json()).map((value) => Object.assign(document.createElement("option"), { value }));
    input.list.replaceChildren(...words);
  });

  // On a narrow window the navigation scrolls: what is shown now is in sight.
  for (const here of document.querySelectorAll(".rail [aria-current], .tabs [aria-current]")) {
    const row = here.parentElement;
    const end = here.getBoundingClientRect().right - row.getBoundingClientRect().right + 60;
    if (end > 0) row.scrollLeft = end;
  }
})();
