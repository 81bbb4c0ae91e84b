"""`./dev desk-code`: the one-time code of the demo's logins for the console, where no phone is at hand."""

import time

import pyotp

from devkit.demo.desks import PASSWORD, TOTP_SECRET
from devkit.terminal import say


def main(_arguments: list[str]) -> int:
    """Print password, code, and for how long the code holds."""
    totp = pyotp.TOTP(TOTP_SECRET)
    say(f"密码    {PASSWORD}")
    say(f"动态码  {totp.now()}  (还有 {totp.interval - int(time.time()) % totp.interval} 秒；同一个动态码只能用一次)")
    return 0
