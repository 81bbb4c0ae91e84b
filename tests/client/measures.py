"""How large what is pressed and read is, measured in the browser (§7.6): 44 pixels and 15, in 长辈版 60 and 18."""

from __future__ import annotations

from tests.client.hands import Hands

_SMALL_TARGETS = """(least) => ['button', 'radio', 'checkbox', 'link'].map((role) => `[role=${role}]`)
  .concat(['textarea', 'input'])
  .flatMap((one) => [...document.querySelectorAll(one)])
  .filter((one) => one.offsetParent !== null)
  .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
  .filter(([box]) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(([box, html]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)"""
_SMALL_LETTERS = """(least) => {
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim()
    const holder = walker.currentNode.parentElement
    if (!text || holder.closest('noscript,style,script,uni-toast') || holder.getClientRects().length === 0) continue
    const look = getComputedStyle(holder)
    if (parseFloat(look.fontSize) < least - 0.1) found.push(`${look.fontSize} ${text.slice(0, 40)}`)
    const spacing = parseFloat(look.lineHeight) / parseFloat(look.fontSize)
    if (spacing < 1.29) found.push(`line spacing ${spacing} ${text.slice(0, 40)}`)
  }
  return found
}"""


def too_small(hands: Hands, *, elder: bool) -> list[str]:
    """Targets and letters of the page on top that are smaller than the rule asks, and lines that stand too close."""
    target, letter = (60, 18) if elder else (44, 15)
    found: list[str] = hands.page.evaluate(_SMALL_TARGETS, target)
    return [*found, *hands.page.evaluate(_SMALL_LETTERS, letter)]
