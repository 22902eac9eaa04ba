"""A layered fit as statsmodels' summary."""

from __future__ import annotations

from typing import Any

from statsmodels.iolib.summary2 import Summary

from tilstand.value_added.summary import fixed_part


def layered_summary(results: Any, alpha: float) -> Summary:
    """Put a layered fit into statsmodels' summary.

    Parameters
    ----------
    results : LayeredResults
        The fit.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    statsmodels.iolib.summary2.Summary
        Prints, and has ``as_text``, ``as_html`` and ``as_latex``.
    """
    summary = Summary()
    summary.add_title("Layered random intercepts")
    tree = results.model.tree
    units = {
        f"No. {counted.partition(' ')[2]}:": counted.partition(" ")[0] for counted in tree.counts()
    }
    n = results.pupils(tree.level("school"))
    summary.add_dict(
        {
            "Dependent variable:": results.outcome,
            "Method:": results.method,
            "No. pupils:": str(results.nobs),
            "Log-likelihood:": f"{results.llf:.4f}",
            **units,
            "Pupils a school:": f"{n.min()} to {n.max()}, mean {n.mean():.1f}",
            "Converged:": "Yes" if results.converged else "No",
            "Rows left out:": str(results.model.rows.lost),
            "Largest score:": f"{abs(results.optimum.score).max():.1e}",
        }
    )
    table = fixed_part(results, alpha)
    for name, value in results.variances.items():
        label = name.replace("_", " and ").capitalize()
        table.loc[f"{label} variance", "Coef."] = f"{value:.5g}"
    summary.add_df(table.fillna(""))
    for note in results.notes:
        summary.add_text(note)
    return summary
