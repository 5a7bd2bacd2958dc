"""The data officer's pages: the work list, reminders, the burden ledger."""

from fastapi import APIRouter

from duibiao.views.reporting.work_list import RemindersPage, WorkListPage, reminders_page, work_list_page
from duibiao.web.ask import Ask
from duibiao.web.guard import Permission
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.returns import scope_of
from duibiao.web.routes import data_api, data_forms, data_returns, data_review

router = APIRouter()
for _part in (data_api, data_forms, data_returns, data_review):
    router.include_router(_part.router)
_LIST = PageRoute("data/list.html", WorkListPage, Permission.READ_RETURNS, kept=False)
_REMINDERS = PageRoute("data/reminders.html", RemindersPage, Permission.REVIEW, kept=False)


@page_route(router, "/data", _LIST)
def work_list(ask: Ask) -> WorkListPage:
    """What the signed-in officer has to report, what came back and why, what waits for whom."""
    return work_list_page(scope_of(ask))


@page_route(router, "/data/reminders", _REMINDERS)
def reminders(ask: Ask) -> RemindersPage:
    """Texts that remind the units below of what they owe; nothing counts who signed in."""
    return reminders_page(scope_of(ask))
