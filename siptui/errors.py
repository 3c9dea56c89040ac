"""What does siptui tell its user when it cannot go on?"""


class SiptuiError(Exception):
    """Carry one sentence for the user: what is wrong and what to do about it.

    The command line prints it behind ``siptui: `` and ends with status 1; a screen shows it as a
    notice. It never carries bytes of a packet that have not been through `siptui.text.safe`.
    """
