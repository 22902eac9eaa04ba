"""What an edition opens with and leaves out is there, or `check` names the word that was meant."""

from __future__ import annotations

import shutil

import pytest

from tilstand.project import Project
from tilstand.report.chapters.open.check_own import check_own

SLIPS = {
    'leave_out = ["sf0"]': "leave_out: no page 'sf0'; did you mean 'sfo'?",
    '[[summary.charts]]\nform = "lines"\nmeasure = "pupls"\nnb = "a"\nen = "b"': (
        "summary.charts:1:measure: no measure 'pupls'; did you mean 'pupils'?"
    ),
    '[[summary.charts]]\nform = "lines"\nmeasure = "pupils"\nby = "sex"\nnb = "a"\nen = "b"': (
        "summary.charts:1:by: no by 'sex'; expected one of grade, gender, "
    ),
    '[[summary.findings]]\nstatement = "ar-visjon"': "did you mean 'ar-vision'?",
    '[[summary.findings]]\nnb = "a"\nen = "b"\nchapter = "bemaning"': "did you mean 'bemanning'?",
    '[pupils]\nfile = "data/private/a/b.csv"\noutcome = "o"\nprior = "p"\nschool = "s"\n'
    'subject = "lesing"': "pupils.subject: no subject 'lesing'; did you mean 'reading'?",
    '[pupils]\nfile = "data/private/a/b.csv"\noutcome = "o"\nprior = "p"\nschool = "s"\n'
    'columns = {gendr = "k"}': "pupils.columns: no field 'gendr'; did you mean 'gender'?",
}


@pytest.fixture
def project(repo, tmp_path) -> Project:
    for name in ("notebooks", "book"):
        (tmp_path / name).symlink_to(repo.root / name)
    for one in (repo.root / "data").iterdir():
        if one.name not in ("editions", "private"):
            (tmp_path / "data").mkdir(exist_ok=True)
            (tmp_path / "data" / one.name).symlink_to(one)
    (tmp_path / "data" / "editions").mkdir()
    return Project(tmp_path)


@pytest.mark.parametrize("slip", SLIPS)
def test_what_an_edition_names_and_nothing_is_called_is_one_line(slip, project):
    text = 'year = 2020\nmunicipality = "3024"\ncomparators = ["nation"]\nlanguages = ["nb"]\n'
    (project.editions / "2020.toml").write_text(text + slip, encoding="utf-8")

    (got,) = check_own(project, ["2020"])

    assert str(got).startswith("data/editions/2020.toml:")
    assert SLIPS[slip] in str(got)


def test_the_editions_of_the_repository_name_what_there_is(repo, project):
    for one in repo.editions.glob("*.toml"):
        shutil.copy(one, project.editions / one.name)

    assert check_own(project) == []
