"""Write the formulas of the chapters on school contribution as MathML, with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilstand.report.page import exhibits

if TYPE_CHECKING:
    from tilstand.report.page.page import Page


def _i(name: str) -> str:
    return f"<mi>{name}</mi>"


def _roman(name: str) -> str:
    return f"<mi mathvariant='normal'>{name}</mi>"


def _bold(name: str) -> str:
    # MathML Core knows no bold variant; the weight of the class does it.
    return f"<mi mathvariant='normal' class='matrix'>{name}</mi>"


def _n(number: int) -> str:
    return f"<mn>{number}</mn>"


def _o(signs: str) -> str:
    fixed = " stretchy='false'"
    return "".join(f"<mo{fixed if sign in '()[]|' else ''}>{sign}</mo>" for sign in signs.split())


def _sub(letter: str, index: str) -> str:
    letters = "".join(f"<mi>{one}</mi>" for one in index)
    return f"<msub>{letter}<mrow>{letters}</mrow></msub>"


def _square(letter: str, index: str) -> str:
    return f"<msubsup><mi>{letter}</mi><mi>{index}</mi><mn>2</mn></msubsup>"


def _over(top: str, bottom: str) -> str:
    return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"


def _accent(letter: str, sign: str) -> str:
    return f"<mover accent='true'>{letter}<mo stretchy='false'>{sign}</mo></mover>"


def _sum_over(index: str) -> str:
    return f"<munder><mo>&sum;</mo><mi>{index}</mi></munder>"


_GAP = "<mspace width='1em'></mspace>"
_BAR, _HAT, _MINUS = "&macr;", "^", "&minus;"
_SCHOOL_VARIANCE, _PUPIL_VARIANCE = _square("&sigma;", "u"), _square("&sigma;", "e")
_LAMBDA, _RHO, _TAU, _ERROR = (
    "<mi>&lambda;</mi>",
    "<mi>&rho;</mi>",
    "<mi>&tau;</mi>",
    "<mi>&epsilon;</mi>",
)
_Y, _U, _E, _PRIOR = (
    _sub(_i(name), index) for name, index in (("y", "ij"), ("u", "j"), ("e", "ij"), ("x", "ij"))
)
_N = _sub(_i("n"), "j")
_SPREAD = _n(1) + _o("+") + _N + _LAMBDA
_MEAN_Y, _MEAN_PRIOR = (_sub(_accent(_i(name), _BAR), "j") for name in "yx")
_MEAN_X = _sub(_accent(_bold("x"), _BAR), "j")
_AT = _o("(") + _LAMBDA + _o(")")

FORMULAS = {
    "contribution": "".join(
        (_U, _o("="), _roman("E"), _o("["), _Y, _o(_MINUS), _i("m"), _o("("), _PRIOR, _o(") |"))
    )
    + _i("j")
    + _o("]"),
    "model": "".join(
        (_Y, _o("="), _sub(_bold("x"), "ij"), _o("&sdot;"), _bold("&beta;"), _o("+"), _U, _o("+"))
    )
    + "".join((_E, _o(","), _GAP, _roman("Var"), _o("("), _U, _o(") ="), _SCHOOL_VARIANCE))
    + "".join((_o(","), _GAP, _roman("Var"), _o("("), _E, _o(") ="), _PUPIL_VARIANCE)),
    "shrinkage": "".join(
        (_sub(_accent(_i("u"), _HAT), "j"), _o("="), _sub(_RHO, "j"), _o("("), _MEAN_Y, _o(_MINUS))
    )
    + "".join((_MEAN_X, _o("&sdot;"), _accent(_bold("&beta;"), _HAT), _o(") ,"), _GAP))
    + "".join((_sub(_RHO, "j"), _o("="), _over(_N + _LAMBDA, _SPREAD), _o(","), _GAP))
    + "".join((_LAMBDA, _o("="), _over(_SCHOOL_VARIANCE, _PUPIL_VARIANCE))),
    "cross_products": "".join(
        (_bold("A"), _AT, _o("="), _sub(_bold("W"), "x"), _o("+"), _sum_over("j"))
    )
    + _over(_N, _SPREAD)
    + f"{_MEAN_X}<msup>{_MEAN_X}<mo>&prime;</mo></msup>",
    "likelihood": "".join(
        (_n(2), _i("&ell;"), _AT, _o("="), _o(_MINUS), _o("("), _i("n"), _o(_MINUS), _i("p"))
    )
    + "".join((_o(")"), _i("ln"), _i("S"), _AT, _o(_MINUS), _sum_over("j"), _i("ln"), _o("(")))
    + "".join((_SPREAD, _o(")"), _o(_MINUS), _i("ln"), _o("|"), _bold("A"), _AT, _o("| +")))
    + _roman("konst"),
    "mixture": "".join(
        (_i("p"), _o("("), _U, _o("|"), _i("y"), _o(") ="), _o("&int;"), _i("p"), _o("("), _U)
    )
    + "".join((_o("|"), _TAU, _o(","), _i("y"), _o(")"), _i("p"), _o("("), _TAU, _o("|")))
    + "".join((_i("y"), _o(")"), _i("d"), _TAU)),
    "calibration": "".join(
        ("<msubsup><mi>x</mi><mrow><mi>i</mi><mi>j</mi></mrow><mo>*</mo></msubsup>", _o("="))
    )
    + "".join((_MEAN_PRIOR, _o("+ ("), _n(1), _o(_MINUS)))
    + _over("".join((_roman("Var"), _o("("), _ERROR, _o(")"))), _square("s", "w"))
    + "".join((_o(") ("), _PRIOR, _o(_MINUS), _MEAN_PRIOR, _o(")"))),
}
SPOKEN = {
    "contribution": (
        "u j er forventningen til y i j minus m av x i j, gitt skole j.",
        "u j is the expectation of y i j minus m of x i j, given school j.",
    ),
    "model": (
        (
            "y i j er x i j ganger beta, pluss u j pluss e i j. Variansen til u j er sigma u i "
            "andre. Variansen til e i j er sigma e i andre."
        ),
        (
            "y i j is x i j times beta, plus u j plus e i j. The variance of u j is sigma u "
            "squared. The variance of e i j is sigma e squared."
        ),
    ),
    "shrinkage": (
        (
            "u j med hatt er rho j ganger snittet av y j minus snittet av x j ganger beta med "
            "hatt. Rho j er n j lambda delt på én pluss n j lambda. Lambda er sigma u i andre "
            "delt på sigma e i andre."
        ),
        (
            "u j hat is rho j times the mean of y j minus the mean of x j times beta hat. Rho j"
            " is n j lambda over one plus n j lambda. Lambda is sigma u squared over sigma e "
            "squared."
        ),
    ),
    "likelihood": (
        (
            "To l av lambda er minus n minus p ganger logaritmen til S av lambda, minus summen "
            "over j av logaritmen til én pluss n j lambda, minus logaritmen til determinanten "
            "av A av lambda, pluss en konstant."
        ),
        (
            "Two l of lambda is minus n minus p times the logarithm of S of lambda, minus the "
            "sum over j of the logarithm of one plus n j lambda, minus the logarithm of the "
            "determinant of A of lambda, plus a constant."
        ),
    ),
    "cross_products": (
        (
            "A av lambda er W x pluss summen over j av n j delt på én pluss n j lambda, ganger "
            "snittet av x j ganger seg selv transponert."
        ),
        (
            "A of lambda is W x plus the sum over j of n j over one plus n j lambda, times the "
            "mean of x j times its own transpose."
        ),
    ),
    "mixture": (
        (
            "Fordelingen til u j gitt y er integralet over tau av fordelingen til u j gitt tau "
            "og y ganger fordelingen til tau gitt y."
        ),
        (
            "The distribution of u j given y is the integral over tau of the distribution of u "
            "j given tau and y times the distribution of tau given y."
        ),
    ),
    "calibration": (
        (
            "x stjerne i j er skolens snitt pluss én minus variansen til epsilon delt på s w i "
            "andre, ganger x i j minus skolens snitt."
        ),
        (
            "x star i j is the school mean plus one minus the variance of epsilon over s w "
            "squared, times x i j minus the school mean."
        ),
    ),
}


def show(page: Page, *names: str) -> None:
    """Show formulas, each in a line of its own.

    Parameters
    ----------
    page : Page
        Gives the language of the words that a screen reader hears.
    *names : str
        Which formulas.
    """
    lines = []
    for name in names:
        nb, en = SPOKEN[name]
        body = FORMULAS[name].replace("konst", page.pick(nb="konst.", en="const."))
        word = page.pick(nb="Formel", en="Formula")
        lines.append(
            f'<div class="formula" tabindex="0" role="group" aria-label="{word}">'
            f'<math display="block" role="math" '
            f'aria-label="{page.pick(nb=nb, en=en)}"><mrow>{body}</mrow></math></div>'
        )
    exhibits.show_block("".join(lines))
