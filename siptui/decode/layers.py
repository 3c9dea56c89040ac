"""Which reader reads which header, and how far does a walk through a frame go?"""

from __future__ import annotations

from collections.abc import Callable

from siptui.decode import ip, link, tunnels
from siptui.decode.headers import Header

READERS: dict[str, Callable[[bytes, int, int], Header]] = {
    "ethernet": link.read_ethernet,
    "snap": link.read_snap,
    "vlan": link.read_vlan,
    "sll": link.read_sll,
    "sll2": link.read_sll2,
    "nflog": link.read_nflog,
    "null": link.read_null,
    "chdlc": link.read_chdlc,
    "ppp": link.read_ppp,
    "pppoe": link.read_pppoe,
    "mpls": link.read_mpls,
    "pseudowire": link.read_pseudowire,
    "ip": ip.read_ip,
    "ipv4": ip.read_ipv4,
    "ipv6": ip.read_ipv6,
    "hop-by-hop": ip.read_hop_by_hop,
    "routing": ip.read_routing,
    "destination": ip.read_destination,
    "ah": ip.read_ah,
    "fragment": ip.read_fragment,
    "gre": tunnels.read_gre,
    "erspan": tunnels.read_erspan,
    "erspan3": tunnels.read_erspan3,
    "vxlan": tunnels.read_vxlan,
    "geneve": tunnels.read_geneve,
    "gtp": tunnels.read_gtp,
}
"""The readers of all headers below the transports, by the name that a lower header gives."""

DEPTH = 32
"""The most headers that are read in one frame; real encapsulations have fewer than a dozen."""
