"""Try what became of goals, what the owner concludes and what the documents name."""

import pytest

from tilstand import contracts
from tilstand.report import open_page
from tilstand.report.chapters.follow_up.conclusions import Conclusions
from tilstand.report.chapters.follow_up.goals import FollowUp
from tilstand.report.chapters.follow_up.named import named
from tilstand.report.page.exhibits import EXHIBIT
from tilstand.sources.published import load_statements


@pytest.fixture(scope="module")
def late(repo):
    return FollowUp(open_page(2020, "nb", repo))


@pytest.fixture(scope="module")
def early(repo):
    return FollowUp(open_page(2010, "nb", repo))


def test_goals_of_an_earlier_document_are_followed_up(late):
    goals = late.goals(*late.sources(earlier=True))
    assert (len(goals) > 30, late.told(goals) > 25) == (True, True)


def test_an_edition_knows_nothing_that_a_later_document_tells(early):
    own = early.first_goals()
    assert early.told(own) <= 1
    assert not early.fates(own)["outcome"].str.contains("Bedre læring").any()


def test_a_goal_whose_newest_figure_is_older_than_its_date_is_not_judged(early):
    (fate,) = early.fates(early.named(["sm-mal-np-niva"])).to_dict("records")
    assert fate["outcome"].startswith("Nyeste tall er fra 2010, før fristen.")


def test_a_goal_of_which_nothing_is_told_says_so_with_the_year(late):
    (fate,) = late.fates(late.named(["sm-rec-ledertid"])).to_dict("records")
    assert fate["outcome"] == "Dokumentene til og med 2020 forteller ikke hva det ble av dette."


def test_the_newest_figure_stands_beside_what_is_told(late):
    (fate,) = late.fates(late.named(["sm-rec-spesial"])).to_dict("records")
    assert "Andel elever med spesialundervisning: 6,3 prosent (2020)." in fate["outcome"]


def test_promises_with_a_year_come_before_those_without(late):
    dated = [any(sign.isdigit() for sign in due) for due in late.promises()["due"]]
    assert dated == sorted(dated, reverse=True)


def test_effects_come_before_what_people_felt(late):
    codes = list(late.fates(late.tried())["state_code"])
    assert codes[:2] == ["effect", "effect"]
    assert "effect" not in codes[2:]


def test_every_planned_measure_can_be_told_of(late):
    assert 0 < late.told(late.planned()) < len(late.planned())


def test_table_of_goals_is_an_exhibit(late, shown):
    late.show(late.tried(), name="t", nb="N", en="E")
    assert shown[0][EXHIBIT]["kind"] == "table"


def test_every_conclusion_stands_under_one_theme(repo):
    for edition in (2010, 2020):
        said = Conclusions(open_page(edition, "en", repo))
        names = [name for found in said._parts.values() for name in found["id"]]
        theirs = {*said.challenges["id"], *said.ahead["id"]}
        assert [name for name in set(names) if names.count(name) > 1] == []
        goals = set(said.ahead.loc[said.ahead["kind"] == "goal", "id"])
        assert theirs - set(names) <= goals


def test_all_recommendations_of_chapter_five_are_there(repo):
    found = open_page(2010, "nb", repo).statements("", "recommendation")
    assert len(found) >= 20


def test_schools_are_named_in_norwegian_order(repo):
    names = list(named(open_page(2020, "nb", repo), "school")["name"])
    assert names.index("Evje skole") < names.index("Snarøya skole") < names.index("Storøya skole")


def test_every_text_stands_in_both_languages(repo):
    found = load_statements(repo, "followup", contracts.FOLLOWUP_COLUMNS)
    for text in ("due", "outcome"):
        got = found[(found[f"{text}_nb"] == "") != (found[f"{text}_en"] == "")]
        assert list(got["id"]) == []
