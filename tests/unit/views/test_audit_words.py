"""Everything the store writes into the audit trail has words; what a later version wrote keeps its code."""

import re
from pathlib import Path

from duibiao.store.accounts.model import AccountState
from duibiao.store.publishing import IN_FORCE, PREPARED, RECORDED, WITHDRAWN
from duibiao.store.workflow import ActorRole, ReportAction
from duibiao.views.audit_words import acting_words, action_words

STORE = Path(__file__).resolve().parents[3] / "src" / "duibiao" / "store"
RECORDED_AS = re.compile(r"\.record\(\s*(f?)\"([a-z_.]+)")


def test_every_action_of_the_store_has_words() -> None:
    found = {code for file in STORE.rglob("*.py") for f, code in RECORDED_AS.findall(file.read_text("utf-8")) if not f}
    assert len(found) > 25
    made = {f"report.{one.value}" for one in ReportAction} | {f"account.{one.value}" for one in AccountState}
    stages = {f"publish.{one}" for one in (RECORDED, IN_FORCE, WITHDRAWN)}
    assert PREPARED == "prepared"  # written as publish.prepare
    assert {code for code in found | made | stages if action_words(code).zh == code} == set()
    assert action_words("later.thing").zh == "later.thing"


def test_every_role_of_the_trail_has_words() -> None:
    assert {one.value for one in ActorRole if acting_words(one.value).zh == one.value} == set()
    assert acting_words("account_holder").zh == "本人"
    assert acting_words("audit_admin").zh == "审计管理员"
