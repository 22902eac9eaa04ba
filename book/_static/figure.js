/* Lets a reader touch a figure: values under the pointer, a finger or the arrow keys, read from the table
   behind it; one school or group made to stand out, kept in the address; a link and a piece to set elsewhere. */
(function () {
  "use strict";
  var words = document.currentScript.dataset, NEAR = 34, MANY = 12, SVG = "http://www.w3.org/2000/svg";
  var figures = [];

  function make(name, looks, text) {
    var made = document.createElement(name);
    Object.keys(looks).forEach(function (key) { made.setAttribute(key, looks[key]); });
    if (text) { made.textContent = text; }
    return made;
  }
  function drawn(name, looks, svg, first) {
    var made = document.createElementNS(SVG, name);
    Object.keys(looks).forEach(function (key) { made.setAttribute(key, looks[key]); });
    svg.insertBefore(made, first ? svg.firstChild : null);
  }
  function text(cell) { return cell.textContent.replace(/[ \n\t]+/g, " ").trim(); }

  function Figure(box) {
    var figure = box.closest("figure"), table = figure.querySelector("table"), own = this;
    this.box = box;
    this.figure = figure;
    this.heads = Array.from(table.tHead.rows[0].cells).map(text);
    this.rows = Array.from(table.tBodies[0].rows);
    this.tip = make("div", { class: "tip", "aria-hidden": "true" });
    this.tip.hidden = true;
    box.parentNode.insertBefore(make("div", { class: "touch" }), box).append(box, this.tip);
    this.names = Array.from(new Set(this.marks().map(function (mark) { return own.name(mark); })));
    box.addEventListener("pointermove", function (event) { own.point(event); });
    box.addEventListener("pointerdown", function (event) { own.point(event); });
    box.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse") { own.hide(); } });
    this.keys();
    this.take();
  }
  Figure.prototype.svg = function () {
    return Array.from(this.box.children).find(function (svg) { return svg.getClientRects().length; }) || this.box.firstChild;
  };
  Figure.prototype.marks = function () {
    return (this.svg().dataset.at || "").split(";").filter(Boolean).map(function (said) {
      var part = said.split(" ").map(Number);
      return { x: part[0], y: part[1], line: part[2], column: part[3] };
    });
  };
  Figure.prototype.name = function (mark) {
    return mark.column === undefined ? text(this.rows[mark.line].cells[0]) : this.heads[mark.column];
  };
  Figure.prototype.value = function (mark) {
    var cells = this.rows[mark.line].cells, heads = this.heads;
    if (mark.column !== undefined) {
      return (heads.length > 2 ? heads[mark.column] + ", " : "") + text(cells[0]) + ": " + text(cells[mark.column]);
    }
    var said = Array.from(cells).slice(1).map(function (cell, at) {
      return cells.length > 2 ? heads[at + 1] + " " + text(cell) : text(cell);
    });
    return text(cells[0]) + ": " + said.join("; ");
  };
  Figure.prototype.show = function (mark) {
    var svg = this.svg(), from = this.box.getBoundingClientRect(), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    this.hide();
    drawn("circle", { class: "ring s c1", cx: mark.x, cy: mark.y, r: 6.5, "stroke-width": 1.6 }, svg);
    this.tip.textContent = this.value(mark);
    this.tip.hidden = false;
    var left = Math.max(0, Math.min(mark.x * scale - this.tip.offsetWidth / 2, from.width - this.tip.offsetWidth));
    var top = mark.y * scale - this.tip.offsetHeight - 14;
    this.tip.style.left = left + "px";
    this.tip.style.top = (top < 0 ? mark.y * scale + 14 : top) + "px";
  };
  Figure.prototype.hide = function () {
    this.tip.hidden = true;
    this.box.querySelectorAll(".ring").forEach(function (ring) { ring.remove(); });
  };
  Figure.prototype.point = function (event) {
    var svg = this.svg(), box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width, best = null, least = NEAR;
    this.marks().forEach(function (mark) {
      var apart = Math.hypot(box.left + mark.x * scale - event.clientX, box.top + mark.y * scale - event.clientY);
      if (apart < least) { least = apart; best = mark; }
    });
    if (best) { this.show(best); } else { this.hide(); }
  };
  /* A slider walks through the values: every browser, screen reader and phone knows how. */
  Figure.prototype.keys = function () {
    var own = this, count = this.marks().length;
    if (!count) { return; }
    var slider = make("input", { class: "walk", type: "range", min: 0, max: count - 1, value: 0, "aria-label": words.walk + ": " + text(this.figure.querySelector(".exhibit-number")) });
    function tell() {
      var mark = own.marks()[Number(slider.value)];
      slider.setAttribute("aria-valuetext", own.value(mark));
      own.show(mark);
    }
    slider.addEventListener("focus", tell);
    slider.addEventListener("input", tell);
    slider.addEventListener("blur", function () { own.hide(); });
    this.box.after(slider);
  };
  Figure.prototype.light = function (name) {
    var own = this, svg = this.svg();
    this.box.querySelectorAll(".lit").forEach(function (mark) { mark.remove(); });
    var found = this.marks().filter(function (mark) { return name && own.name(mark) === name; });
    found.forEach(function (mark) {
      if (found.length === 1) { drawn("rect", { class: "lit band", x: 0, y: mark.y - 9, width: svg.viewBox.baseVal.width, height: 18 }, svg, true); }
      drawn("circle", { class: "lit s c1", cx: mark.x, cy: mark.y, r: 7, "stroke-width": 2.2 }, svg);
    });
    if (this.choice) { this.choice.value = found.length ? name : ""; }
  };
  Figure.prototype.offer = function () {
    if (this.names.length < MANY) { return; }
    var id = "lit-" + this.figure.id, label = make("label", { class: "light", for: id }, words.light + " ");
    this.choice = make("select", { id: id });
    [""].concat(this.names.slice().sort(new Intl.Collator(document.documentElement.lang, { numeric: true }).compare)).forEach(function (name) {
      this.choice.append(make("option", { value: name }, name || words.none));
    }, this);
    label.append(this.choice);
    this.box.parentNode.before(label);
    this.choice.addEventListener("change", function () { choose(this.choice.value); }.bind(this));
  };
  Figure.prototype.take = function () {
    var own = this, line = this.figure.querySelector(".exhibit-take");
    function address() { return location.href.split("#")[0] + "#" + own.figure.id + (chosen() ? "&" + chosen() : ""); }
    function button(word, content) {
      var made = make("button", { type: "button", class: "give" }, word);
      made.addEventListener("click", function () {
        var old = line.nextElementSibling, field = old && old.matches(".given") ? old : make("textarea", { class: "given", readonly: "", rows: 3, "aria-label": word });
        field.value = content();
        line.after(field);
        field.select();
        if (navigator.clipboard) { navigator.clipboard.writeText(field.value).then(function () { made.textContent = words.copied; }, function () { /* the text stands there, selected */ }); }
      });
      line.append(" ", made);
    }
    button(words.link, address);
    button(words.embed, function () {
      var at = own.figure.querySelector("a[href$='.png']").href, title = text(own.figure.querySelector(".exhibit-title")).slice(text(own.figure.querySelector(".exhibit-number")).length).trim();
      var whole = make("figure", {}), link = make("a", { href: address() });
      link.append(make("img", { src: at, alt: own.box.getAttribute("aria-label"), width: own.svg().getAttribute("width") }));
      whole.append(link, make("figcaption", {}, title + ". " + text(own.figure.querySelector(".exhibit-source")) + " Tilstandsboka, CC BY 4.0."));
      return whole.outerHTML;
    });
  };

  /* What stands out is in the address after "vis=", behind the place on the page if there is one. */
  function chosen() { return location.hash.slice(1).split("&").find(function (part) { return part.startsWith("vis="); }); }
  function choose(name) {
    var place = location.hash.slice(1).split("&").filter(function (part) { return part && !part.startsWith("vis="); });
    history.replaceState(null, "", "#" + place.concat(name ? "vis=" + encodeURIComponent(name) : []).join("&"));
    light();
  }
  function light() {
    var name = decodeURIComponent((chosen() || "vis=").slice(4)), place = location.hash.slice(1).split("&")[0];
    figures.forEach(function (figure) { figure.light(name); });
    if (chosen() && place && !place.startsWith("vis=") && document.getElementById(place)) { document.getElementById(place).scrollIntoView(); }
  }

  document.querySelectorAll("figure .drawing").forEach(function (box) { figures.push(new Figure(box)); });
  figures.forEach(function (figure) { figure.offer(); });
  window.addEventListener("hashchange", light);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { figures.forEach(function (figure) { figure.hide(); }); } });
  window.matchMedia("(max-width: 640px)").addEventListener("change", light);
  light();
})();
