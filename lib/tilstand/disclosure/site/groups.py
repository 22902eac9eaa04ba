"""Find groups of which a site says too much: all of them, or all but a few, stand in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tilstand.disclosure.attack.published import ALL, Published, key, name

from .numbers import Said
from .outline import Limits, Outline, families, groups_of, limits_for


def group_faults(
    said: Sequence[Said], page: Published, limits: Limits, outline: Outline
) -> Iterator[str]:
    """Say which counts and percentages tell something about every pupil of a group.

    "12 of 12 on the lowest level" is no small number, and says of each of the twelve what it says
    of all. "97 of 99" leaves two who are not.

    Parameters
    ----------
    said : sequence of Said
        What is printed of one population.
    page : Published
        Its counts.
    limits : Limits
        What must not be given away.
    outline : Outline
        Dimensions that divide groups (those with an entry in ``parents``), and their categories.

    Yields
    ------
    str
        One line a fault.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2 (group
    disclosure).
    """
    for (dimension, whole), parts in sorted(families(page.cells, outline).items()):
        base = page.cells.get(whole)
        if dimension not in outline.parents or not base:
            continue
        for cell in sorted(parts):
            count = page.cells[cell]
            if not count or dict(cell)[dimension] in groups_of(outline, dimension):
                continue
            limit, _, _ = limits_for(cell, limits, outline)
            rest = base - count
            if rest == 0 and limits.whole_group:
                yield f"{name(cell)}: '{count} of {base}', expected a blank where it is all of them"
            elif 0 < rest < limit and limits.complements:
                yield (
                    f"{name(cell)}: '{count} of {base}', expected a blank where fewer than {limit} "
                    "are left"
                )
    for one in said:
        if not one.measure.startswith("percent:") or one.of or one.number is None:
            continue
        dimension, _, group = one.measure.removeprefix("percent:").partition(":")
        category = dict(one.cell).get(dimension, ALL)
        base = page.cells.get(key({**dict(one.cell), dimension: group or ALL}))
        if category in groups_of(outline, dimension) or base == 0:
            continue
        if one.number > 100 - 0.5 * 10.0**-one.decimals and limits.whole_group:
            shown = f"{one.number:.{one.decimals}f} %"
            yield f"{name(key(dict(one.cell)))}: '{shown}', expected a blank where it is all"
