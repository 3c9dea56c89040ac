"""Which keys work in the inspector?"""

from __future__ import annotations

from textual.binding import Binding


def _binding(keys: str, action: str, words: str, id: str, tooltip: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"inspector.{id}", tooltip=tooltip)


BINDINGS = [
    _binding("j,down", "move(1)", "down", "down", "One line or row down."),
    _binding("k,up", "move(-1)", "up", "up", "One line or row up."),
    _binding("h,left", "sideways(-1)", "left", "left", "One byte left."),
    _binding("l,right", "sideways(1)", "right", "right", "One byte right."),
    _binding("ctrl+d", "page(0.5)", "half down", "half_down", "Half a page down."),
    _binding("ctrl+u", "page(-0.5)", "half up", "half_up", "Half a page up."),
    _binding("pagedown,ctrl+f", "page(1)", "page down", "page_down", "A page down."),
    _binding("pageup,ctrl+b", "page(-1)", "page up", "page_up", "A page up."),
    _binding("g,home", "end(-1)", "top", "top", "To the first line."),
    _binding("G,end", "end(1)", "end", "end", "To the last line."),
    _binding("tab", "part(1)", "bytes", "next_part", "From the message to its bytes."),
    _binding("shift+tab", "part(-1)", "message", "part_before", "From the bytes back."),
    _binding("f", "frame", "frame", "frame", "The payload alone, or the whole frame."),
    _binding("left_square_bracket", "step(-1)", "frame before", "frame_before",
             "The captured frame before, of a message in several."),
    _binding("right_square_bracket", "step(1)", "next frame", "frame_next",
             "The next captured frame of a message in several."),
    _binding("slash", "find", "find", "find", "Search in this message; 0x0d0a finds bytes."),
    _binding("n", "again(1)", "find next", "find_next", "To the next match."),
    _binding("N", "again(-1)", "find previous", "find_previous", "To the match before."),
    _binding("d", "defect", "next defect", "defect", "To the next defect and its bytes."),
    _binding("x", "shape", "shape", "shape",
             "What the shape of the message is made of, or not any more."),
    _binding("enter,plus,equals_sign", "term(False)", "only this", "only",
             "Show only messages like the line under the cursor."),
    _binding("minus", "term(True)", "hide this", "hide",
             "Hide messages like the line under the cursor."),
    _binding("y", "copy_message", "copy", "copy",
             "Send the message to the terminal's clipboard (OSC 52)."),
    _binding("Y", "copy_value", "copy value", "copy_value",
             "Send the value under the cursor to the terminal's clipboard (OSC 52)."),
]  # fmt: skip
