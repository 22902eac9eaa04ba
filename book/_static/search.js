/* The book's own words and order of hits, between Sphinx's settings of the search and the search. */
(function () {
  "use strict";
  /* A browser may not read other pages from a disk: there the hits stand without summaries. */
  if (location.protocol === "file:") { DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; }

  /* Sphinx's own Norwegian lacks the answer to a search in vain. Sphinx would also make a function
     of a text for the rule of plurals, which no page may; it has the rule of both languages. */
  var words = document.getElementById("search-results").dataset;
  var own = {
    "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.": words.nothing,
    "Search finished, found ${resultCount} page(s) matching the search query.": words.found
  };
  Documentation.addTranslations = function (catalogue) {
    Object.assign(Documentation.TRANSLATIONS, catalogue.messages, own);
    Documentation.LOCALE = catalogue.locale;
  };
  Documentation.addTranslations({ locale: words.language, messages: {} });

  /* A chapter before its sections, before the pages of schools that all say the same, unless a
     school is asked for by name, and before pages about the book. */
  var asked = (new URLSearchParams(location.search).get("q") || "").toLowerCase();
  var named = function (title) { return asked.includes(title.toLowerCase().split(/[ -]/)[0]); };
  var about = ["metoder", "begrensninger", "endringer", "datasett", "slik-er-boka-laget", "estimator", "skolebidrag-metode", "kilder", "utgaver"];
  window.Scorer = {
    score: function (hit) {
      var page = hit[0], title = hit[1], anchor = hit[2], score = hit[4];
      return score - (anchor ? 2 : 0) - (about.includes(page) ? 20 : 0)
        + (page.startsWith("skole-") ? (named(title) ? 30 : -30) : 0);
    },
    objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0,
    title: 15, partialTitle: 7, term: 5, partialTerm: 2
  };
})();
