"""Write chapters that do what takes a shell, a display or a stream of their own."""

from pathlib import Path

import nbformat

DRAWING = """
import io
import matplotlib
import matplotlib.pyplot as plt
matplotlib.rcParams["svg.hashsalt"] = "one"
figure, axes = plt.subplots()
axes.plot(sorted({"b", "c", "a"}), [edition, 2, 3])
picture = io.StringIO()
figure.savefig(picture, format="svg", metadata={"Date": None})
print(len(picture.getvalue()), list({"b", "c", "a"}), plt.get_backend(), __name__)
picture.getvalue()
"""
# What a chapter may do that a shell, a display or a stream has to take part in.
ODD = (
    "1 + 1",
    "'blåbærsyltetøy'",
    "edition;",
    "None",
    "   ",
    "print('one'); print('two')",
    "import sys\nprint('three', file=sys.stderr)",
    "print('no end of line', end='')",
    "_, Out[3], In[3]",
    "import pandas as pd\npd.DataFrame({'a': [1, None], 'æ': ['x', 'y']})",
    "display('shown'); print('between'); display({'b': 1, 'a': (2, 3)})\n'last'",
    "display({'application/json': {'a': (1, 2)}, 'text/plain': 'x'}, raw=True)",
    "display({'text/plain': 'x'}, raw=True, metadata={'isolated': True})",
    "from IPython.display import HTML, Markdown\nHTML('<b>x</b>')",
    "Markdown('# x')",
    "%matplotlib inline\nimport matplotlib\nmatplotlib.get_backend()",
    "%%capture caught\nprint('caught')",
    "caught.stdout",
    "x = 1\nx",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "class C:\n    def __repr__(self):\n        return 'C'\nC(), C.__module__",
    "import pickle\npickle.loads(pickle.dumps(C()))",
    "import warnings, os\nos.environ.get('PAGER'), os.environ['MPLBACKEND']",
    "import logging\nlogging.error('told')",
    "[1, 2, 3].__class__.__mro__",
    "import sys\nsys.exit(0)",
    "'never'",
)


def write(path: Path, *sources: str) -> Path:
    first = nbformat.v4.new_code_cell("edition = 2020", metadata={"tags": ["parameters"]})
    cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path
