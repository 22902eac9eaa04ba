"""Hold goals, promises and plans to what later documents and figures tell of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from tilstand import contracts
from tilstand.report import wording
from tilstand.report.chapters.sources import measures
from tilstand.report.page import documents
from tilstand.report.page.picks import read_measure
from tilstand.report.page.rows import label_of_measure
from tilstand.report.page.tables import Column
from tilstand.sources.published import load_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tilstand.report.page.page import Page
    from tilstand.report.series import Series

YEAR = re.compile(r"(?:19|20)\d\d")
HEADERS = {
    "title": {"nb": "Mål eller løfte", "en": "Goal or commitment"},
    "text": {"nb": "Hva det går ut på", "en": "What it is about"},
    "due": {"nb": "Når", "en": "By when"},
    "outcome": {"nb": "Hva det ble av det", "en": "What happened"},
    "state": {"nb": "Status", "en": "Status"},
    "basis": {"nb": "Bygger på", "en": "Based on"},
    "where": {"nb": "Hvor det står", "en": "Where to find it"},
}
STATES = {
    "": {"nb": "ikke fortalt", "en": "not reported"},
    "done": {"nb": "gjort", "en": "done"},
    "going_on": {"nb": "pågår", "en": "under way"},
    "changed": {"nb": "gjort på en annen måte", "en": "done differently"},
    "replaced": {"nb": "erstattet", "en": "replaced"},
    "better": {"nb": "bedre, ifølge kommunen", "en": "better, according to the municipality"},
    "unclear": {"nb": "kan ikke avgjøres", "en": "cannot be determined"},
    "effect": {"nb": "virkning funnet", "en": "effect found"},
    "perceived": {"nb": "opplevd nytte", "en": "perceived as useful"},
    "used_little": {"nb": "lite brukt", "en": "little used"},
}
EVIDENCE = {
    "": {"nb": "", "en": ""},
    "figures": {"nb": "tall", "en": "figures"},
    "study": {"nb": "forskning", "en": "research"},
    "evaluation": {
        "nb": "evaluering: hva deltakere svarte",
        "en": "evaluation: what participants said",
    },
    "account": {"nb": "kommunens egen framstilling", "en": "the municipality’s own account"},
}
SILENT = {
    "nb": "Dokumentene til og med {year} forteller ikke hva det ble av dette.",
    "en": "Documents up to {year} do not say what happened.",
}
TOO_OLD = {
    "nb": "Nyeste tall er fra {last}, før fristen. Om målet ble nådd, kan vi ikke si.",
    "en": "The latest figure is from {last}, before the deadline. We cannot say whether the goal "
    "was met.",
}
LATEST = {"nb": "{name}: {value}{unit} ({year}).", "en": "{name}: {value}{unit} ({year})."}


class FollowUp:
    """Tell what became of what the documents promised, as far as an edition knows.

    Parameters
    ----------
    page : Page
        The page.

    Examples
    --------
    >>> from tilstand.report import open_page
    >>> follow = FollowUp(open_page(2020, "en"))
    >>> follow.fates(follow.goals("skolemelding-2020"))["state"].iloc[0]
    'Going on'
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        sources = page.register.sources
        found = load_statements(page.project, "followup", contracts.FOLLOWUP_COLUMNS)
        self.rows = documents.known(found, sources, page.year)
        said = load_statements(page.project, "", contracts.STATEMENT_COLUMNS)
        self.said = documents.known(said, sources, page.year)

    def sources(self, *, earlier: bool) -> list[str]:
        """List the municipality's documents of the edition's year, or of those before it."""
        sources, page = self.page.register.sources, self.page
        own = sources[sources["place"] == page.place]
        years = own["data_year"].astype(int)
        return list(own.loc[years < page.year if earlier else years == page.year, "source"])

    def titles(self, *, earlier: bool) -> str | None:
        """Name those documents as a list; None where there are none with goals."""
        page = self.page
        set_goals = [one for one in self.sources(earlier=earlier) if len(self.goals(one))]
        names = [page.register.source_title(name, page.language) for name in set_goals]
        return wording.listing(names, page.language) if names else None

    def told(self, found: pd.DataFrame) -> int:
        """Count the goals of which a document that the edition knows tells what became."""
        heard = set(self.rows.loc[self.rows["outcome_nb"] != "", "goal"])
        return int(found["id"].isin(heard).sum())

    def goals(
        self, *sources: str, kinds: Sequence[str] = ("goal", "recommendation")
    ) -> pd.DataFrame:
        """Pick the goals and recommendations of documents, older ones among them."""
        of = self.said[self.said["source"].isin(sources) & self.said["kind"].isin(kinds)]
        return of.reset_index(drop=True)

    def first_goals(self) -> pd.DataFrame:
        """Pick the goals of the edition's own documents, where no earlier ones set any."""
        earlier = self.titles(earlier=True)
        return self.goals(*([] if earlier else self.sources(earlier=False)))

    def named(self, names: Sequence[str]) -> pd.DataFrame:
        """Pick statements by their ids, in the order of the documents."""
        return self.said[self.said["id"].isin(names)].reset_index(drop=True)

    def planned(self) -> pd.DataFrame:
        """Pick the measures that the edition's documents planned, as statements are."""
        language = self.page.language
        found = measures.planned(self.page)
        titles = {f"title_{language}": found["theme"], f"text_{language}": found["content"]}
        return found.assign(**titles, when=found[f"when_{language}"])

    def promises(self, evidence: str | None = None) -> pd.DataFrame:
        """Pick what the edition's own documents promised, what has a year first.

        Parameters
        ----------
        evidence : str, optional
            Only promises of this kind of evidence, such as ``evaluation``.
        """
        dated = self.rows[self.rows["due_nb"] != ""]
        if evidence is not None:
            dated = dated[dated["evidence"] == evidence]
        own = self.said[self.said["edition"] == str(self.page.year)]
        due = dict(zip(dated["goal"], dated[f"due_{self.page.language}"], strict=True))
        found = own[own["id"].isin(due)]
        found = found.assign(due=[due[name] for name in found["id"]])
        order = found["due"].map(lambda text: YEAR.search(text) is None)
        return found.assign(_late=order).sort_values("_late", kind="stable", ignore_index=True)

    def dated(self, promises: pd.DataFrame) -> int:
        """Count the promises whose time names a year; "the coming period" does not."""
        return int(sum(YEAR.search(due) is not None for due in promises.get("due", [])))

    def tried(self) -> pd.DataFrame:
        """Pick the measures of which something is known that more than tells they were done."""
        weighed = ["effect", "perceived", "used_little"]
        rows = self.rows[self.rows["state"].isin(weighed)]
        found = self.named(list(rows["goal"]))
        rank = dict(zip(rows["goal"], rows["state"].map(weighed.index), strict=True))
        return found.assign(_rank=found["id"].map(rank)).sort_values("_rank", kind="stable")

    def fates(self, found: pd.DataFrame) -> pd.DataFrame:
        """Put beside each goal what became of it.

        Parameters
        ----------
        found : pandas.DataFrame
            Statements or planned measures.

        Returns
        -------
        pandas.DataFrame
            ``title``, ``text``, ``outcome``, ``state`` and ``basis`` in the page's language,
            ``state_code``, and ``told``: whether a document that the edition knows tells what
            became of the goal.
        """
        return pd.DataFrame([self._fate(row) for row in found.to_dict("records")])

    def _fate(self, row: dict) -> dict:
        language = self.page.language
        rows = self.rows[self.rows["goal"] == row["id"]]
        told = rows[rows["outcome_nb"] != ""].to_dict("records")
        due = next((text for text in rows[f"due_{language}"] if text), row.get("when", ""))
        figures = [spec for cell in rows["figures"] for spec in cell.split(";") if spec]
        last = told[-1] if told else {"state": "", "evidence": ""}
        outcome = " ".join(one[f"outcome_{language}"] for one in told)
        if not told:
            outcome = self._silent(figures, due)
        numbers = " ".join(text for spec in figures if (text := self._latest(spec)))
        basis = EVIDENCE[last["evidence"]][language]
        where = [self._where(one) for one in told]
        return {
            "title": row[f"title_{language}"],
            "text": row[f"text_{language}"] + (f" ({due})" if due else ""),
            "outcome": f"{outcome} {numbers}".strip(),
            "state": wording.sentence(STATES[last["state"]][language]),
            "basis": wording.sentence("; ".join(part for part in (basis, *where) if part)),
            "state_code": last["state"],
            "told": bool(told),
        }

    def _where(self, row: dict) -> str:
        return documents.place_in(
            row["source"], row["section"], self.page.register, self.page.language
        )

    def _silent(self, figures: list[str], due: str) -> str:
        """Say that nothing is told, or that the newest figure is older than the date."""
        language = self.page.language
        years = [year for spec in figures for year in self._series(spec).years]
        date = YEAR.search(due)
        if years and date and max(years) < int(date[0]):
            return TOO_OLD[language].format(last=max(years))
        return SILENT[language].format(year=self.page.year)

    def _series(self, spec: str) -> Series:
        indicator, where = read_measure(spec)
        return self.page.series(indicator, **where)

    def _latest(self, spec: str) -> str:
        language, series = self.page.language, self._series(spec)
        if series.empty:
            return ""
        indicator, where = read_measure(spec)
        value, unit = series.latest, series.indicator.unit
        name = label_of_measure(
            {"indicator": indicator, "gender": "", **where}, self.page.register, language
        )
        word = wording.unit_word(unit, language) if unit == "percent" else ""
        return LATEST[language].format(
            name=name,
            value=value.text(language),
            unit=f" {word}" if word and word not in name.lower() else "",
            year=value.year,
        )

    def show(
        self, found: pd.DataFrame, *, name: str, nb: str, en: str, folded: bool = False
    ) -> None:
        """Show goals with what became of them as a table."""
        if not found.empty:
            # Name and contents share a cell: five columns of texts are wider than their place.
            rows = self.fates(found)
            rows = rows.assign(title=rows["title"] + ". " + rows["text"])
            self._show(rows, ("title", "outcome", "state", "basis"), name, nb, en, folded=folded)

    def show_promises(self, found: pd.DataFrame, *, name: str, nb: str, en: str) -> None:
        """Show promises with their dates as a table."""
        language = self.page.language
        rows = found.assign(
            title=found[f"title_{language}"],
            text=found[f"text_{language}"],
            where=[self._where(row) for row in found.to_dict("records")],
            **({"due": found["due"].map(wording.sentence)} if "due" in found else {}),
        )
        keys = ("title", "due", "text", "where") if "due" in found else ("title", "text", "where")
        self._show(rows, keys, name, nb, en)

    def _show(
        self,
        rows: pd.DataFrame,
        keys: tuple[str, ...],
        name: str,
        nb: str,
        en: str,
        *,
        folded: bool = False,
    ) -> None:
        if rows.empty:
            return
        language = self.page.language
        columns = [Column(key, HEADERS[key][language]) for key in keys]
        source = {
            "nb": "Kilde: kommunens dokumenter.",
            "en": "Source: the municipality’s documents.",
        }
        self.page.table(
            rows[list(keys)],
            columns,
            name=name,
            title=self.page.pick(nb=nb, en=en),
            source=source[language],
            folded=folded,
        )
