"""Rebuild the posters' font: `python -m devkit.font_subset NotoSansSC-Regular.otf` (see qr/fonts/README.md)."""

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

from devkit.terminal import PROJECT_ROOT

FONTS = PROJECT_ROOT / "qr" / "fonts"
TARGET = FONTS / "PosterSansSC.ttf"
EXTRA = FONTS / "extra.txt"
FAMILY = "Poster Sans SC"
PUNCTUATION = "–·—…‘’“”〓　、。〈〉《》「」【】！（），：；？～￥①②③④⑤⑥⑦⑧⑨×→✓№"
NAMES = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} Regular", 4: FAMILY, 6: "PosterSansSC-Regular"}
LARGEST_ERROR = 1.0
"""How far a quadratic curve may stray from the cubic it replaces, in thousandths of the type size: invisible in print."""


def wanted_characters() -> set[str]:
    """Latin-1, all of GB2312, the demo's place names, and what `qr/fonts/extra.txt` adds."""
    found = {chr(code) for code in range(0x20, 0x100)} | set(PUNCTUATION)
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            found |= set(bytes((lead, trail)).decode("gb2312", errors="ignore"))
    for table in (PROJECT_ROOT / "devkit" / "demo" / "data").glob("*.csv"):
        found |= set(table.read_text("utf-8-sig"))
    found |= set(EXTRA.read_text("utf-8"))
    return {char for char in found if char.isprintable()}


def subset(source: Path, characters: Iterable[str]) -> TTFont:
    """The source's outlines of these characters alone, without layout features, under our own name."""
    options = Options(
        layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, name_IDs=[0, 7, 13, 14]
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    font = TTFont(source)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(char) for char in characters])
    subsetter.subset(font)
    return font


def to_truetype(font: TTFont) -> None:
    """Quadratic outlines in place of PostScript ones: reportlab embeds TrueType only."""
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, LARGEST_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, outlines
    font["maxp"].tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(font["maxp"], field, 1 if field == "maxZones" else 0)
    for field in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(font["maxp"], field, 0)
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"


def rename(font: TTFont) -> None:
    """The licence asks for another name where one is reserved; copyright and licence entries stay."""
    for number, text in NAMES.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m devkit.font_subset NotoSansSC-Regular.otf\n")
        return 2
    characters = wanted_characters()
    source = Path(arguments[0])
    available = set(TTFont(source).getBestCmap())
    font = subset(source, characters)
    to_truetype(font)
    rename(font)
    font.save(TARGET)
    lacking = "".join(sorted(char for char in characters if ord(char) not in available))
    print(
        f"{TARGET.name}: {len(font.getGlyphOrder())} glyphs, {TARGET.stat().st_size} bytes; not in the source: {lacking}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
