/* A search with hardly a hit is tried once more: a compound by its parts, a misspelt word by one like it. */
(function () {
  "use strict";
  var FEW = 2, SHORT = 4, ALIKE = 6;

  function distance(one, other) {
    var row = Array.from({ length: other.length + 1 }, function (_, place) { return place; });
    for (var i = 1; i <= one.length; i++) {
      var before = row[0];
      row[0] = i;
      for (var j = 1; j <= other.length; j++) {
        var above = row[j];
        row[j] = Math.min(row[j] + 1, row[j - 1] + 1, before + (one[i - 1] === other[j - 1] ? 0 : 1));
        before = above;
      }
    }
    return row[other.length];
  }

  /* "barnehageplass" -> "barnehage plass", and "plass" alone: cut where the last part is longest */
  function parts(word, known, stemmer) {
    for (var cut = SHORT; cut <= word.length - SHORT; cut++) {
      var last = word.slice(cut);
      if (!known(stemmer.stemWord(last))) { continue; }
      var first = [word.slice(0, cut), word.slice(0, cut).replace(/[se]$/, "")].find(function (part) {
        return part.length >= SHORT && known(stemmer.stemWord(part));
      });
      return first ? [first + " " + last, last] : [last, last];
    }
    return null;
  }

  function like(word, terms, stemmer) {
    var stem = stemmer.stemWord(word), best = "", least = word.length < ALIKE ? 1 : 3;
    terms.forEach(function (term) {
      if (Math.abs(term.length - stem.length) >= least || term === stem) { return; }
      var apart = distance(stem, term);
      if (apart < least) { least = apart; best = term; }
    });
    return best;
  }

  function hits(query) {
    return Search._performSearch.apply(Search, Search._parseQuery(query)).length;
  }

  var plain = Search.query;
  Search.query = function (query) {
    if (hits(query) >= FEW) { return plain(query); }
    var index = Search._index, stemmer = new Stemmer();
    var terms = Object.keys(index.terms).concat(Object.keys(index.titleterms));
    var all = new Set(terms);
    var known = function (stem) { return all.has(stem); };
    var tries = query.toLowerCase().split(/\s+/).filter(Boolean).map(function (word) {
      var other = known(stemmer.stemWord(word)) ? word : like(word, terms, stemmer) || word;
      return parts(word, known, stemmer) || [other, other];
    });
    var near = [0, 1].map(function (which) {
      return tries.map(function (words) { return words[which]; }).join(" ");
    }).find(function (words) { return hits(words) > hits(query); });
    if (!near) { return plain(query); }
    var said = document.createElement("p");
    said.textContent = document.getElementById("search-results").dataset.near.replace("{}", near);
    document.getElementById("search-results").prepend(said);
    return plain(near);
  };
})();
