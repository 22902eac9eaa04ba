"""Hold the workflows and hooks to what we ask of them."""

import re
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).parents[1]
WORKFLOWS = sorted((REPO / ".github" / "workflows").glob("*.yml"))
# Enough for each job; a job that may do more says why in its workflow and stands here.
MAY_WRITE = {("pages.yml", "publish"): {"pages": "write", "id-token": "write"}}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_digest_and_says_its_release(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    assert [u for u in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", u)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_has_the_least_permissions(path):
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert said["permissions"] == {}
    for name, job in said["jobs"].items():
        assert job["permissions"] == MAY_WRITE.get((path.name, name), {"contents": "read"}), name


def test_an_action_has_one_digest_everywhere():
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pinned = set(re.findall(r"uses: ([\w./-]+)@(\w+)", text))
    assert len(pinned) == len({name for name, _ in pinned})


def test_hooks_take_their_tools_from_the_environment_and_fetch_nothing():
    said = yaml.safe_load((REPO / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in said["repos"]] == ["local"]
    hooks = said["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(".venv/bin/" in hook["entry"] for hook in hooks)


def test_uv_is_pinned_in_the_lock_by_hash():
    lock = (REPO / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^uv==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)
