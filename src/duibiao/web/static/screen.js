// Turns the slides of the big screen when asked to; the button and the space bar stop and go on.
"use strict";
(function () {
  document.addEventListener("DOMContentLoaded", () => {
    const seconds = Number(document.body.dataset.rotate || 0);
    const button = document.getElementById("pause");
    if (!seconds || !button) return;
    const turn = () => { location.href = document.body.dataset.next; };
    let timer = setTimeout(turn, seconds * 1000);
    const toggle = () => {
      if (timer) { clearTimeout(timer); timer = null; } else { timer = setTimeout(turn, seconds * 1000); }
      button.textContent = timer ? button.dataset.running : button.dataset.paused;
    };
    button.addEventListener("click", toggle);
    document.addEventListener("keydown", (event) => {
      if (event.code === "Space" && event.target === document.body) { event.preventDefault(); toggle(); }
    });
  });
})();
