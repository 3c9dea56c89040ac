"""How is the bundled demo made? ``python -m tools.demo`` writes it; see `tools.demo.__main__`."""
