"""Is this a possible international number, and whose? The numbering plans of `phonenumbers`.

Its own parsing takes some thirty microseconds a number; here only its patterns are used, once for
each calling code, and the answers are kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, region_code_for_number
from phonenumbers.phonemetadata import PhoneMetadata

FEWEST = 8
MOST = 15
"""Digits of an international number (E.164 section 6.2.1)."""


@lru_cache(256)
def _plan(code: int) -> re.Pattern[str] | None:
    """Return what the national numbers behind a calling code look like; None if there is none."""
    patterns = []
    for region in COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        data = (
            PhoneMetadata.metadata_for_nongeo_region(code)
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        if data is not None and data.general_desc is not None:
            pattern = data.general_desc.national_number_pattern
            if pattern:
                patterns.append(f"(?:{pattern})")
    return re.compile("|".join(patterns)) if patterns else None


def calling_code(digits: str) -> int:
    """Return the calling code that digits begin with, 0 if none."""
    for length in (1, 2, 3):
        code = int(digits[:length] or 0)
        if code in COUNTRY_CODE_TO_REGION_CODE:
            return code
    return 0


@lru_cache(1 << 14)
def is_number(digits: str) -> bool:
    """Tell whether digits are a number by the plan of the country they begin with."""
    if not FEWEST <= len(digits) <= MOST or digits[0] == "0":
        return False
    code = calling_code(digits)
    plan = _plan(code) if code else None
    return plan is not None and plan.fullmatch(digits, len(str(code))) is not None


@lru_cache(1 << 13)
def country_of(digits: str) -> str:
    """Return the ISO 3166 code of a number's country; empty if it has none."""
    code = calling_code(digits)
    national = digits[len(str(code)) :]
    if not code or not national:
        return ""
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    if len(regions) == 1:
        return "" if regions[0] == "001" else str(regions[0])
    number = PhoneNumber(
        country_code=code,
        national_number=int(national),
        italian_leading_zero=national[0] == "0" or None,
    )
    region = region_code_for_number(number)
    return str(region or regions[0]) if region != "001" else ""
