"""Keep what an export itself says of a break in its series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.sources.headers import is_wide, read_header
from tilstand.sources.measurements import named_by_spring
from tilstand.tabular.cells import bare

if TYPE_CHECKING:
    from tilstand.register import Register
    from tilstand.sources.headers import Form, Vocabulary
    from tilstand.tabular.raw import RawTable


def read_breaks(
    table: RawTable, form: Form, vocabulary: Vocabulary, register: Register
) -> dict[tuple[str, int], str]:
    """Read the columns ``.Brudd``, which say the same sentence in every cell.

    Parameters
    ----------
    table : RawTable
        The file.
    form : Form
        Its kind.
    vocabulary : Vocabulary
        The words of the headers.
    register : Register
        Tells how an indicator counts its years.

    Returns
    -------
    dict
        The sentence by indicator and first year after the break.
    """
    later = named_by_spring(form, vocabulary, register)
    found: dict[tuple[str, int], str] = {}
    for place, column in enumerate(table.header):
        parts = read_header(column, form, vocabulary)[0] if is_wide(column) else {}
        if "break" not in parts:
            continue
        meaning = vocabulary.meaning(form, parts["measure"], parts.get("assessment", ""))
        text = next((bare(cells[place]) for _, cells in table.rows if bare(cells[place])), "")
        if meaning["role"] == "value" and text:
            found[meaning["indicator"], int(parts["year"]) + later] = text
    return found
