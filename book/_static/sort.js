/* Sorts the rows of a table by a column. The headers become buttons that say how it is sorted. */
(function () {
  "use strict";
  var order = new Intl.Collator(document.documentElement.lang, { numeric: true });

  function key(row, place) {
    var cell = row.cells[place];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  }
  /* What is not a number among numbers, such as "not reported", stands last in either direction. */
  function compare(one, other, down) {
    if (typeof one !== typeof other) { return typeof one === "number" ? -1 : 1; }
    var found = typeof one === "number" ? one - other : order.compare(one, other);
    return down ? -found : found;
  }
  function sort(table, header, down) {
    var body = table.tBodies[0], place = header.cellIndex;
    Array.from(body.rows)
      .map(function (row) { return { row: row, key: key(row, place) }; })
      .sort(function (one, other) { return compare(one.key, other.key, down); })
      .forEach(function (entry) { body.appendChild(entry.row); });
    table.querySelectorAll("[aria-sort]").forEach(function (th) { th.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  document.querySelectorAll("table[data-sort]").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (header) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (header.firstChild) { button.appendChild(header.firstChild); }
      header.appendChild(button);
      button.addEventListener("click", function () {
        sort(table, header, header.getAttribute("aria-sort") === "ascending");
      });
    });
  });
})();
