"""Describe what a chapter may have left in its process, so that no other chapter meets it."""

from __future__ import annotations

import decimal
import locale
import logging
import os
import random
import sys
import threading
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

from tilstand.pipeline.execute import warm
from tilstand.pipeline.execute.inside import had_a_shell
from tilstand.project import VARIABLE
from tilstand.store import VARIABLE as STORE

#: Variables that every chapter finds set for itself.
SET_ANEW = {*warm.ENVIRONMENT, VARIABLE, STORE}


def traces() -> tuple[object, ...]:
    """Describe the settings of this process that outlive the chapter that changes them.

    A chapter of somebody's own may well set how matplotlib draws, how pandas prints or what is
    drawn by chance. A process whose description has changed takes no other chapter. What was
    imported, or read and held, is no trace: every chapter would come by the same.

    Returns
    -------
    tuple
        Equal where nothing was changed.
    """
    had_a_shell()
    environment = {name: value for name, value in os.environ.items() if name not in SET_ANEW}
    counting = decimal.getcontext().copy()
    counting.clear_flags()  # raised by any rounding
    return (
        environment,
        Path.cwd(),
        [*sys.path],
        [*warnings.filters],
        locale.setlocale(locale.LC_ALL),
        dict(mpl.rcParams),
        mpl.get_backend(),
        pd.describe_option("", _print_desc=False),
        np.geterr(),
        np.get_printoptions(),
        repr(counting),
        repr(np.random.get_state(legacy=False)),  # noqa: NPY002  chapters of others may use it
        random.getstate(),
        (logging.root.level, [*logging.root.handlers]),
        sys.getrecursionlimit(),
        threading.active_count(),
    )
