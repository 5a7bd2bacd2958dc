"""The reporting for programs: handing in as JSON, a workbook or CSV, with the same rights as on the pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.views.reporting.answer import AnswerPage
from duibiao.web.ask import Ask, Question
from duibiao.web.errors import REFUSALS
from duibiao.web.guard import Needs, Permission
from duibiao.web.handing_in import hand_in_json, hand_in_workbook
from duibiao.web.pages import API
from duibiao.web.routes.data_forms import draft_of
from duibiao.web.routes.data_returns import plain_answer
from duibiao.web.sheet import XLSX

router = APIRouter()
JSON, CSV = "application/json", "text/csv"
EXAMPLE = {
    "form": "kindergarten",
    "version": "1",
    "period": "2025/26",
    "rows": [{"unit": "SIM0000001", "values": {"children_preschool": 120, "classes_preschool": "无数据：档案在途"}}],
    "answers": [],
    "seen": {"SIM0000001": 1},
}
_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "object"}, "example": EXAMPLE},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            CSV: {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    API + "/data/forms/{form}/{period}/submissions",
    dependencies=[Depends(Needs(Permission.REPORT))],
    tags=["data"],
    summary="Hand in returns",
    operation_id="hand_in",
    response_model=AnswerPage,
    responses=REFUSALS,
    openapi_extra=_BODIES,
)
async def submissions(
    ask: Ask,
    form: str,
    period: str,
    request: Request,
    draft: Annotated[bool, Query(description="只存草稿，不提交。Keep, do not submit.")] = False,
    reason: Annotated[str, Query(max_length=500, description="改报原因。Why it is changed.")] = "",
) -> Response:
    """Hand in rows of a round. Good rows are kept, every problem is told.

    Sending the same again changes nothing: rows that say what is stored are answered as ``unchanged``. ``seen`` names
    the versions that were seen: a row of a return that somebody changed since then is refused, the others are kept;
    where no other row is left the answer is 409.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = await request.body()
    return await run_in_threadpool(_taken, ask, (form, period), (kind, body), draft, reason)


def _taken(ask: Question, place: tuple[str, str], sent: tuple[str, bytes], draft: bool, reason: str) -> Response:
    kind, body = sent
    if not body:
        raise UserError([problem("WEB-NO-FILE", Where("body"))])
    held = draft_of(ask, *place)
    if kind == JSON:
        return plain_answer(hand_in_json(held, body, reason=reason, submit=not draft))
    if kind in (XLSX, CSV, "application/octet-stream"):
        return plain_answer(hand_in_workbook(held, body, "submission", reason=reason, submit=not draft))
    raise UserError([problem("WEB-BODY-KIND", Where("content-type"), found=kind[:60] or "—")])
