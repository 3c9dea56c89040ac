"""siptui watches SIP traffic in a terminal."""

__version__ = "0.1.0"
