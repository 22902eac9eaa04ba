import pytest

from tilstand.disclosure.site.numbers import read_site

PAGE = (
    '<p><data value="1" data-recipe="value" data-refs="pupils|2020|3024|||||">1</data> and '
    '<data value="2.5" data-recipe="pupils" data-refs="protected|results/8|mean:x|school=A">2,5'
    "</data></p>"
)


def test_only_numbers_of_protected_tables_are_read(tmp_path):
    """The catalogue has an indicator named "pupils": its rows are published figures."""
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    said, faults = read_site(tmp_path)
    assert [(one.measure, one.number, one.decimals) for one in said] == [("mean:x", 2.5, 1)]
    assert faults == []


@pytest.mark.parametrize(("language", "exp"), [("en", 3606.0), ("nb", 3.606)])
def test_comma_groups_thousands_on_english_pages_only(tmp_path, language, exp):
    ref = "protected|p|count|school=A"
    cell = f'<tr><th>A</th><td data-cell="{ref}">3,606</td></tr>'
    text = f'<html lang="{language}"><body><table>{cell}</table></body></html>'
    (tmp_path / "x.html").write_text(text, encoding="utf-8")

    said, faults = read_site(tmp_path)

    assert ([one.number for one in said], faults) == ([exp], [])
