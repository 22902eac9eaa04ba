"""Write the list of works and the short citations that lead to it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from pybtex.database import parse_file

from tilstand.report import wording
from tilstand.store.memory import once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pybtex.database import Entry

PAGE = "referanser.html"
# Stands where the list goes, until all pages are there and it is known what they cite.
LIST = "<!-- the works -->"
MANY_AUTHORS = 3
OTHERS = "others"  # BibTeX's word for authors who are not named


def citations(path: Path, language: str) -> dict[str, str]:
    """Make one link for each work: ``cite.KEY`` -> "Hattie (2009)".

    Parameters
    ----------
    path : Path
        BibTeX file.
    language : {"nb", "en"}
        Language of the words between names.

    Returns
    -------
    dict
        HTML links by name.
    """
    entries = _entries(path)
    texts = {key: escape(_short(entry, language)) for key, entry in entries.items()}
    return {
        f"cite.{key}": f'<a class="cite" href="{PAGE}#ref-{key}">{text}</a>'
        for key, text in texts.items()
    }


def reference_list(path: Path, language: str, cited: set[str] | None = None) -> str:
    """Write the works as a list, by name and year.

    Parameters
    ----------
    path : Path
        BibTeX file.
    language : {"nb", "en"}
        Language of the words between names.
    cited : set of str, optional
        Keys of the works to list; all of them if not given.

    Returns
    -------
    str
        HTML.
    """
    known = _entries(path).items()
    entries = sorted(
        [(key, entry) for key, entry in known if cited is None or key in cited],
        key=lambda item: _short(item[1], language).casefold(),
    )
    items = "".join(f'<li id="ref-{key}">{_long(entry, language)}</li>' for key, entry in entries)
    return f'<ul class="references">{items}</ul>'


def put_list(folder: Path, path: Path, language: str, *, only_cited: bool) -> None:
    """Put the works where a page has left room for them.

    Parameters
    ----------
    folder : Path
        The pages, as Markdown; changed in place.
    path : Path
        BibTeX file.
    language : {"nb", "en"}
        Language of the words between names.
    only_cited : bool
        List only the works that the pages lead to.
    """
    pages = {page: page.read_text(encoding="utf-8") for page in folder.glob("*.md")}
    link = re.compile(rf'href="{re.escape(PAGE)}#ref-([^"]+)"')
    cited = {key for text in pages.values() for key in link.findall(text)}
    listed = reference_list(path, language, cited if only_cited else None)
    for page, text in pages.items():
        if LIST in text:
            page.write_text(text.replace(LIST, listed), encoding="utf-8")


def _entries(path: Path) -> Mapping[str, Entry]:
    """Read the works; the same file once where a process holds."""
    return once((__name__, path.read_bytes()), lambda: parse_file(str(path)).entries)


def _names(entry: Entry) -> list[str]:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join(person.prelast_names + person.last_names) for person in people]
    fallback = entry.fields.get("institution") or entry.fields.get("title", "")
    return [_clean(name) for name in names] or [_clean(fallback)]


def _others(language: str) -> str:
    return {"nb": "mfl.", "en": "et al."}[language]


def _clean(text: str) -> str:
    return text.replace("{", "").replace("}", "").replace("--", "\N{EN DASH}")


def _short(entry: Entry, language: str) -> str:
    names = _names(entry)
    many = len(names) >= MANY_AUTHORS or OTHERS in names
    who = f"{names[0]} {_others(language)}" if many else wording.listing(names, language)
    year = _clean(entry.fields.get("year", ""))
    return f"{who} ({year})" if year else who


def _long(entry: Entry, language: str) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    full = [
        _clean(
            " ".join(person.prelast_names + person.last_names)
            + (
                ", " + " ".join(person.first_names + person.middle_names)
                if person.first_names
                else ""
            )
        )
        for person in people
    ]
    fields = {key: _clean(value) for key, value in entry.fields.items()}
    title = fields.get("title", "")
    who = wording.listing(full, language)
    if full[-1:] == [OTHERS]:
        who = f"{', '.join(full[:-1])} {_others(language)}"
    who = who or fields.get("institution", "")
    year = f" ({fields['year']})" if fields.get("year") else ""
    own = "en" if fields.get("langid") == "english" else "nb"
    spoken = f' lang="{own}"' if own != language else ""
    work = f"<cite{spoken}>{escape(title)}</cite>" if title else ""
    # A law or report without an author goes by its title.
    parts = [who + year, work] if who else [work + year]
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher", "")
    volume = " ".join(part for part in (where, fields.get("volume", "")) if part)
    pages = f", {fields['pages']}" if fields.get("pages") else ""
    place = escape(volume + pages)
    named = f"<span{spoken}>{place}</span>" if place and spoken else place
    parts += [named, escape(_note(fields, language))]
    return ". ".join(part.rstrip(".") for part in parts if part.strip()) + "."


def _note(fields: dict[str, str], language: str) -> str:
    note = fields.get(f"note_{language}") or fields.get("note", "")
    halves = note.split(" / ")
    return halves[0 if language == "nb" else -1]
