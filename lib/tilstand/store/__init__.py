"""Keep everything that lasts from run to run: one key, one form, one rule for what is damaged.

A value is found again only under all that it was made from: contents by their digests, the code
that its module reaches through imports anywhere in the library, Python and the installed packages.
It is kept as JSON and Parquet, for its owner alone, and whatever is damaged, cut or foreign counts
as absent and is made anew.
"""

from tilstand.store.keep import kept, remembered
from tilstand.store.keys import VARIABLE
from tilstand.store.memory import held, hold, holding

__all__ = ["VARIABLE", "held", "hold", "holding", "kept", "remembered"]
