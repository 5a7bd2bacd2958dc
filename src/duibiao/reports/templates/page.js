(function () {
  "use strict";
  var table = document.getElementById("rows");
  if (!table) { return; }
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  function value(body, place) { return body.rows[0].cells[place].getAttribute("data-value") || ""; }
  function sort(place, kind, up) {
    var bodies = Array.prototype.slice.call(table.tBodies);
    bodies.sort(function (a, b) {
      var x = value(a, place), y = value(b, place);
      // What is missing stands last whichever way the column is sorted: it is neither small nor large.
      if (x === "" || y === "") { return (x === "") - (y === ""); }
      var order = kind === "number" ? parseFloat(x) - parseFloat(y) : x.localeCompare(y, "zh-CN", { numeric: true });
      return up ? order : -order;
    });
    bodies.forEach(function (body) { table.appendChild(body); });
  }
  heads.forEach(function (head, place) {
    var button = head.querySelector("button");
    if (!button) { return; }
    button.addEventListener("click", function () {
      var up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sort(place, button.getAttribute("data-sort"), up);
    });
  });
  var filter = document.getElementById("filter"), shown = document.getElementById("shown");
  if (filter) {
    filter.addEventListener("input", function () {
      var wanted = filter.value.trim().toLowerCase(), count = 0;
      Array.prototype.forEach.call(table.tBodies, function (body) {
        var hit = body.textContent.toLowerCase().indexOf(wanted) >= 0;
        body.hidden = !hit;
        count += hit ? 1 : 0;
      });
      shown.textContent = wanted ? count + " / " + table.tBodies.length : "";
    });
  }
})();
