"""Say to a reviewer what lies in a replication archive and how to use it."""

from __future__ import annotations

README = """# Tilstandsboka {edition}: replication archive

One command builds the book again and says whether it came out the same, byte for byte:

    python3 replicate.py

You need Python 3.11 or newer and, for the first run, a package registry: the script makes an
environment beside itself with the versions in `project/requirements.lock`. With an environment
that has them already: `python3 replicate.py --here`. It ends with `identical: <files>` and status
0, or with a line for each file that differs and status 1. If another Python or machine made the
numbers differ, it says so: `published/{edition}/<language>/record.json` names both.

| path | what it is |
|---|---|
| `published/{edition}/` | the finished book: open `index.html` |
| `published/{edition}/<language>/record.json` | what it was made from and with, figure by figure |
| `published/{edition}/<language>/datapackage.json` | the tables, described (Frictionless) |
| `published/{edition}/ro-crate-metadata.json` | the edition, described (RO-Crate 1.1) |
| `project/` | code, lock, data and chapters |
| `SHA256SUMS` | every file's fingerprint: `sha256sum --check --quiet SHA256SUMS` |

The book was built from what lies in this archive and nothing else, without PDF.

## Left out

{left_out}

Only what is on a list goes along: what git tracks, the edition's own file and words, and of
`data/open/` what is public, Udir's exports and answers of open interfaces. Pupil files never do,
wherever they lie.
"""


def readme(edition: str, left_out: list[str]) -> str:
    """Write the archive's README.

    Parameters
    ----------
    edition : str
        The edition's name.
    left_out : list of str
        What the edition has and the archive has not.

    Returns
    -------
    str
        Markdown.
    """
    lines = "\n".join(f"- {line}" for line in left_out) or "Nothing."
    return README.format(edition=edition, left_out=lines)
