"""Read generated files of Norwegian letters in every encoding, and count the misread ones.

Run: python benchmarks/encodings.py [FILES [FORM ...]]   (200 in all five forms if not given; each
by check, value-added and protect)
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "corpus"))

from letters import FORMS, letters, misread
from tilstand.project import find_project


def main() -> int:
    """Try every file in every form, and print which were misread."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    forms = sys.argv[2:] or list(FORMS)
    warnings.simplefilter("ignore")
    project, start = find_project(), time.perf_counter()
    wrong, read = [], 0
    for seed in range(files):
        drawn = letters(seed)
        with tempfile.TemporaryDirectory() as folder:
            for form in forms:
                wrong += [f"{seed}: {line}" for line in misread(project, drawn, form, Path(folder))]
                read += 3
        print(f"{seed + 1} of {files}, {len(wrong)} misread", file=sys.stderr, flush=True)
    print(*wrong, sep="\n")
    took = time.perf_counter() - start
    print(f"{files} tables, {read} readings in {took:.0f} s, {len(wrong)} misread")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
