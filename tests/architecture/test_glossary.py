"""One thing, one name: every public class of the engine has its Chinese term, and no term or name stands twice."""

import ast
import csv
import importlib
import re
from collections import Counter
from enum import EnumMeta
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SRC, PACKS = ROOT / "src", ROOT / "packs"
TERMS: list[dict[str, Any]] = yaml.safe_load((ROOT / "GLOSSARY.yaml").read_text(encoding="utf-8"))["terms"]
BY_ID = {term["id"]: term for term in TERMS}
FIELDS = {"zh", "id", "code", "pack", "cite", "values", "note"}

PINYIN = frozenset(
    re.findall(
        r"\w+",
        """
        guihua mubiao dingwei xingdong gongcheng jucuo renwu qiantou peihe bumen jieduan zhibiao jiqi mubiaozhi danwei
        quxian niandu xuenian shujuyuan baobiao shuju tianbao shenhe tuihui kuaizhao jinzhan xushi jindu zhuangtai
        yujing wenti xiaohao pingjia yaodian jielun zuozheng yuce xuewei chayi xishu zhuanye chanye jiqun chuchu
        pianduan jiaoyu xuexiao xuesheng jiaoshi chongqing zhongguo jiaowei yusuan tongji nianjian leiji xinzeng
        """,
    )
)


def public_classes() -> dict[str, list[str]]:
    """The public classes of the engine, with the modules that define one of that name."""
    found: dict[str, list[str]] = {}
    for file in sorted(SRC.rglob("*.py")):
        module = ".".join(file.relative_to(SRC).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module)
    return found


def resolved(dotted: str) -> Any:
    """What a dotted place stands for; a field of a dataclass answers with its type."""
    parts = dotted.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for name in parts[split:]:
            fields = getattr(found, "__dataclass_fields__", {})
            found = fields[name].type if name in fields else getattr(found, name)
        return found
    raise ModuleNotFoundError(dotted)


def english_words(text: str) -> set[str]:
    """The words that the identifiers of a Python file are made of."""
    names = re.findall(r"[A-Za-z_]+", text)
    return {word.lower() for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_an_entry_has_only_the_fields_the_head_of_the_file_explains() -> None:
    assert {name for term in TERMS for name in term} <= FIELDS
    assert [term for term in TERMS if not all(term.get(name) for name in ("zh", "id", "cite"))] == []


@pytest.mark.parametrize("side", ["zh", "id", "code"])
def test_no_word_stands_for_two_things(side: str) -> None:
    counted = Counter(term[side] for term in TERMS if side in term)
    assert [word for word, count in counted.items() if count > 1] == []


def test_every_public_class_has_one_entry_and_one_home() -> None:
    classes = public_classes()
    assert len(classes) > 80, "the engine was not found"
    assert sorted(set(classes) - set(BY_ID)) == []
    assert {name: homes for name, homes in classes.items() if len(homes) > 1} == {}
    assert {name for name, (home, *_) in classes.items() if BY_ID[name]["code"] != f"{home}.{name}"} == set()


def test_every_place_in_the_code_exists() -> None:
    for term in TERMS:
        if "code" in term:
            assert resolved(term["code"]) is not None, term
        else:
            assert "pack" in term, f"{term['id']} is neither in the code nor in a pack"


def test_every_enumeration_has_a_chinese_word_for_each_member() -> None:
    for term in TERMS:
        thing = resolved(term["code"]) if "code" in term else None
        if isinstance(thing, EnumMeta):
            members: list[str] = [name.lower() for name in thing.__members__]
            assert list(term.get("values", {})) == members, term["id"]
        else:
            assert "values" not in term, term["id"]


def test_an_official_term_stands_in_the_first_line_of_its_class() -> None:
    classes = public_classes()
    for term in TERMS:
        thing = resolved(term["code"]) if "code" in term else None
        if term["cite"] == "DESIGN §3" and isinstance(thing, type) and not isinstance(thing, EnumMeta):
            first = (thing.__doc__ or "").splitlines()[0]
            if term["id"] in classes:
                assert any(word in first for word in term["zh"].split("／")), f"{term['id']}: {first}"


def test_every_pack_field_of_the_glossary_is_used_in_a_pack() -> None:
    for term in TERMS:
        if "pack" not in term:
            continue
        pattern, field = term["pack"].split(": ")
        files = sorted(PACKS.glob(f"*/{pattern}"))
        assert files, term
        if field not in ("amendments",):  # no amendment has been published yet
            assert any(field in fields_of(file) for file in files), term


def fields_of(file: Path) -> set[str]:
    """The column names of a CSV file, or the keys of a YAML file at any depth."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".csv":
        return set(next(csv.reader(text.splitlines())))
    return set(re.findall(r"(?:^|[\s{,'-])([a-z_]+)'?:\s", text, re.MULTILINE))


def test_no_identifier_is_written_in_pinyin_and_the_engine_knows_no_province() -> None:
    found = {}
    for file in sorted(SRC.rglob("*.py")):
        words = english_words(file.read_text(encoding="utf-8")) - {"duibiao"}
        if words & PINYIN:
            found[file.name] = sorted(words & PINYIN)
    assert found == {}


def test_the_search_for_pinyin_finds_what_it_looks_for() -> None:
    assert english_words("def read_zhibiao(): class RenwuView: MUBIAO") & PINYIN == {"zhibiao", "renwu", "mubiao"}
