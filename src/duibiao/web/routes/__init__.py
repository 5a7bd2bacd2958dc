"""One module for each area of the cockpit; ``ROUTERS`` is all of them, in the order of their first segments."""

from duibiao.web.routes import documents, search

ROUTERS = (documents.router, search.router)
