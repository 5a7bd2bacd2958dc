"""Our own files for the browser, kept in memory, packed once, named by their content so that they may be cached."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import Request, Response

TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".md": "text/plain",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file for the browser (静态文件): its bytes as they are and packed, its media type, a mark of its content."""

    body: bytes
    packed: bytes
    media_type: str
    mark: str


class StaticFiles:
    """All static files of the package (静态文件集)."""

    @cached_property
    def files(self) -> Mapping[str, StaticFile]:
        """Every file by its path below ``static``."""
        found: dict[str, StaticFile] = {}
        _collect(resources.files(__package__).joinpath("static"), "", found)
        return found

    def url(self, name: str) -> str:
        """The address of a file with the mark of its content; raises KeyError for a name that is none."""
        return f"/static/{name}?v={self.files[name].mark}"

    def answer(self, name: str, request: Request) -> Response | None:
        """The file as an answer; None where there is none."""
        file = self.files.get(name)
        if file is None:
            return None
        headers = {"ETag": f'"{file.mark}"', "Vary": "Accept-Encoding"}
        current = request.query_params.get("v") == file.mark
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "public, no-cache"
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(file.body, media_type=file.media_type, headers=headers)


def _collect(folder: Traversable, before: str, found: dict[str, StaticFile]) -> None:
    for entry in folder.iterdir():
        name = before + entry.name
        if entry.is_dir():
            _collect(entry, f"{name}/", found)
            continue
        body = entry.read_bytes()
        ending = "." + entry.name.rsplit(".", 1)[-1]
        media = TYPES.get(ending, "text/plain")
        found[name] = StaticFile(body, gzip.compress(body, 9, mtime=0), media, hashlib.sha256(body).hexdigest()[:12])


STATIC = StaticFiles()
