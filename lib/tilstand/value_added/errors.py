"""What can be wrong with pupil data, each fault as one line a school administrator can act on."""

from __future__ import annotations

from collections.abc import Iterable


class ValueAddedError(ValueError):
    """Refuse data or a model that no honest estimate can be made from.

    Parameters
    ----------
    lines : str or iterable of str
        The faults, one line each.

    Attributes
    ----------
    lines : list of str
        The same lines, for a command that prints one line a fault.
    """

    def __init__(self, lines: str | Iterable[str]) -> None:
        self.lines: list[str] = [lines] if isinstance(lines, str) else list(lines)
        super().__init__("\n".join(self.lines))

    def located(self, file: str) -> ValueAddedError:
        """Say in which file the fault is.

        Parameters
        ----------
        file : str
            The file's name.

        Returns
        -------
        ValueAddedError
            Of the same class, each line beginning with the file.
        """
        named = [line if line.startswith(file) else f"{file}: {line}" for line in self.lines]
        return type(self)(named)


class CellError(ValueAddedError):
    """A value of the data is not what it must be.

    Parameters
    ----------
    column : str
        The column or term.
    row : int
        Counted from 1, without the header.
    fault : str
        The value and what was expected.
    """

    def __init__(self, column: str, row: int, fault: str) -> None:
        self.column, self.row, self.fault = column, row, fault
        super().__init__(f"{column}: row {row}: {fault}")

    def moved(self, rows: int) -> CellError:
        """Count the row from the beginning of the file, after `rows` of earlier chunks."""
        return type(self)(self.column, self.row + rows, self.fault)

    def located(self, file: str) -> ValueAddedError:
        """Say the fault as ``file:row:column: value, what was expected``, the header as row 1."""
        error = type(self)(self.column, self.row, self.fault)
        error.lines = [f"{file}:{self.row + 1}:{self.column}: {self.fault}"]
        error.args = (error.lines[0],)
        return error


class UnreadableFileError(ValueAddedError):
    """The pupil file cannot be read as CSV, Excel or Parquet."""


class FormulaError(ValueAddedError):
    """The formula is not of the form ``outcome ~ predictors``."""


class UnknownColumnError(ValueAddedError):
    """A column that the formula or an option names is not in the data."""


class NonNumericError(CellError):
    """A column that must hold numbers holds something else."""


class InfiniteValueError(CellError):
    """A column holds infinite values."""


class ConstantOutcomeError(ValueAddedError):
    """The outcome does not vary, or nothing of it is left to explain."""


class CollinearError(ValueAddedError):
    """A predictor is a combination of those before it."""


class TooFewSchoolsError(ValueAddedError):
    """Fewer than two schools, or no school with two pupils."""


class NoPupilsError(ValueAddedError):
    """No pupil is left to analyse."""


class ReliabilityError(ValueAddedError):
    """A stated reliability or measurement error cannot be right for these data."""
