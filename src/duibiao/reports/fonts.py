"""The fonts of an official document: official names for Word, and what this machine has for the PDF.

Word documents carry the official names and are right on the office's machines whatever this one has. A PDF is set here,
with the first font of a chain that is installed: the official one, another of the same kind, then Noto Serif CJK or
Noto Sans CJK. No font file is part of duibiao. Sources: GB/T 9704-2012 §7 (kinds of type), the two sets of names as
offices install them (GB2312 and GBK).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import typst

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.reports.font_coverage import Ranges, covered_by, holds
from duibiao.views.paper import FontPreset

WESTERN_NAME = "Times New Roman"
FONT_PACKAGE = "pylopdf_fonts_zh_cn"
"""An optional package that holds two free Chinese fonts and no program; nothing needs it where fonts are installed."""


class FontRole(StrEnum):
    """What a font is for in an official document (字体用途)."""

    TITLE = "title"
    BODY = "body"
    KAI = "kai"
    HEI = "hei"
    SONG = "song"


# The names a Word file carries: 小标宋, 仿宋, 楷体, 黑体, 宋体.
OFFICIAL: Mapping[FontPreset, Mapping[FontRole, str]] = {
    FontPreset.GB2312: {
        FontRole.TITLE: "方正小标宋简体",
        FontRole.BODY: "仿宋_GB2312",
        FontRole.KAI: "楷体_GB2312",
        FontRole.HEI: "黑体",
        FontRole.SONG: "宋体",
    },
    FontPreset.GBK: {
        FontRole.TITLE: "方正小标宋_GBK",
        FontRole.BODY: "方正仿宋_GBK",
        FontRole.KAI: "方正楷体_GBK",
        FontRole.HEI: "方正黑体_GBK",
        FontRole.SONG: "宋体",
    },
}
# Names under which a font of an official name may be found: font files carry an English family name too.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S",),
    "方正小标宋_GBK": ("FZXiaoBiaoSong-B05",),
    "仿宋_GB2312": ("FangSong_GB2312",),
    "方正仿宋_GBK": ("FZFangSong-Z02",),
    "楷体_GB2312": ("KaiTi_GB2312",),
    "方正楷体_GBK": ("FZKai-Z03",),
    "黑体": ("SimHei",),
    "方正黑体_GBK": ("FZHei-B01",),
    "宋体": ("SimSun",),
}
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Source Han Serif CN", "Songti SC", "SimSun")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Source Han Sans CN", "Microsoft YaHei")
# Of the same kind first (whichever set it is from), then the free ones.
_STAND_INS: Mapping[FontRole, tuple[str, ...]] = {
    FontRole.TITLE: ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", *_SERIF),
    FontRole.BODY: (
        "FangSong_GB2312",
        "FZFangSong-Z02",
        "FZFangSong-Z02S",
        "FangSong",
        "STFangsong",
        "FandolFang R",
        "FandolFang",
        "Zhuque Fangsong (technical preview)",
        "Zhuque Fangsong",
        *_SERIF,
    ),
    FontRole.KAI: (
        "KaiTi_GB2312",
        "FZKai-Z03",
        "FZKai-Z03S",
        "KaiTi",
        "STKaiti",
        "FandolKai",
        "LXGW WenKai",
        "LXGW WenKai GB",
        *_SERIF,
    ),
    FontRole.HEI: ("SimHei", "FZHei-B01", "FZHei-B01S", "STHeiti", "FandolHei", *_SANS),
    FontRole.SONG: ("SimSun", "STSong", "FandolSong", *_SERIF),
}
_WESTERN = (WESTERN_NAME, "Liberation Serif", "TeX Gyre Termes", "Nimbus Roman", "Libertinus Serif")
# Chinese common enough that a font without them is no Chinese font.
_TEST_WORDS = "教育规划评估的一是"
# Join and choose shapes, and show nothing by themselves.
_INVISIBLE = frozenset({0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})


@dataclass(frozen=True, slots=True)
class FontChain:
    """The fonts a PDF is set with (字体链): a family per role, the Western one, stand-ins for rare characters.

    ``notices`` say in both languages which official font is missing and what stands in for it; they are told beside the
    file and never printed on a page.
    """

    families: Mapping[FontRole, str]
    western: str
    rare: tuple[str, ...]
    notices: tuple[Text, ...]


@dataclass
class FontShelf:
    """The fonts found on this machine (本机字体) and in the folders given; those of the system unless told not to."""

    folders: tuple[Path, ...] = ()
    system: bool = True
    _ranges: dict[str, Ranges] = field(default_factory=dict, repr=False)

    @cached_property
    def fonts(self) -> typst.Fonts:
        """What the typesetter found; searched once."""
        folders = [str(one) for one in (*self.folders, *(_installed_fonts() if self.system else ()))]
        return typst.Fonts(include_system_fonts=self.system, font_paths=folders)

    @cached_property
    def files(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """File and number of the face inside it, by family, of every upright font that is a file."""
        found: dict[str, set[tuple[str, int]]] = {}
        for font in self.fonts.fonts():
            if font.path is not None and font.style == "normal":
                found.setdefault(font.family, set()).add((font.path, font.index))
        return {family: tuple(sorted(places)) for family, places in sorted(found.items())}

    def has(self, family: str) -> bool:
        """Whether a family is here, those inside the typesetter among them."""
        return family in self.files or family in self.fonts.families()

    def covers(self, family: str, character: str) -> bool:
        """Whether the first face of a family has a picture of a character; a family inside the typesetter has none."""
        if family not in self._ranges:
            places = self.files.get(family)
            self._ranges[family] = covered_by(*places[0]) if places else ()
        return holds(self._ranges[family], ord(character))

    def is_chinese(self, family: str) -> bool:
        """Whether a family is here and holds everyday Chinese."""
        return all(self.covers(family, character) for character in _TEST_WORDS)

    def chain(self, preset: FontPreset, words: Iterable[str]) -> FontChain:
        """Choose the fonts for a paper's words.

        Raises ``UserError``: PAPER-FONT where no font here holds Chinese, PAPER-GLYPH with the characters none holds.
        """
        families: dict[FontRole, str] = {}
        missing: dict[str, list[str]] = {}
        last = self._any_chinese()
        for role in FontRole:
            official = OFFICIAL[preset][role]
            names = (official, *_ALSO_CALLED[official])
            used = next((name for name in (*names, *_STAND_INS[role]) if self.is_chinese(name)), last)
            families[role] = used
            if used not in names:
                missing.setdefault(used, []).append(official)
        western = next(name for name in _WESTERN if self.has(name))  # the last is part of the typesetter
        if western != WESTERN_NAME:
            missing.setdefault(western, []).append(WESTERN_NAME)
        rare, told = self._rare(families, western, words)
        return FontChain(families, western, rare, (*_stand_ins_told(missing), *told))

    def _any_chinese(self) -> str:
        """Return any family that holds Chinese, the usual ones first; refuse where there is none."""
        for family in (*_SERIF, *_SANS, *self.files):
            if self.is_chinese(family):
                return family
        raise UserError([problem("PAPER-FONT", Where("pdf"))])

    def _rare(
        self, families: Mapping[FontRole, str], western: str, words: Iterable[str]
    ) -> tuple[tuple[str, ...], tuple[Text, ...]]:
        """Find fonts for what the chosen ones do not hold; refuse, by name, the characters that no font holds."""
        chosen = dict.fromkeys((*families.values(), western))
        stand_ins: dict[str, str] = {}
        lost: list[str] = []
        for character in sorted(set().union(*words)):
            if ord(character) in _INVISIBLE or character.isspace() or self._in_all(chosen, western, character):
                continue
            # A private character (自造字) means what its own font says: no other font may guess at it.
            private = "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000"
            order = () if private else (*stand_ins.values(), *_SERIF, *_SANS, *self.files)
            family = next((name for name in order if self.covers(name, character)), "")
            if family:
                stand_ins[character] = family
            else:
                lost.append(character)
        if lost:
            raise UserError([_lost(lost)])
        told = tuple(
            Text(
                f"生僻字“{character}”（U+{ord(character):04X}）所选字体没有，由 {family} 代替。",
                f"Rare character '{character}' (U+{ord(character):04X}) is in no chosen font; {family} stands in.",
            )
            for character, family in stand_ins.items()
            if character >= "\u2e80"  # signs such as ✔ look alike in every font; a Chinese character does not
        )
        return tuple(dict.fromkeys(stand_ins.values())), told

    def _in_all(self, chosen: Iterable[str], western: str, character: str) -> bool:
        """Whether every chosen Chinese font holds a character, or the Western one does."""
        if character < "\x7f":
            return True  # every font of the chain has ASCII, and Libertinus, inside the typesetter, has it as well
        return self.covers(western, character) or all(
            self.covers(family, character) for family in chosen if family != western
        )


def _installed_fonts() -> tuple[Path, ...]:
    """The folder of the optional font package, where it is installed: Noto Sans SC and Noto Serif SC, OFL-1.1."""
    found = find_spec(FONT_PACKAGE)
    return tuple(Path(place) for place in found.submodule_search_locations or ()) if found is not None else ()


def _stand_ins_told(missing: Mapping[str, list[str]]) -> tuple[Text, ...]:
    """One notice for all official fonts that are not here; none where all are."""
    if not missing:
        return ()
    zh = "；".join(f"{'、'.join(names)}由 {used} 代替" for used, names in missing.items())
    en = "; ".join(f"{used} for {', '.join(names)}" for used, names in missing.items())
    return (
        Text(
            f"本机缺少公文字体，PDF 中{zh}。Word 文件写的是标准字体名，在装有这些字体的电脑上打开即可。",
            f"Official fonts are missing on this machine; in the PDF stand {en}. The Word file names the official ones "
            "and shows them where they are installed.",
        ),
    )


def _lost(characters: list[str]) -> Problem:
    named = "、".join(f"{character}（U+{ord(character):04X}）" for character in characters)
    return problem("PAPER-GLYPH", Where("pdf"), characters=named, count=len(characters))
