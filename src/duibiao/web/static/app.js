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
    const base = { animation: false, textStyle: { fontFamily: css("--font") || "sans-serif", color: css("--ink") }, aria: { enabled: true, label: { description: place.getAttribute("aria-label") }, decal: { show: !!option.decal } } };
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
  const zh = root.lang.startsWith("zh");
  const tool = (words, act) => {
    const found = document.createElement("button");
    found.type = "button";
    found.className = "linkish tool no-print";
    found.textContent = words;
    found.addEventListener("click", () => act(found));
    return found;
  };
  const wordsOf = (selector) => { const found = document.querySelector(selector); return found ? found.innerText.replace(/\s+/g, " ").trim() : ""; };

  // The chart as a picture for a report, twice as fine as on the screen, with what it shows above and day and source below.
  const picture = (place, done) => {
    const svg = place.querySelector("svg");
    if (!svg) return;
    const shown = svg.cloneNode(true), width = svg.clientWidth, height = svg.clientHeight;
    shown.setAttribute("xmlns", svg.namespaceURI);
    shown.setAttribute("width", width);
    shown.setAttribute("height", height);
    const title = `${wordsOf("h1")} · ${place.getAttribute("aria-label").split(/[；;]/)[0]}`;
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas"), margin = 12, head = 36, foot = 26, fine = 2;
      canvas.width = (width + 2 * margin) * fine;
      canvas.height = (height + head + foot) * fine;
      const paper = canvas.getContext("2d");
      paper.scale(fine, fine);
      paper.fillStyle = css("--paper");
      paper.fillRect(0, 0, width + 2 * margin, height + head + foot);
      paper.fillStyle = css("--ink");
      paper.font = `600 15px ${css("--font")}`;
      paper.fillText(title, margin, 24, width);
      paper.drawImage(image, margin, head, width, height);
      paper.font = `12px ${css("--font")}`;
      paper.fillStyle = css("--soft");
      paper.fillText(wordsOf(".foot p"), margin, height + head + 17, width);
      canvas.toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${title.replace(/[\s\\/:*?"<>|·]+/g, "-").slice(0, 60)}.png`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 2000);
        done();
      }, "image/png");
    });
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(shown));
  };

  // What only a script can do is offered by the script: pages without one show no dead buttons.
  const offer = (within) => {
    for (const place of within.querySelectorAll("[data-chart]")) {
      if (place.dataset.offered) continue;
      place.dataset.offered = "yes";
      place.insertAdjacentElement("afterend", tool(zh ? "存为图片 PNG" : "Save as PNG", (own) => picture(place, () => { own.textContent = zh ? "已存为图片 ✔" : "Saved ✔"; })));
    }
    for (const table of within.querySelectorAll("main table")) {
      if (table.dataset.offered || table.rows.length < 3 || table.closest("form")) continue;
      table.dataset.offered = "yes";
      (table.closest(".scroll") || table).insertAdjacentElement("afterend", tool(zh ? "复制表格" : "Copy the table", (own) => copy(table, own)));
    }
  };
  const drawAll = (within) => {
    within.querySelectorAll("[data-chart]").forEach(draw);
    offer(within);
  };

  // A link into something folded opens it; browsers before Chromium 97 do not do so themselves.
  const unfold = () => {
    const aim = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!aim) return;
    let folded = aim.closest("details:not([open])");
    if (!folded) return;
    while (folded) {
      folded.open = true;
      folded = folded.parentElement.closest("details:not([open])");
    }
    aim.scrollIntoView();
  };

  document.addEventListener("DOMContentLoaded", () => {
    drawAll(document);
    unfold();
    window.addEventListener("hashchange", unfold);
    document.body.addEventListener("htmx:load", (event) => drawAll(event.target));
    document.addEventListener("click", (event) => {
      const asked = event.target.closest("[data-print],[data-copy]");
      if (!asked) return;
      if (asked.hasAttribute("data-print")) window.print();
      else copy(document.getElementById(asked.dataset.copy), asked);
    });
    document.addEventListener("change", (event) => {
      const all = event.target.dataset.all;
      if (all) for (const box of event.target.form.querySelectorAll("[name=" + all + "]")) box.checked = event.target.checked;
    });
    document.addEventListener("change", (event) => { const form = event.target.closest("form[data-auto]"); if (form) form.submit(); });
  });

  // Copies a table as text with tabs, so that it lands in cells when pasted into a sheet.
  const copy = (source, asked) => {
    const text = source.rows
      ? Array.from(source.rows).map((row) => Array.from(row.cells).map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t")).join("\n")
      : source.innerText;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    asked.textContent = asked.dataset.done || (zh ? "已复制 ✔" : "Copied ✔");
  };
})();
