"""What does one term mean, by the type of its field, and which term means one value?"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import numpy as np

from siptui.filters.moments import Now, moment
from siptui.filters.pattern import Pattern
from siptui.filters.predicates import (
    Contains,
    Not,
    Numbers,
    Predicate,
    Some,
    Spans,
    Words,
    equals,
    named,
    within,
)
from siptui.filters.quoting import quote
from siptui.record import FIELD, Field

__all__ = ["Now", "exact", "flag", "term"]

_OURS = {"transport", "kind", "country", "number_country"}
"""Text fields whose values come from siptui, never in another case."""
_WHOLE = {"method", *_OURS}
"""Text fields for which ``:`` means: is, whatever the case."""
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def exact(name: str, value: object, *, hide: bool = False) -> str:
    """Return the term that shows messages whose field is `value` and no others; or hides those.

    Of a list it is about one member, or all of a tuple's. Raises ValueError for the time, which no
    term asks for exactly.
    """
    field = FIELD[name]
    minus = "-" if hide else ""
    if field.type == "time":
        raise ValueError("messages of one moment cannot be asked for")
    if field.type == "flag":
        return (minus if value else "" if hide else "-") + field.name
    if isinstance(value, tuple) and value:
        terms = " ".join(exact(name, each) for each in value)
        return f"-({terms})" if hide and len(value) > 1 else minus + terms
    if not value and value != 0:
        return f'{minus}{field.name}:""'
    sign = "="
    if field.type == "number" or field.name in _OURS:
        sign = ":"
    elif field.type == "address":
        sign = ":" if _is_address(str(value)) else "="
    return f"{minus}{field.name}{sign}{quote(str(value))}"


def _is_address(text: str) -> bool:
    try:
        return str(ip_address(text)) == text
    except ValueError:
        return False


def term(field: Field, sign: str, values: list[str], now: Now) -> Predicate:
    """Return the predicate of ``field sign values``; raises ValueError with what is wrong."""
    if sign.startswith("!"):
        return Not(term(field, sign[1:], values, now))
    if sign in COMPARE and len(values) > 1:
        raise ValueError(f"{sign} takes one value")
    each = [_one(field, sign, value, now) for value in values]
    return each[0] if len(each) == 1 else Some(tuple(each))


def flag(name: str) -> Predicate:
    """Return the predicate of a field that is true or false."""
    if name in {"odd", "new"}:
        field = FIELD["defects" if name == "odd" else "new"]
        words = "something is wrong with it" if name == "odd" else "something in it is new"
        return Words(field, bool, words)
    return Numbers(FIELD[name], lambda values: values != 0, FIELD[name].help)


def _one(field: Field, sign: str, value: str, now: Now) -> Predicate:
    if field.type == "time" and sign != "~":
        return Numbers(field, *moment(sign, value, now))
    if field.type == "flag" and sign in (":", "="):
        return _flag(field, value)
    if field.storage == "number":
        return _number(field, sign, value)
    if sign == "~":
        return _matches(field, value)
    if sign in COMPARE:
        raise ValueError(f"{field.name} is no number: use : = or ~")
    if field.type == "list":
        return _list(field, sign, value)
    if not value:
        return _shape(field)(field, equals(""), f"there is no {named(field)}")
    if sign == "=":
        return _shape(field)(field, equals(value), f"{named(field)} is exactly {value!r}")
    if field.type == "address":
        return _address(field, value)
    if field.name in _WHOLE:
        folded = value.casefold()
        return Words(field, lambda text: text.casefold() == folded, f"{named(field)} is {value!r}")
    return Contains(field, value)


def _shape(field: Field) -> type[Words] | type[Spans]:
    return Spans if field.storage == "span" else Words


def _list(field: Field, sign: str, value: str) -> Predicate:
    folded = value.casefold()
    if not folded:
        return Words(field, lambda members: not any(members), f"there is no {named(field)}")
    if sign == "=":
        return Words(field, lambda members: value in members, f"{named(field)} has {value!r}")
    return Words(
        field,
        lambda members: any(folded in member.casefold() for member in members),
        f"{named(field)} contains {value!r}",
    )


def _address(field: Field, value: str) -> Predicate:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        if "/" in value:
            raise ValueError(f"{value!r} is no network such as 10.0.0.0/8") from None
        folded = value.casefold()
        return Words(field, lambda text: text.startswith(folded),
                     f"{named(field)} begins with {value!r}")  # fmt: skip
    one = network.prefixlen == network.max_prefixlen
    words = f"is {network.network_address}" if one else f"is in {network}"
    return Words(field, within(network), f"{named(field)} {words}")


def _number(field: Field, sign: str, value: str) -> Predicate:
    title = named(field)
    if sign == "~":
        raise ValueError(f"{field.name} is a number: use : < >")
    if sign in COMPARE:
        number, compare = _integer(value), COMPARE[sign]
        return Numbers(field, lambda values: compare(values.astype(np.int64), number),
                       f"{title} {sign} {number}")  # fmt: skip
    if match := re.fullmatch(r"([0-9]+)-([0-9]+)", value):
        low, high = _integer(match[1]), _integer(match[2])
    elif match := re.fullmatch(r"([1-9])xx", value, re.IGNORECASE):
        low, high = 100 * int(match[1]), 100 * int(match[1]) + 99
    else:
        low = high = _integer(value or "0")
    words = f"is {low}" if low == high else f"is from {low} to {high}"
    if not value:
        words = "is not known"
    return Numbers(
        field,
        lambda values: (values.astype(np.int64) >= low) & (values.astype(np.int64) <= high),
        f"{title} {words}",
    )


def _integer(value: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise ValueError(f"{value!r} is no number such as 5060, 5060-5069 or 4xx")
    return int(value)


def _flag(field: Field, value: str) -> Predicate:
    if value.lower() not in {"true", "yes", "1", "false", "no", "0", ""}:
        raise ValueError(f"{field.name} is yes or no")
    wanted = value.lower() in {"true", "yes", "1"}
    words = field.help if wanted else f"not: {field.help}"
    return Numbers(field, lambda values: (values != 0) == wanted, words)


def _matches(field: Field, value: str) -> Predicate:
    search = Pattern(value).search
    words = f"{named(field)} matches /{value}/"
    if field.storage == "words":
        return Words(field, lambda members: any(search(each) for each in members), words)
    return _shape(field)(field, search, words)
