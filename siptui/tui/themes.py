"""Which colours does each role have?

Blue and orange carry what differs, never red against green, and every state has a word or a sign
besides. The 16-colour themes use the terminal's own colours, reverse video and bold.
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from siptui.config import Settings
from siptui.errors import SiptuiError

ROLE_VARIABLES = (
    "sip-text",
    "sip-dim",
    "sip-rule",
    "sip-title",
    "sip-focus",
    "sip-bar",
    "sip-good",
    "sip-warn",
    "sip-alarm",
    "sip-call",
    "sip-request",
    "sip-refusal",
    "sip-cursor",
    "sip-blurred",
    "sip-marked",
    "sip-found",
    "sip-raised",
)
"""The variables that `siptui.tcss` uses beside Textual's own."""


def _variables(*values: str) -> dict[str, str]:
    return dict(zip(ROLE_VARIABLES, values, strict=True))


DARK = Theme(
    name="siptui-dark",
    dark=True,
    primary="#6cb2f0",
    secondary="#8aa4c0",
    accent="#f0a95b",
    warning="#f0a95b",
    error="#ff9a5c",
    success="#6cb2f0",
    foreground="#cfd6de",
    background="#11161c",
    surface="#171d25",
    panel="#1e2630",
    variables=_variables(
        "#cfd6de",
        "#7d8996",
        "#333d49",
        "#a9b7c6",
        "#6cb2f0",
        "#4a86bd",
        "#7cc0f5",
        "#e5b567",
        "#ff9a5c",
        "#8fcaff",
        "#cfd6de",
        "#e5b567",
        "#26405a",
        "#1f2833",
        "#f0c987",
        "#5a4a20",
        "#1a212a",
    ),
)

LIGHT = Theme(
    name="siptui-light",
    dark=False,
    primary="#0b5fa5",
    secondary="#51677d",
    accent="#a85400",
    warning="#a85400",
    error="#b23c00",
    success="#0b5fa5",
    foreground="#1f2933",
    background="#fbfaf7",
    surface="#f4f2ed",
    panel="#eae7e0",
    variables=_variables(
        "#1f2933",
        "#65717d",
        "#cfcbc2",
        "#3d4a57",
        "#0b5fa5",
        "#6aa3d3",
        "#0b5fa5",
        "#8f5a00",
        "#b23c00",
        "#084a83",
        "#1f2933",
        "#8f5a00",
        "#cfe3f5",
        "#e9edf0",
        "#8a4b00",
        "#f5dfa0",
        "#f1eee8",
    ),
)

CONTRAST = Theme(
    name="siptui-contrast",
    dark=True,
    primary="#66ccff",
    secondary="#ffffff",
    accent="#ffb000",
    warning="#ffb000",
    error="#ff8c1a",
    success="#66ccff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    variables=_variables(
        "#ffffff",
        "#b8b8b8",
        "#6a6a6a",
        "#ffffff",
        "#66ccff",
        "#3fa0e0",
        "#66ccff",
        "#ffb000",
        "#ff8c1a",
        "#99ddff",
        "#ffffff",
        "#ffb000",
        "#00477a",
        "#262626",
        "#ffd060",
        "#665200",
        "#101010",
    ),
)


def _terminal(name: str, dark: bool) -> Theme:
    blue, orange = ("ansi_bright_blue", "ansi_yellow") if dark else ("ansi_blue", "ansi_red")
    quiet = "ansi_bright_black"
    plain = "ansi_default"
    return Theme(
        name=name,
        ansi=True,
        dark=dark,
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning=orange,
        error="ansi_red",
        success="ansi_blue",
        accent=orange,
        foreground=plain,
        background=plain,
        surface=plain,
        panel=plain,
        boost=plain,
        variables={
            **_variables(
                plain,
                quiet,
                quiet,
                plain,
                blue,
                blue,
                blue,
                orange,
                orange,
                blue,
                plain,
                orange,
                plain,
                plain,
                orange,
                plain,
                plain,
            ),
            "ansi-background": "ansi_black" if dark else "ansi_white",
            "ansi-foreground": "ansi_white" if dark else "ansi_black",
            "input-cursor-text-style": "reverse",
            "input-cursor-background": plain,
            "input-cursor-foreground": plain,
            "input-selection-background": "ansi_blue",
            "input-selection-foreground": "ansi_white",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "border": quiet,
            "border-blurred": quiet,
        },
    )


TERMINAL_DARK = _terminal("terminal-dark", True)
TERMINAL_LIGHT = _terminal("terminal-light", False)

THEMES = (DARK, LIGHT, CONTRAST, TERMINAL_DARK, TERMINAL_LIGHT)
"""In the order in which a key runs through them."""

PLAIN = TERMINAL_DARK.name
"""The theme that stays readable without any colour."""


def role_defaults(dark: bool) -> dict[str, str]:
    """Return the role variables for a theme that has none, such as one of Textual's own."""
    return dict((DARK if dark else LIGHT).variables)


def judge(settings: Settings) -> None:
    """Raise SiptuiError if there is no theme of the name that the settings give."""
    names = [theme.name for theme in THEMES]
    if settings.theme not in (*names, *BUILTIN_THEMES):
        raise SiptuiError(
            f"{settings.origin('theme')}there is no theme {settings.theme!r}; "
            f"there are {', '.join(names)}"
        )


def choose(name: str, no_color: bool) -> str:
    """Return the theme to begin with: without colour, one of the terminal's own."""
    if no_color and not name.startswith("terminal-"):
        return PLAIN
    return name
