from tilstand.report.chapters.summary.findings import Finding
from tilstand.report.chapters.summary.headlines import choose
from tilstand.report.chapters.summary.question import Question


def finding(chapter: str, certainty: str = "clear", size: float = 0.1) -> Finding:
    question = Question("pupils", "before", chapter)
    return Finding("watch", "", certainty, question, chapter, "", size)


def chapters(found: list[Finding]) -> list[str]:
    return [one.question.chapter for one in found]


def test_surest_findings_come_first():
    found = [finding("a", "chance"), finding("b", "unknown"), finding("c", "sign"), finding("d")]

    assert chapters(choose(found)) == ["d", "c", "b", "a"]


def test_of_equally_sure_findings_the_largest_comes_first():
    assert chapters(choose([finding("a", size=0.1), finding("b", size=0.5)])) == ["b", "a"]


def test_no_chapter_speaks_twice():
    got = choose([finding("a", size=0.1), finding("a", size=0.5), finding("b", size=0.2)])

    assert [(one.question.chapter, one.size) for one in got] == [("a", 0.5), ("b", 0.2)]


def test_there_are_never_more_than_asked_for():
    assert len(choose([finding(str(number)) for number in range(9)], most=3)) == 3


def test_what_the_law_asks_for_comes_before_what_is_surer():
    found = [finding("sfo"), finding("karakterer", "unknown"), finding("elevundersokelsen", "sign")]

    assert chapters(choose(found)) == ["elevundersokelsen", "karakterer", "sfo"]


def test_what_the_owner_sees_as_a_challenge_comes_next():
    found = [finding("sfo", size=0.9), finding("sprak"), finding("gjennomforing", "unknown")]

    got = choose(found, challenges={"sprak"})

    assert chapters(got) == ["gjennomforing", "sprak", "sfo"]


def test_what_may_be_chance_comes_last_however_much_it_weighs():
    found = [finding("elevundersokelsen", "chance"), finding("sfo", "unknown")]

    assert chapters(choose(found)) == ["sfo", "elevundersokelsen"]
