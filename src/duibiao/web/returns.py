"""What the routes of the reporting share: the visitor's scope, forms and periods out of an address, returns."""

from duibiao.kernel.period import Period, local_day
from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.metrics.form import Form
from duibiao.store.model import ReportState
from duibiao.store.snapshot import Snapshot
from duibiao.views.reporting.scope import ReportingScope
from duibiao.web.acting import readers
from duibiao.web.ask import Question
from duibiao.web.guard import NotHereError
from duibiao.workspace.data_folder import reporting_plan


def scope_of(ask: Question) -> ReportingScope:
    """What the visitor may see of the returns; raises NotHereError, UserError WEB-NO-STORE."""
    store = ask.cockpit.store()
    actors = tuple(readers(ask.visitor, store.tree()))
    return ReportingScope(ask.workspace, store, actors, local_day(), ask.edition.snapshot, _before(ask))


def _before(ask: Question) -> Snapshot | None:
    folder = ask.cockpit.folder
    return ask.edition.keep("years before the store", folder.years_before) if folder else None


def round_of(ask: Question, form: str, period: str) -> tuple[Form, Period]:
    """The form and period of an address (``2025`` or ``2025-26``); raises NotHereError."""
    try:
        plan = reporting_plan(ask.workspace.content, form, period.replace("-", "/"))
    except UserError:
        raise NotHereError(Text(f"报表 {form} {period}", f"form {form} {period}")) from None
    return plan.form, plan.period


def return_of(scope: ReportingScope, form: Form, unit: str, period: Period) -> ReportState:
    """One return the visitor may see; raises NotHereError for one that is not open or is foreign."""
    state = scope.state(form.code, unit, period)
    if state is None:
        raise NotHereError(Text(f"报表 {unit}", f"the return of {unit}"))
    return state
