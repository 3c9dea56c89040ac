"""What may the UDP socket answer, and what keeps the answers harmless?

`Responder` is asked about each record that arrived on a socket of ours. It builds at most a few
datagrams, all of them for the packet's own source; the engine sends them.
"""

from siptui.respond.responder import MODES, Answer, Responder

__all__ = ["MODES", "Answer", "Responder"]
