/* The book's own script: light and dark, the menu on a phone, where the reader is on the page. */
(function () {
  "use strict";
  var root = document.documentElement;

  var mode = document.querySelector(".mode-switch");
  var modes = ["", "light", "dark"];
  function show() {
    mode.querySelector(".mode-name").textContent = mode.dataset[root.dataset.theme || "auto"];
  }
  if (mode) {
    show();
    mode.addEventListener("click", function () {
      root.dataset.theme = modes[(modes.indexOf(root.dataset.theme || "") + 1) % modes.length];
      try { localStorage.setItem("til-mode", root.dataset.theme); } catch (error) { /* private window */ }
      show();
    });
  }

  var toggle = document.querySelector(".primary-toggle");
  if (toggle) {
    var open = function (yes) {
      root.classList.toggle("menu-open", yes);
      toggle.setAttribute("aria-expanded", String(yes));
    };
    toggle.addEventListener("click", function () {
      open(toggle.getAttribute("aria-expanded") !== "true");
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && root.classList.contains("menu-open")) { open(false); toggle.focus(); }
    });
  }

  var current = document.querySelector(".bd-links li.current > a, .bd-links a.current");
  if (current) {
    current.setAttribute("aria-current", "page");
    var side = document.querySelector(".bd-sidebar-primary");
    side.scrollTop = Math.max(0, current.offsetTop - side.clientHeight / 2);
  }

  /* A table stops the Tab key only where it has more than it shows. */
  if ("ResizeObserver" in window) {
    var fits = new ResizeObserver(function (entries) {
      entries.forEach(function (entry) {
        var wrap = entry.target.closest(".tablewrap"), wide = wrap.scrollWidth > wrap.clientWidth;
        wrap.tabIndex = wide ? 0 : -1;
        wrap.classList.toggle("wide", wide);
      });
    });
    document.querySelectorAll(".tablewrap[tabindex]").forEach(function (wrap) {
      fits.observe(wrap);
      fits.observe(wrap.firstElementChild);
    });
  }

  /* Where there is no room for the places on the page beside it, a long page has them folded at its top. */
  var list = document.querySelector(".page-toc ul"), article = document.querySelector(".bd-article");
  if (list && !list.getClientRects().length && article.scrollHeight > 3 * window.innerHeight) {
    var fold = document.createElement("details"), name = document.createElement("summary");
    fold.className = "contents-fold";
    name.textContent = document.getElementById("page-toc-title").textContent;
    fold.append(name, list.cloneNode(true));
    var first = article.querySelector("h1"), finding = first.nextElementSibling;
    (finding && finding.matches(".finding") ? finding : first).after(fold);
  }

  var links = {};
  document.querySelectorAll(".page-toc a[href^='#']").forEach(function (link) {
    links[decodeURIComponent(link.hash.slice(1))] = link;
  });
  if ("IntersectionObserver" in window && Object.keys(links).length) {
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        Object.values(links).forEach(function (link) { link.removeAttribute("aria-current"); });
        links[entry.target.id].setAttribute("aria-current", "location");
      });
    }, { rootMargin: "0px 0px -70% 0px" });
    Object.keys(links).forEach(function (id) {
      var place = document.getElementById(id);
      if (place) { watch.observe(place); }
    });
  }
})();
