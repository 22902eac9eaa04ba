"""State the table that everything speaks: *figures*, one published number a row."""

from __future__ import annotations

FIGURE_COLUMNS = (
    "year",
    "indicator",
    "level",
    "unit",
    "grade",
    "gender",
    "subject",
    "category",
    "value",
    "n",
    "margin",
    "status",
    "source",
    "section",
    "mark",
)

# What one number is about; two rows that agree here speak of the same thing.
MEASURE_KEY = FIGURE_COLUMNS[:8]
# One document may state a number in more than one place; the place makes the row unique.
ROW_KEY = (*MEASURE_KEY, "source", "section")

LEVELS = ("nation", "county", "municipality", "group", "school")
GENDERS = ("", "female", "male")
STATUSES = ("ok", "suppressed", "missing", "not_applicable", "provisional")
STATUSES_WITH_VALUE = ("ok", "provisional")
# `contested` is the value the book uses where the sources disagree, `contested_other` the rest.
#: ``more_than``: a lower bound in the source; ``range``: one end of a range that it gives;
#: ``fraction``: a share that it writes in words, such as "two thirds".
MARKS = (
    "",
    "inferred",
    "approximate",
    "more_than",
    "range",
    "fraction",
    "contested",
    "contested_other",
)

INDICATOR_COLUMNS = (
    "indicator",
    "name_nb",
    "name_en",
    "unit",
    "decimals",
    "direction",
    "year_kind",
    "people",
    "definition_nb",
    "definition_en",
    "origin",
    "breaks",
)
INDICATOR_UNITS = (
    "count",
    "percent",
    "fte",
    "ratio",
    "score",
    "grade_mark",
    "points",
    "nok",
    "hours",
    "days",
    "years",
    "months",
)
DIRECTIONS = ("higher", "lower", "neutral")
#: Whom an indicator is of: what a gender of theirs is called.
PEOPLE = ("children", "adults")
YEAR_KINDS = ("school_year", "count_date", "calendar_year", "spring", "autumn")

UNIT_COLUMNS = (
    "place",
    "code",
    "level",
    "name_nb",
    "name_en",
    "county",
    "valid_from",
    "valid_to",
)
# What became of a municipality's code; a merged or split one goes on as another population.
CHANGE_COLUMNS = ("year", "from", "to", "kind", "source")
# A school that closed, and the one whose series goes on with its pupils; blank: none does.
SCHOOL_MERGER_COLUMNS = ("from", "to", "source")
CHANGE_KINDS = ("renumbered", "merged", "split")
SOURCE_COLUMNS = (
    "source",
    "data_year",
    "published",
    "title_nb",
    "title_en",
    "publisher",
    "short_nb",
    "short_en",
    "cite",
    "place",
)
CATEGORY_COLUMNS = ("category", "name_nb", "name_en")
ORIGIN_COLUMNS = ("origin", "name_nb", "name_en")
BREAK_COLUMNS = (
    "break",
    "indicators",
    "year",
    "last_year",
    "name_nb",
    "name_en",
    "reason_nb",
    "reason_en",
)
SUM_COLUMNS = ("indicator", "dimension", "parts", "total", "tolerance")

STATEMENT_COLUMNS = (
    "id",
    "edition",
    "chapter",
    "kind",
    "title_nb",
    "title_en",
    "text_nb",
    "text_en",
    "source",
    "section",
)
STATEMENT_KINDS = ("statement", "measure", "challenge", "goal", "recommendation", "gap")
CONTRADICTION_COLUMNS = (
    "id",
    "indicator",
    "year",
    "kind",
    "explanation_nb",
    "explanation_en",
    "source",
    "section",
)
CONTRADICTION_KINDS = ("values_differ", "parts_do_not_sum", "label", "unclear")
MEASURE_COLUMNS = (
    "id",
    "theme_nb",
    "theme_en",
    "content_nb",
    "content_en",
    "audience_nb",
    "audience_en",
    "when_nb",
    "when_en",
    "organiser",
    "source",
    "section",
)
NAMED_COLUMNS = (
    "id",
    "edition",
    "chapter",
    "kind",
    "name",
    "about_nb",
    "about_en",
    "source",
    "section",
)
NAMED_KINDS = ("school", "kindergarten", "course", "programme", "research", "case", "link")
FOLLOWUP_COLUMNS = (
    "id",
    "goal",
    "due_nb",
    "due_en",
    "outcome_nb",
    "outcome_en",
    "state",
    "evidence",
    "figures",
    "source",
    "section",
)
FOLLOWUP_STATES = (
    "",
    "done",
    "going_on",
    "changed",
    "replaced",
    "better",
    "unclear",
    "effect",
    "perceived",
    "used_little",
)
FOLLOWUP_EVIDENCE = ("", "figures", "study", "evaluation", "account")

LANGUAGES = ("nb", "en")
