"""One module for each area of the cockpit; ``ROUTERS`` is all of them, in the order of their first segments."""

from duibiao.web.routes import (
    data,
    documents,
    drafts,
    indicators,
    issues,
    methods,
    overview,
    plans,
    search,
    units,
    wide,
)

ROUTERS = (
    overview.router,
    indicators.router,
    units.router,
    plans.router,
    wide.router,
    documents.router,
    drafts.router,
    issues.router,
    methods.router,
    search.router,
    data.router,
)
