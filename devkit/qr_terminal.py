"""A QR code drawn with characters, which a phone can scan from the terminal."""

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M


class _ColourCanvas(io.StringIO):
    """The library asks its output whether it is a terminal before it dares to use colours."""

    def isatty(self) -> bool:
        return True


def terminal_qr(text: str, *, colours: bool = False) -> str:
    """The code as lines of half blocks, two modules per character, with the quiet zone of four modules.

    With `colours` it fixes black and white itself and suits any terminal; without, it suits light on dark,
    the usual scheme, and stays readable in a file.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    canvas = _ColourCanvas() if colours else io.StringIO()
    code.print_ascii(out=canvas, tty=colours, invert=True)
    # The library draws blanks as no-break spaces, which some terminals show in another width.
    return canvas.getvalue().replace("\u00a0", " ").rstrip("\n")
