"""Attack a finished site: bound every hidden number from all that its pages print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tilstand.disclosure.attack.intervals import bound_hidden
from tilstand.disclosure.attack.published import ALL, Fact, Key, Published, key, name

from .ends import counts_behind
from .groups import group_faults
from .means import audit_means
from .numbers import Said
from .outline import Limits, Outline, families, groups_of, limits_for, years_of

# What a group and the rest of it are told apart by, where only the one is printed.
PART, REST = "yes", "not among them"


@dataclass(frozen=True)
class Findings:
    """Hold what the attack on a site found.

    Parameters
    ----------
    cells, hidden : int
        Counts that readers meet, and how many of them are blank.
    means, hidden_means : int
        The same for means.
    recovered : int
        Blanks whose number can be worked out.
    narrowest : int or None
        Smallest width of what can be concluded about a blank that may be a small count.
    faults : list of str
        One line for everything that must not be published as it stands.
    """

    cells: int
    hidden: int
    means: int
    hidden_means: int
    recovered: int
    narrowest: int | None
    faults: list[str]


def audit_site(
    said: Sequence[Said],
    limits: Limits,
    outlines: Mapping[str, Outline],
    faults: Iterable[str] = (),
) -> Findings:
    """Bound every hidden count and mean of a site by what all its pages say together.

    Parameters
    ----------
    said : sequence of Said
        Everything printed, of one edition or of several.
    limits : Limits
        What must not be given away.
    outlines : mapping
        By population: what its cells hang together by.
    faults : iterable of str
        What was wrong when the site was read.

    Returns
    -------
    Findings
        Numbers for the page on privacy, and the faults.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.3.1 (disclosure
    audit); Fischetti, M. & Salazar, J. J. (2001), section 2.
    """
    lines = list(faults)
    tally = [0] * 5
    narrowest: list[int] = []
    for population in sorted({one.population for one in said}):
        mine = [one for one in said if one.population == population]
        outline = outlines.get(population, Outline())
        page, counted = _counts(mine, limits, outline, lines)
        _derived(mine, page, counted, lines)
        _printed(page, limits, outline, lines, population)
        lines += [f"{population}: {line}" for line in group_faults(mine, page, limits, outline)]
        try:
            intervals = bound_hidden(page, max(limits.width, limits.strict_width))
        except ValueError as fault:
            lines.append(f"{population}: {fault}")
            continue
        tally[0] += len(counted)
        blanks = {
            key(dict(one.cell))
            for one in mine
            if one.number is None and one.of == "" and one.measure.startswith(("count", "percent:"))
        }
        for interval in intervals:
            # What no page counts may be known from percentages; it was never hidden.
            tally[1] += interval.cell in blanks
            tally[4] += interval.cell in blanks and interval.width == 0
            limit, width, _ = limits_for(interval.cell, limits, outline)
            # Nobody is behind a zero, and a count that is surely not small may be known.
            # Nor need anybody be left over.
            sure = interval.low > 0 or not _is_left_over(interval.cell)
            if interval.low < limit and interval.high > 0 and sure:
                narrowest.append(interval.width)
                if interval.width < width:
                    lines.append(
                        f"{population}: {name(interval.cell)}: '{interval.low} to "
                        f"{interval.high}', expected an interval of {width} or more"
                    )
        for measure in sorted({one.measure for one in mine if one.measure.startswith("mean:")}):
            shown, hidden = audit_means(mine, measure, page, limits, outline, lines, population)
            tally[2] += shown + hidden
            tally[3] += hidden
    cells, hidden_cells, means, hidden_means, recovered = tally
    return Findings(
        cells,
        hidden_cells,
        means,
        hidden_means,
        recovered,
        min(narrowest, default=None),
        list(dict.fromkeys(lines)),
    )


def _counts(
    said: Sequence[Said], limits: Limits, outline: Outline, lines: list[str]
) -> tuple[Published, set[Key]]:
    """Gather counts and shares with the sums that bind them, and say which cells are counted."""
    page = Published()
    counted: set[Key] = set()
    for one in said:
        cell = key(dict(one.cell))
        if one.measure == "count" and one.of == "":
            before = page.cells.get(cell)
            value = None if one.number is None else round(one.number)
            if before is not None and value is not None and before != value:
                lines.append(
                    f"{one.where}: {name(cell)}: {before} in one place, {value} in another"
                )
            page.cells[cell] = value if before is None else before
            counted.add(cell)
    for one in said:
        if one.measure.startswith("percent:") and one.of == "" and one.number is not None:
            dimension, _, group = one.measure.removeprefix("percent:").partition(":")
            part = dict(one.cell)
            page.add_percent(part, {**part, dimension: group or ALL}, one.number, one.decimals)
        elif one.measure != "count" and not one.measure.startswith(("percent:", "mean:")):
            lines.append(f"{one.where}: '{one.measure}', expected count, percent or mean")
    page.uncounted -= counted
    page.facts += counts_behind(said, page)
    page.facts += _sums(page, outline)
    page.facts += _left_over(page, outline)
    page.facts += _outside_groups(page, outline)
    page.uncounted |= _may_be_zero(page, limits, outline)
    return page, counted


def _whole(
    dimension: str, total: Key, parts: list[Key], categories: dict[str, set[str]], outline: Outline
) -> bool:
    """Say whether a sum's parts are all there."""
    if dimension in outline.partial:
        return False
    there = {dict(part)[dimension] for part in parts}
    if dimension == "year":
        return there == set(years_of(dict(total)["year"]))
    parent = outline.parents.get(dimension, {})
    group = dict(total).get(dimension, ALL)
    return there >= {c for c in categories[dimension] if parent.get(c, ALL) == group}


def _sums(page: Published, outline: Outline) -> list[Fact]:
    categories = {dimension: set(named) for dimension, named in outline.categories.items()}
    for cell in page.cells:
        for dimension, category in cell:
            categories.setdefault(dimension, set()).add(category)
    facts = []
    for (dimension, total), parts in sorted(families(page.cells, outline).items()):
        if total in page.cells:
            whole = _whole(dimension, total, parts, categories, outline)
            terms = {total: -1.0, **dict.fromkeys(parts, 1.0)}
            facts.append(Fact(terms, 0.0 if whole else -np.inf, 0.0))
    return facts


def _left_over(page: Published, outline: Outline) -> list[Fact]:
    """Add those of a group who are not in a part of it, which no page counts."""
    facts = []
    for (dimension, total), parts in sorted(families(page.cells, outline).items()):
        if dimension in outline.partial and total in page.cells and len(parts) == 1:
            ((_, category),) = set(parts[0]) - set(total)
            if category == PART:
                rest = key({**dict(total), dimension: REST})
                page.cells.setdefault(rest, None)
                page.uncounted.add(rest)
                facts.append(Fact({total: -1.0, parts[0]: 1.0, rest: 1.0}, 0.0, 0.0))
    return facts


def _outside_groups(page: Published, outline: Outline) -> list[Fact]:
    """Add those who are in none of a group's categories: the whole less the group tells of them."""
    facts = []
    for (dimension, total), parts in sorted(families(page.cells, outline).items()):
        inside = groups_of(outline, dimension)
        for group in [cell for cell in parts if dict(cell)[dimension] in inside]:
            if len(parts) > 2 and total in page.cells:
                rest = key({**dict(total), dimension: REST})
                page.cells.setdefault(rest, None)
                page.uncounted.add(rest)
                facts.append(Fact({total: -1.0, group: 1.0, rest: 1.0}, 0.0, 0.0))
    return facts


def _is_left_over(cell: Key) -> bool:
    return any(category == REST for _, category in cell)


def _may_be_zero(page: Published, limits: Limits, outline: Outline) -> set[Key]:
    """Find the blanks that may hide zeros: those of groups that are blank as a whole, or small.

    A group as a whole is its parts and theirs: those who did not sit a test, and the levels of
    those who did. Of a group under the least size every count is blank, zeros included, but for
    the sum of some of its parts, which may stand: eight took the test, and nobody, or one, did not.
    """
    found: set[Key] = set()
    every = families(page.cells, outline)
    for (dimension, total), parts in every.items():
        inside = groups_of(outline, dimension)
        leaves = [cell for cell in parts if dict(cell)[dimension] not in inside]
        groups = [cell for cell in parts if dict(cell)[dimension] in inside]
        below = [one for cell in groups for one in every.get((dimension, cell), ())]
        alike = leaves if len(leaves) > 1 else [*parts, *below]
        if len(alike) > 1 and all(page.cells[cell] is None for cell in alike):
            found.update(leaves)
        elif len(leaves) == 1 and groups and page.cells[leaves[0]] is None:
            _, _, least = limits_for(leaves[0], limits, outline)
            # A group of which some part's count is open is none of the small ones.
            small = not any(page.cells[one] for one in below)
            at_least = page.cells.get(total) or sum(page.cells[cell] or 0 for cell in groups)
            if small and at_least < least:
                found.update(leaves)
    return found


def _printed(
    page: Published, limits: Limits, outline: Outline, lines: list[str], population: str
) -> None:
    for cell, shown in sorted(page.cells.items()):
        limit, _, _ = limits_for(cell, limits, outline)
        if shown is not None and 0 < shown < limit:
            lines.append(
                f"{population}: {name(cell)}: '{shown}', expected a blank for fewer than {limit}"
            )


def _derived(said: Sequence[Said], page: Published, counted: set[Key], lines: list[str]) -> None:
    """Refuse numbers worked out from what the pages themselves hide."""
    stated = {(one.measure, one.cell): False for one in said if one.of == ""}
    for one in said:
        if one.of == "" and one.number is not None:
            stated[one.measure, one.cell] = True
    for one in said:
        if one.of == "" or one.number is None:
            continue
        cell = key(dict(one.cell))
        if one.measure.startswith("mean:") or one.of in ("low", "high", "sd"):
            blank = not stated.get((one.measure, one.cell), True)
        else:
            blank = cell in counted and page.cells[cell] is None
        if blank:
            lines.append(f"{one.where}: {name(cell)}: a number made from a hidden one")
