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


class LevelError(ValueAddedError):
    """A level of confidence, or a tail probability, does not lie between 0 and 1."""


class UnknownCategoryError(CellError):
    """A category of new pupils was not in the fit."""


class PupilsNotKeptError(ValueAddedError):
    """The pupils themselves are needed, and this fit has only their sums."""


class ComparisonError(ValueAddedError):
    """Two fits cannot be compared by their likelihoods."""


class ValueAddedWarning(UserWarning):
    """Something about data or fit that a reader of the results has to know."""


class BoundaryWarning(ValueAddedWarning):
    """The estimated school variance is zero."""


class FewSchoolsWarning(ValueAddedWarning):
    """So few schools that the intervals rest on the prior of the variance."""


class RepeatedRowsWarning(ValueAddedWarning):
    """Rows of the data repeat each other wholly."""


class OutlyingValuesWarning(ValueAddedWarning):
    """Values lie so far outside the bulk that they may be codes for missing."""


class NamesWarning(ValueAddedWarning):
    """Names of schools are spelt in several ways, or nearly equal."""


class CriterionWarning(ValueAddedWarning):
    """A likelihood criterion has no meaning for this fit."""


class PersonalDataWarning(ValueAddedWarning):
    """What is written tells of so few pupils that it is personal data."""


def check_level(level: float, name: str = "level") -> float:
    """Return a level that lies between 0 and 1, refuse any other.

    Parameters
    ----------
    level : float
        A level of confidence or a tail probability.
    name : str
        What the argument is called.

    Returns
    -------
    float
        The same.

    Raises
    ------
    LevelError
        In one line, with what was probably meant.

    Examples
    --------
    >>> check_level(0.9)
    0.9
    >>> check_level(95)
    Traceback (most recent call last):
    ...
    tilstand.value_added.errors.LevelError: level: 95 does not lie between 0 and 1: write 0.95
    """
    try:
        number = float(level)
    except (TypeError, ValueError):
        number = float("nan")
    if 0 < number < 1:
        return number
    meant = f": write {number / 100:g}" if name == "level" and 1 < number < 100 else ""
    raise LevelError(f"{name}: {level} does not lie between 0 and 1{meant}")
