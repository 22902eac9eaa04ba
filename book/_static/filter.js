/* Finds a school as its name is typed; letters without a school left step aside. */
(function () {
  "use strict";
  document.querySelectorAll("[data-filter]").forEach(function (list) {
    var label = document.createElement("label"), field = document.createElement("input"), said = document.createElement("span");
    label.className = "filter";
    label.textContent = list.dataset.filter;
    field.type = "search";
    field.autocomplete = "off";
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    label.append(field);
    var letters = document.querySelector(".school-letters");
    (letters || list).before(label, said);
    function plain(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u0309\u030b-\u036f]/g, ""); }
    field.addEventListener("input", function () {
      var asked = plain(field.value).split(/\s+/).filter(Boolean), left = 0;
      list.querySelectorAll("li").forEach(function (item) {
        var name = plain(item.textContent);
        item.hidden = !asked.every(function (word) { return name.includes(word); });
        left += item.hidden ? 0 : 1;
      });
      list.querySelectorAll("section").forEach(function (part) { part.hidden = !part.querySelector("li:not([hidden])"); });
      if (letters) { letters.hidden = asked.length > 0; }
      said.textContent = String(left);
    });
    field.addEventListener("keydown", function (event) {
      var only = list.querySelectorAll("li:not([hidden]) a");
      if (event.key === "Enter" && only.length === 1) { location.href = only[0].href; }
    });
  });
})();
