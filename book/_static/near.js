/* Finds pages by the words that readers use: by their subjects first (subjects.js), then by their text; and a search
   with hardly a hit is tried once more, a compound by its parts, a misspelt word by one like it. */
(function () {
  "use strict";
  var FEW = 2, SHORT = 4, ALIKE = 6, LEAST = 0.34, WEIGHT = 100;
  var SMALL = new Set(("hva hvem hvor hvordan hvorfor hvilke hvilken når er var blir ble bli har hadde ha det den de en et ei i på av til for fra med om og " +
    "eller som mange mye vi jeg min mitt mine du dere din kan skal bør må gjør går får å ikke alle noe noen kommune kommunen i bærum baerum " +
    "what who where how why which when is are was be do does did has have had the a an in on of to for from with about and or that many much we i my you " +
    "your can should must not all any some municipality go get").split(" "));
  var stemmer = new Stemmer(), stems = {};

  function stem(word) { return stems[word] || (stems[word] = stemmer.stemWord(word)); }
  function wordsOf(text) { return text.toLowerCase().split(/[^\p{L}\p{N}-]+/u).filter(Boolean); }
  function keys(text) {
    var words = wordsOf(text), told = words.filter(function (word) { return !SMALL.has(word) && !/^(19|20)\d\d$/.test(word); });
    return (told.length ? told : words).map(stem);
  }

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

  /* how far one word says the same as another: the same, a part of the same compound, or misspelt */
  function match(one, other) {
    if (one === other) { return 1; }
    var long = one.length > other.length ? one : other, short = one.length > other.length ? other : one;
    if (short.length >= SHORT && long.startsWith(short)) { return 2 * short.length >= long.length ? 0.75 : 0.4; }
    if (short.length > SHORT && long.endsWith(short)) { return 0.65; }
    return short.length >= ALIKE && long.length - short.length < 2 && distance(one, other) < 2 ? 0.8 : 0;
  }
  function best(word, words) { return words.reduce(function (most, other) { return Math.max(most, match(word, other)); }, 0); }

  var pages = null;
  function subjects() {
    if (pages) { return pages; }
    var index = Search._index;
    pages = index.docnames.map(function (name, at) {
      var phrases = (typeof SUBJECTS === "undefined" ? [] : SUBJECTS[name] || []).concat(index.titles[at].replace(/<[^>]*>/g, ""));
      return { at: at, name: name, phrases: phrases.map(function (phrase) { return { words: wordsOf(phrase), keys: keys(phrase) }; }) };
    });
    return pages;
  }

  /* how far each page is about what is asked for, from 0 to 1 */
  function about(query) {
    var asked = keys(query), said = wordsOf(query), known = subjects(), many = known.length, index = Search._index;
    function stands(word) { return word in index.terms || word in index.titleterms; }
    var weights = asked.map(function (word) {
      var held = known.filter(function (page) { return page.phrases.some(function (phrase) { return best(word, phrase.keys) >= 0.75; }); }).length;
      /* a word that stands nowhere tells no page from another */
      return Math.log(1 + (held || stands(word) ? many / Math.max(held, 1) : 1));
    });
    var whole = weights.reduce(function (sum, weight) { return sum + weight; }, 0) || 1;
    function covered(words) {
      return asked.reduce(function (sum, word, at) { return sum + weights[at] * best(word, words); }, 0) / whole;
    }
    return known.map(function (page) {
      var most = 0, all = [];
      page.phrases.forEach(function (phrase) {
        all = all.concat(phrase.keys);
        var there = covered(phrase.keys);
        if (!there) { return; }
        var back = phrase.keys.filter(function (word) { return best(word, asked) > 0.5; }).length / phrase.keys.length;
        var same = phrase.words.join(" ") === said.join(" ") ? 0.15 : 0;
        most = Math.max(most, there * (0.6 + 0.4 * back) + same);
      });
      return { page: page, share: Math.max(most, 0.62 * covered(all)) };
    }).filter(function (one) { return one.share >= LEAST; });
  }

  /* "barnehageplass" -> "barnehage plass", and "plass" alone: cut where the last part is longest */
  function parts(word, known) {
    for (var cut = SHORT; cut <= word.length - SHORT; cut++) {
      var last = word.slice(cut);
      if (!known(stem(last))) { continue; }
      var first = [word.slice(0, cut), word.slice(0, cut).replace(/[se]$/, "")].find(function (part) {
        return part.length >= SHORT && known(stem(part));
      });
      return first ? [first + " " + last, last] : [last, last];
    }
    return null;
  }

  function like(word, terms) {
    var own = stem(word), found = "", least = word.length < ALIKE ? 1 : 3;
    terms.forEach(function (term) {
      if (Math.abs(term.length - own.length) >= least || term === own) { return; }
      var apart = distance(own, term);
      if (apart < least) { least = apart; found = term; }
    });
    return found;
  }

  function hits(query) { return Search._performSearch.apply(Search, Search._parseQuery(query)); }

  function nearest(query, count) {
    var index = Search._index, terms = Object.keys(index.terms).concat(Object.keys(index.titleterms)), all = new Set(terms);
    var known = function (own) { return all.has(own); };
    var tries = wordsOf(query).map(function (word) {
      var other = known(stem(word)) ? word : like(word, terms) || word;
      return parts(word, known) || [other, other];
    });
    return [0, 1].map(function (which) {
      return tries.map(function (words) { return words[which]; }).join(" ");
    }).find(function (words) { return hits(words).length > count; });
  }

  Search.query = function (query) {
    var index = Search._index, found = hits(query), meant = about(query), told = query;
    /* question words stand on few pages and mean nothing there */
    var plain = wordsOf(query).filter(function (word) { return !SMALL.has(word); }).join(" ");
    if (found.length < FEW && plain && plain !== query) { found = hits(plain); told = plain; }
    if (found.length < FEW && !meant.length) {
      var near = nearest(query, found.length);
      if (near) {
        var said = document.createElement("p");
        said.textContent = document.getElementById("search-results").dataset.near.replace("{}", near);
        document.getElementById("search-results").prepend(said);
        told = near;
        found = hits(near);
        meant = about(near);
      }
    }
    meant.forEach(function (one) {
      var name = one.page.name, own = found.find(function (hit) { return hit[0] === name && !hit[2]; });
      if (!own) {
        own = [name, index.titles[one.page.at], "", null, 0, index.filenames[one.page.at]];
        found.push(own);
      }
      own[4] += WEIGHT * one.share;
    });
    found.sort(function (one, other) { return one[4] - other[4] || (one[1] < other[1] ? 1 : -1); });
    var asked = Search._parseQuery(told);
    _displayNextItem(found, found.length, asked[1], asked[3]);
  };
})();
