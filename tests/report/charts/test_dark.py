import pytest
from matplotlib.colors import to_rgb

from tilstand.report.charts import dark, style
from tilstand.report.charts.levels import DARK as LIMIT

TEXT, LINE = 4.5, 3.0
INKS = [style.INK, style.SOFT, *style.ROLE_INKS.values()]
GROUNDS = {"light": lambda colour: colour, "dark": lambda colour: dark.DARK[colour]}


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.1."""
    lights = []
    for colour in (one, other):
        parts = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        )
        lights.append(
            sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
        )
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def every_colour() -> set[str]:
    levels = {colour for colours in style.LEVEL_COLOURS.values() for colour in colours}
    named = {style.INK, style.SOFT, style.GRID, style.PAPER, style.SIMULATED, style.ACCENT}
    return named | levels | set(style.ROLE_COLOURS.values()) | set(style.ROLE_INKS.values())


def test_every_colour_of_the_house_has_a_dark_one_of_its_own():
    assert every_colour() - set(dark.DARK) == set()


def test_no_two_colours_become_one_in_the_dark():
    roles = {dark.DARK[colour] for colour in style.ROLE_COLOURS.values()}

    assert len(roles) == len(set(style.ROLE_COLOURS.values()))


@pytest.mark.parametrize("ground", GROUNDS)
def test_text_stands_out_from_the_ground(ground):
    shade = GROUNDS[ground]

    assert [c for c in INKS if contrast(shade(c), shade(style.PAPER)) < TEXT] == []


@pytest.mark.parametrize("ground", GROUNDS)
def test_lines_stand_out_from_the_ground(ground):
    shade = GROUNDS[ground]
    lines = style.ROLE_COLOURS.values()

    assert [c for c in lines if contrast(shade(c), shade(style.PAPER)) < LINE] == []


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("number", style.LEVEL_COLOURS)
def test_numbers_on_the_bars_can_be_read(ground, number):
    shade = GROUNDS[ground]
    inks = {
        colour: style.PAPER if sum(to_rgb(colour)) / 3 < LIMIT else style.INK
        for colour in style.LEVEL_COLOURS[number]
    }

    assert [c for c, ink in inks.items() if contrast(shade(ink), shade(c)) < TEXT] == []


def test_style_sheet_of_the_pages_holds_the_rule_of_every_class(repo):
    pages = (repo.book / "_static" / "tilstand.css").read_text(encoding="utf-8")

    assert dark.sheet() in pages


def test_colour_that_the_house_does_not_have_is_not_drawn():
    with pytest.raises(KeyError):
        dark.class_of("#123456")
