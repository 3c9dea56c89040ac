"""What is known about a message beyond its bytes?"""

from siptui.enrich.enricher import Enricher

__all__ = ["Enricher"]
