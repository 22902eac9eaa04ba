"""Show what value-added estimates cost in time and memory, beside other software."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tilstand.report.numbers import Value, write_number
from tilstand.report.page.tables import Column

if TYPE_CHECKING:
    from tilstand.report.page.page import Page

OURS, STREAMED, BARE = "ours", "ours (Parquet streamed)", "bare pass"
_SUMS = ("bare summer", "sums only")
_USUAL = ("vanlige intervaller", "usual intervals")
_NONE = ("ingen intervaller", "no intervals")
#: Each tool's name in both languages, and what it gives for a school.
_TOOLS = {
    BARE: (("gjennomgang av elevene", "pass over the pupils"), _SUMS),
    OURS: (("vår", "ours"), ("våre intervaller", "our intervals")),
    "mixedlm-rs": (("mixedlm-rs",) * 2, _USUAL),
    "lme-python": (("lme-python",) * 2, _NONE),
    "pyfixest": (("pyfixest",) * 2, ("ingen trekking", "no shrinking")),
    "linearmodels": (("linearmodels",) * 2, _NONE),
    "statsmodels MixedLM": (("MixedLM",) * 2, _USUAL),
    "lme4": (("lme4",) * 2, _USUAL),
}


@dataclass(frozen=True)
class Speed:
    """Hold the table that ``benchmarks/value_added.py`` wrote.

    Parameters
    ----------
    table : DataFrame
        ``pupils, tool, seconds, cpu_seconds`` (wall and processor time), ``peak_mb`` (memory
        above what was held before), ``times_ours`` (processor time over ours), ``cpu_ms``,
        ``machine`` and its ``cores``.
    """

    table: pd.DataFrame

    def number(self, pupils: int, tool: str, column: str, decimals: int) -> Value:
        """Return one number of the table."""
        rows = self.table[(self.table["pupils"] == pupils) & (self.table["tool"] == tool)]
        ref = f"evidence|speed.csv|{pupils}|{tool}|{column}"
        return Value(float(rows[column].iloc[0]), decimals, refs=(ref,), recipe="evidence")

    def fastest_other(self, pupils: int) -> str:
        """Name the fastest of the others at a size, whatever it gives."""
        others = [tool for tool in _TOOLS if tool not in (OURS, BARE)]
        rows = self.table[(self.table["pupils"] == pupils) & self.table["tool"].isin(others)]
        return str(rows.sort_values("cpu_seconds")["tool"].iloc[0])

    @property
    def machine(self) -> str:
        """Name the processor that it was measured on."""
        return str(self.table["machine"].iloc[0])


def load_speed(page: Page) -> Speed:
    """Read the table of times."""
    return Speed(pd.read_csv(page.project.root / "data" / "evidence" / "speed.csv"))


def speed_rows(page: Page, speed: Speed) -> pd.DataFrame:
    """Lay out times over ours: a row a tool, a column a number of pupils.

    Returns
    -------
    DataFrame
        ``label``, ``gives`` and a column a number of pupils, missing where a tool was not tried
        because it takes too long, or stopped.
    """
    wide = speed.table.pivot_table(index="tool", columns="pupils", values="times_ours")
    tools = [tool for tool in _TOOLS if tool in wide.index]
    rows = wide.loc[tools]
    rows.columns = pd.Index([str(size) for size in rows.columns])
    words = [
        {"label": page.pick(nb=name[0], en=name[1]), "gives": page.pick(nb=gives[0], en=gives[1])}
        for name, gives in (_TOOLS[tool] for tool in tools)
    ]
    return pd.concat([pd.DataFrame(words), rows.reset_index(drop=True)], axis=1)


def speed_columns(page: Page, speed: Speed) -> list[Column]:
    """Return the columns of the table of times."""
    sizes = sorted(speed.table["pupils"].unique())
    word = page.pick(nb="elever", en="pupils")
    return [
        Column("label", page.pick(nb="Program", en="Software")),
        *(
            Column(str(n), f"{write_number(n, 0, page.language)} {word}", 1, absent="\N{EN DASH}")
            for n in sizes
        ),
        Column("gives", page.pick(nb="Hva det gir", en="What it gives")),
    ]
