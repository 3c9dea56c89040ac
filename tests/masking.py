"""A message with everything that masking hides, and what becomes of it."""

from __future__ import annotations

MESSAGE = b"""\
INVITE sip:+441632960000@203.0.113.5:5060;user=phone SIP/2.0\r
Via: SIP/2.0/UDP [2001:db8::7]:5060;branch=z9hG4bK-1;received=198.51.100.9\r
Via: SIP/2.0/UDP 198-51-100-7.dyn.example.net;branch=z9hG4bKnp-b9fc8192.168.1.2\r
From: "Doe, Jane \\"J\\"" <sip:jane.doe:secret@example.com>;tag=6334, Bob S <sip:b@[::1]>\r
To: tel:+441632960000\r
t:Fred\r
Contact: *\r
m: Bob <sip:1001>\r
Call-ID: abc@host.example.com\r
Authorization: Digest username="jane", realm="example.com", uri="sip:u@h", response="00"\r
Proxy-Authorization: Basic amFuZTpzZWNyZXQ=\r
P-Asserted-Identity: "Jane" <tel:+441632960000>\r
User-Agent: PBX 13\r
Contact: <sip:a@b>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-0004F2ABCDEF>"\r
Date: Thu, 01 Jan 2026 10:15:00 GMT\r
\r
v=0\r
o=jdoe 2890844526 2890842807 IN IP4 media.example.com\r
s=-\r
c=IN IP6 2001:db8::9/127\r
e=j.doe@example.com (Jane Doe)\r
t=0 0\r
a=candidate:1 1 UDP 2130706431 192.0.2.1 3456 typ host\r
"""


MASKED = b"""\
INVITE sip:xxxxxxxxxxxxx@xxx.x.xxx.x:5060;user=phone SIP/2.0\r
Via: SIP/2.0/UDP [xxxx:xxx::x]:5060;branch=z9hG4bK-1;received=xxx.xx.xxx.x\r
Via: SIP/2.0/UDP xxx-xx-xxx-x.dyn.example.net;branch=z9hG4bKnp-b9fc8xxx.xxx.x.x\r
From: "xxx, xxxx xxxxx" <sip:xxxxxxxx:xxxxxx@example.com>;tag=6334, xxx x <sip:x@[::x]>\r
To: tel:xxxxxxxxxxxxx\r
t:xxxx\r
Contact: *\r
m: xxx <sip:xxxx>\r
Call-ID: abc@xxxxxxxxxxxxxxxx\r
Authorization: Digest username="xxxx", realm="example.com", uri="sip:x@h", response="00"\r
Proxy-Authorization: Basic xxxxxxxxxxxxxxx=\r
P-Asserted-Identity: "xxxx" <tel:xxxxxxxxxxxxx>\r
User-Agent: PBX 13\r
Contact: <sip:x@b>;+sip.instance="<urn:uuid:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>"\r
Date: Thu, 01 Jan 2026 10:15:00 GMT\r
\r
v=0\r
o=xxxx 2890844526 2890842807 IN IP4 xxxxx.xxxxxxx.xxx\r
s=-\r
c=IN IP6 xxxx:xxx::x/127\r
e=xxxxxxxxxxxxxxxxx xxxxx xxxx\r
t=0 0\r
a=candidate:1 1 UDP 2130706431 xxx.x.x.x 3456 typ host\r
"""
