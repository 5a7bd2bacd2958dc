"""Evaluations: the list, one of them with everything it found, its verification, its reports to download."""

from pathlib import Path

from fastapi import APIRouter, Depends, Response

from duibiao.evaluations.folder import evaluations_at
from duibiao.evaluations.pages import (
    REPORTS,
    EvaluationListPage,
    EvaluationPage,
    VerificationPage,
    evaluation_list_page,
    evaluation_page,
    evaluation_rows,
    list_rows,
    report_files,
    verification_page,
)
from duibiao.evaluations.places import EVALUATION
from duibiao.kernel.text import Text
from duibiao.web.answers import download, etagged
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.pages import PageRoute, page_route

router = APIRouter()
READS = [Depends(Needs(Permission.READ_EVALUATIONS))]
_MAY = Permission.READ_EVALUATIONS
_LIST = PageRoute("evaluations/list.html", EvaluationListPage, _MAY, table=list_rows, name="评估清单", kept=False)
_ONE = PageRoute("evaluations/one.html", EvaluationPage, _MAY, table=evaluation_rows, name="评估指标", kept=False)
_VERIFY = PageRoute("evaluations/verify.html", VerificationPage, _MAY, kept=False)
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def folder_of(ask: Question) -> Path | None:
    """Where they lie: as set, else ``evaluations`` of the data folder, else ``out/evaluations`` beside the packs."""
    settings = ask.cockpit.settings
    usual = settings.data / "evaluations" if settings.data else settings.packs.parent / "out" / "evaluations"
    found = settings.evaluations or usual
    return found if found.is_dir() else None


def _place(ask: Question, number: str) -> Path:
    """The folder of one evaluation, found among those there are: no part of an address becomes part of a path."""
    folder = folder_of(ask)
    known = evaluations_at(folder)[0] if folder else ()
    found = next((one.folder for one in known if one.id == number), None)
    if found is None:
        raise NotHereError(Text(f"评估 {number}", f"evaluation {number}"))
    return found


@page_route(router, "/evaluations", _LIST)
def evaluations(ask: Ask) -> EvaluationListPage:
    """The frozen evaluations."""
    return evaluation_list_page(folder_of(ask))


@page_route(router, "/evaluations/{number}", _ONE)
def evaluation(ask: Ask, number: str) -> EvaluationPage:
    """One evaluation: indicators, tasks, departments, comparison, contradictions, track record, addenda."""
    return evaluation_page(_place(ask, number))


@page_route(router, "/evaluations/{number}/verify", _VERIFY)
def verification(ask: Ask, number: str) -> VerificationPage:
    """Compare every byte of an evaluation and compute it again from its frozen inputs."""
    return verification_page(_place(ask, number))


@router.get("/evaluations/{number}/file", include_in_schema=False, dependencies=READS)
def evaluation_file(ask: Ask, number: str) -> Response:
    """The evaluation itself, as it was frozen."""
    body = (_place(ask, number) / EVALUATION).read_bytes()
    return download(etagged(ask.request, body, "application/json"), f"{number}.json")


@router.get("/evaluations/{number}/reports/{name}", include_in_schema=False, dependencies=READS)
def evaluation_report(ask: Ask, number: str, name: str) -> Response:
    """A report that lies beside an evaluation."""
    place = _place(ask, number)
    if name not in report_files(place):
        raise NotHereError(Text(f"报告 {name}", f"report {name}"))
    path = place / REPORTS / name
    return download(etagged(ask.request, path.read_bytes(), _TYPES[path.suffix]), name)
