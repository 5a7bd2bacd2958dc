// Small helps on top of pages that work without any script: charts, printing, sending a form when a filter changes.
"use strict";
(function () {
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  // A chart's option comes from the server as data. "var(--met)" in it means the colour of that name in the theme in use.
  const coloured = (value) => {
    if (typeof value === "string") return value.startsWith("var(") ? css(value.slice(4, -1)) : value;
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object") {
      const found = {};
      for (const key of Object.keys(value)) found[key] = coloured(value[key]);
      return found;
    }
    return value;
  };

  const draw = (place) => {
    if (!window.echarts || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const option = coloured(JSON.parse(place.dataset.chart));
    const base = { animation: false, textStyle: { fontFamily: css("--font") || "sans-serif", color: css("--ink") }, aria: { enabled: true, decal: { show: !!option.decal } } };
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(Object.assign(base, option));
    if (option.links) chart.on("click", (event) => { const to = option.links[event.name]; if (to) location.href = to; });
    // with a view box the style sheet can scale the picture to the width of paper
    const boxed = () => {
      const svg = place.querySelector("svg");
      if (svg) svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    };
    boxed();
    window.addEventListener("resize", () => { chart.resize(); boxed(); });
  };
  const drawAll = (within) => within.querySelectorAll("[data-chart]").forEach(draw);

  document.addEventListener("DOMContentLoaded", () => {
    drawAll(document);
    document.body.addEventListener("htmx:load", (event) => drawAll(event.target));
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-print],[data-copy]");
      if (!button) return;
      if (button.hasAttribute("data-print")) window.print();
      else copy(button);
    });
    document.addEventListener("change", (event) => {
      const all = event.target.dataset.all;
      if (all) for (const box of event.target.form.querySelectorAll("[name=" + all + "]")) box.checked = event.target.checked;
    });
    document.addEventListener("change", (event) => { const form = event.target.closest("form[data-auto]"); if (form) form.submit(); });
  });

  // Copies a table as text with tabs, so that it lands in cells when pasted into a sheet.
  const copy = (button) => {
    const source = document.getElementById(button.dataset.copy);
    const text = source.rows
      ? Array.from(source.rows).map((row) => Array.from(row.cells).map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t")).join("\n")
      : source.innerText;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.textContent = button.dataset.done || "✔";
  };
})();
