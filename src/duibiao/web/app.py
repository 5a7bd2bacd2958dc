"""The application: routes, guards, headers, errors, put together once for every worker."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.middleware.gzip import GZipMiddleware

from duibiao.kernel.text import Text
from duibiao.web import errors
from duibiao.web.cockpit import Cockpit
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.protect import Protect
from duibiao.web.routes import ROUTERS
from duibiao.web.settings import Settings
from duibiao.web.single_sign_on import SingleSignOn
from duibiao.web.static_files import STATIC

VERSION = "1"
_base = APIRouter()
PUBLIC = [Depends(Needs(Permission.PUBLIC))]


@_base.get("/static/{name:path}", include_in_schema=False, dependencies=PUBLIC)
def static(name: str, request: Request) -> Response:
    """A file for the browser."""
    found = STATIC.answer(name, request)
    if found is None:
        raise NotHereError(Text("文件", "the file"))
    return found


@_base.get("/healthz", include_in_schema=False, dependencies=PUBLIC)
def health(request: Request) -> Response:
    """Whether the cockpit answers: for whoever supervises the process."""
    return Response("ok", media_type="text/plain")


@_base.get("/api/v1/openapi.json", include_in_schema=False, dependencies=PUBLIC)
def description(request: Request) -> JSONResponse:
    """The description of the API."""
    return JSONResponse(request.app.openapi())


@_base.get("/favicon.ico", include_in_schema=False, dependencies=PUBLIC)
def icon(request: Request) -> Response:
    """The sign of the product; older browsers ask for it by this name."""
    return static("icon.svg", request)


def create_app(settings: Settings, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """Open packs and data and put the application together.

    Raises UserError for packs, a store or a snapshot that cannot be read: better at the start than on a page.
    """

    app = FastAPI(
        title="对标 duibiao",
        description="驾驶舱每一页的数字，原样给程序读取。Everything a page of the cockpit shows, for programs.",
        version=VERSION,
        openapi_url=None,  # served below, so that it carries a guard like every route
        docs_url=None,  # the pages FastAPI would serve load scripts from outside
        redoc_url=None,
    )
    app.state.cockpit = Cockpit(settings)
    app.state.single_sign_on = SingleSignOn.read(settings.single_sign_on) if settings.single_sign_on else None
    for router in (_base, *routers):
        app.include_router(router)
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    app.add_middleware(Protect)
    return app


def from_environment() -> FastAPI:
    """The application of a worker process (see ``Settings.to_environment``)."""
    return create_app(Settings.from_environment())
