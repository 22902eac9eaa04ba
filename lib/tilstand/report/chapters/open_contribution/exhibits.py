"""Show our schools with their intervals, and what a reviewer asks of the national fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilstand.analysis.open_contribution.pairs import INDICATOR
from tilstand.report.numbers import write_number
from tilstand.report.page.sourcing import source_line
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.chapters.open_contribution.reading import OpenContribution
    from tilstand.report.page.page import Page

TOLD = {
    "above": ("over snittet", "above the average"),
    "below": ("under snittet", "below the average"),
    "unclear": ("kan ikke skilles", "cannot be distinguished"),
}
KEPT_BACK = {
    "pairs": ("for få kull med tall", "too few cohorts with numbers"),
    "reliability": ("for usikkert", "too uncertain"),
    "few_pairs": ("for få kull i landet", "too few cohorts in Norway"),
    "spread": ("for små forskjeller", "too small differences"),
    "placebo": ("ikke større enn i kontrollen", "no larger than in the control"),
}


def show_schools(shown: OpenContribution) -> None:
    """Show the schools that pass the gate by name, each with its interval."""
    page, rows = shown.page, shown.shown
    if rows.empty:
        return
    apart = rows["told"] != "unclear"
    made = rows.assign(value=rows["estimate"], role="own", words=_words(page, rows), apart=apart)
    told = int(apart.sum())
    counts = [write_number(number, 0, page.language) for number in (told, len(rows))]
    page.chart_of(
        "caterpillar",
        made,
        [
            Column("label", page.pick(nb="Skole", en="School")),
            Column("n", page.pick(nb="Elever i kullet", en="Pupils a cohort"), 0),
            Column("estimate", page.pick(nb="Bidrag", en="Contribution"), 1),
            Column("low", page.pick(nb="95 %-intervall, fra", en="95% interval, from"), 1),
            Column("high", page.pick(nb="95 %-intervall, til", en="95% interval, to"), 1),
            Column("words", page.pick(nb="Mot snittet i landet", en="Against the average")),
        ],
        name="apne-skoler",
        title=page.pick(
            nb=f"{counts[0] if told else 'Ingen'} av {counts[1]} skoler kan skilles fra snittet",
            en=f"{counts[0] if told else 'None'} of {counts[1]} schools can be distinguished "
            "from the average",
        ),
        subtitle=page.pick(
            nb="Det som blir igjen ved skolen fra 8. til 9. trinn, lesing og regning sammen, "
            "skalapoeng. Skolene står etter navn.",
            en="What stays with the school from grade 8 to grade 9, reading and numeracy "
            "together, scale points. Schools are listed by name.",
        ),
        source=source(shown),
        names=(page.pick(nb="bidrag", en="contribution"), ""),
        interval=page.pick(nb="95 %-intervall", en="95% interval"),
        reference_name=page.pick(nb="snittet av landets skoler", en="average of the schools"),
        decimals=1,
    )


def _words(page: Page, rows: pd.DataFrame) -> list[str]:
    marks = {
        "flag_change": page.pick(nb="kullet endret størrelse", en="the cohort changed size"),
        "flag_absence": page.pick(nb="flere borte på 9. trinn", en="more away in grade 9"),
        "flag_top": page.pick(nb="mange på høyeste nivå", en="many at the highest level"),
    }
    return [
        "; ".join([page.pick(*TOLD[row["told"]]), *(marks[name] for name in marks if row[name])])
        for row in rows.to_dict("records")
    ]


def show_kept_back(shown: OpenContribution) -> None:
    """List our schools without a number, and why."""
    page, rows = shown.page, shown.schools
    apart = pd.DataFrame(
        [
            {"label": shown.names[unit], "why": why, "n": None}
            for unit, why in shown.apart.items()
            if shown.owners.get(unit) == page.place and unit in shown.names
        ],
        columns=["label", "why", "n"],
    )
    left = shown.pairs.left_out
    small = {
        "hidden": page.pick(nb="tallene er skjult", en="numbers are hidden"),
        "one_grade": page.pick(nb="bare tall for ett av trinnene", en="numbers for one grade only"),
    }
    hidden = left[(left["unit"].map(shown.owners) == page.place) & (left["reason"] != "apart")]
    hidden = pd.DataFrame(
        {
            "label": [shown.names.get(unit, unit) for unit in hidden["unit"]],
            "why": [small[reason] for reason in hidden["reason"]],
        }
    )
    kept = rows[rows["kept_back"] != ""] if len(rows) else rows
    kept = (
        kept.assign(why=[page.pick(*KEPT_BACK[reason]) for reason in kept["kept_back"]])
        if len(kept)
        else pd.DataFrame()
    )
    frames = [frame for frame in (kept, apart, hidden) if len(frame)]
    if not frames:
        return
    table = pd.concat([frame[["label", "why"]] for frame in frames], ignore_index=True)
    page.table(
        table.sort_values("label", kind="stable", ignore_index=True),
        [
            Column("label", page.pick(nb="Skole", en="School")),
            Column("why", page.pick(nb="Hvorfor tallet ikke vises", en="Why it has no number")),
        ],
        name="apne-uten-tall",
        title=page.pick(
            nb=f"Skoler i {page.name} uten tall", en=f"Schools of {page.name} without a number"
        ),
        source=source(shown),
    )


def show_trials(shown: OpenContribution) -> None:
    """Show the fit under other assumptions, and the placebo."""
    page, rows = shown.page, shown.trials
    if rows.empty:
        return
    pick = page.pick
    page.table(
        rows.assign(
            label=[_assumption(page, row) for row in rows.to_dict("records")],
            alike=[
                "\N{EN DASH}" if pd.isna(one) else write_number(one, 2, page.language)
                for one in rows.get("correlation", pd.Series(np.nan, rows.index))
            ],
        ),
        [
            Column("label", pick(nb="Antakelse", en="Assumption")),
            Column("reading", pick(nb="Stigning, lesing", en="Slope, reading"), 2),
            Column("numeracy", pick(nb="Stigning, regning", en="Slope, numeracy"), 2),
            Column("median", pick(nb="Varig spredning", en="Lasting spread"), 2),
            Column("low", pick(nb="Fra", en="From"), 2),
            Column("high", pick(nb="Til", en="To"), 2),
            Column("told", pick(nb="Skoler skilt ut", en="Schools told apart"), 0),
            Column("alike", pick(nb="Samsvar med bokas tall", en="Agreement")),
        ],
        name="apne-antakelser",
        title=pick(
            nb="Hele landet under andre antakelser, og kontrollen, skalapoeng",
            en="The whole country under other assumptions, and the control, scale points",
        )
        if shown.fit is not None
        else pick(
            nb="Kontrollen på 8. trinn i hele landet, skalapoeng",
            en="The control on grade 8 of the whole country, scale points",
        ),
        source=source(shown),
    )


def _assumption(page: Page, row: dict) -> str:
    setting = row["setting"]
    number = "" if pd.isna(setting) else write_number(setting, 2, page.language)
    tenths = "" if pd.isna(setting) else write_number(setting, 1, page.language)
    return {
        "base": page.pick(nb="slik kapitlet regner", en="as in this chapter"),
        "one": page.pick(nb="ren vekst (stigning 1)", en="plain growth (slope 1)"),
        "within": page.pick(
            nb="stigningen fra skolenes egne kull", en="slope from schools’ own cohorts"
        ),
        "sem": page.pick(nb=f"målefeil {tenths} poeng", en=f"test error {tenths} points"),
        "even": page.pick(
            nb=f"uten kull som endret seg mer enn {number} (logaritmen)",
            en=f"without cohorts that changed by more than {number} (logarithm)",
        ),
        "ceiling": page.pick(
            nb="uten femdelen av skolene med høyest resultat på 8. trinn",
            en="without the fifth of the schools with the highest grade 8 result",
        ),
        "present": page.pick(
            nb=f"uten skoler der mer enn {tenths} prosentpoeng flere var borte på 9. trinn",
            en=f"without schools where over {tenths} percentage points more were away in grade 9",
        ),
        "placebo": page.pick(
            nb="kontrollen: 8. trinn mot neste års 8. trinn",
            en="the control: grade 8 against next year’s grade 8",
        ),
    }[row["assumption"]]


def show_settings(shown: OpenContribution) -> None:
    """Print the assumptions and the gate's limits with where they come from."""
    page, rows = shown.page, shown.setting_rows
    if shown.fit is None:
        return
    page.table(
        rows.assign(
            label=rows[f"label_{page.language}"],
            number=[_plain(page, value) for value in rows["value"]],
            why=rows[f"source_{page.language}"],
        )[["label", "number", "why"]],
        [
            Column("label", page.pick(nb="Hva", en="What")),
            Column("number", page.pick(nb="Satt til", en="Set to")),
            Column("why", page.pick(nb="Hvorfra", en="Where from")),
        ],
        name="apne-grenser",
        title=page.pick(
            nb="Antakelser og grenser som kapitlet bruker",
            en="Assumptions and limits of this chapter",
        ),
    )


def _plain(page: Page, value: str) -> str:
    decimals = len(value.split(".")[1]) if "." in value else 0
    return write_number(float(value), decimals, page.language)


def source(shown: OpenContribution) -> str:
    """Write the source line of what rests on the exports of both grades."""
    page = shown.page
    rows = page.near[
        (page.near["indicator"] == INDICATOR)
        & page.near["grade"].isin(["8", "9"])
        & page.near["margin"].notna()
        & (page.near["place"] == page.place)
    ]
    made = page.pick(nb="Egne beregninger.", en="Our computations.")
    if rows.empty:
        return made
    return f"{source_line(rows[['source', 'section']], page.register, page.language)} {made}"
