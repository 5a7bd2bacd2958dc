"""One module for each area of the cockpit; ``ROUTERS`` is all of them, in the order of their first segments."""

from duibiao.web.routes import (
    account,
    admin,
    data,
    documents,
    drafts,
    evaluations,
    indicators,
    issues,
    methods,
    overview,
    plans,
    search,
    sso,
    units,
    wide,
)

ROUTERS = (
    account.router,
    admin.router,
    overview.router,
    indicators.router,
    units.router,
    plans.router,
    wide.router,
    documents.router,
    drafts.router,
    evaluations.router,
    issues.router,
    methods.router,
    search.router,
    sso.router,
    data.router,
)
