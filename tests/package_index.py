"""A small package index on loopback, to test fetching without a network and with every failure."""

import http.server
import io
import tarfile
import threading
import zipfile
from contextlib import contextmanager

NAME, VERSION, MEMBER = "toy-data", "1.0", "toy_data/numbers.txt"
CONTENT = b"1 2 3\n" * 50_000
SECOND_MEMBER, SECOND_CONTENT = "toy_data/letters.txt", b"a b c\n" * 500


def wheel(content: bytes = CONTENT) -> bytes:
    """A wheel that holds MEMBER beside a file that nobody should have to fetch."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("toy_data/large.bin"), bytes(2_000_000), zipfile.ZIP_STORED
        )
        archive.writestr(MEMBER, content)
        archive.writestr(SECOND_MEMBER, SECOND_CONTENT)
    return buffer.getvalue()


def source_archive(content: bytes = CONTENT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, body in ((MEMBER, content), (SECOND_MEMBER, SECOND_CONTENT)):
            info = tarfile.TarInfo(f"toy-data-1.0/{member}")
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return buffer.getvalue()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        index = self.server.index
        index.requests.append(self.path)
        name = self.path.rsplit("/", 1)[-1]
        if self.path.rstrip("/").endswith(f"/simple/{NAME}"):
            links = "".join(f'<a href="/files/{file}">{file}</a>' for file in index.files)
            self._send(200, f"<!DOCTYPE html><html><body>{links}</body></html>".encode())
        elif name in index.files:
            self._file(index.files[name])
        else:
            self._send(404, b"")

    def _file(self, body):
        wanted = self.headers.get("Range")
        if not (wanted and self.server.index.ranges):
            self._send(200, body)
            return
        start, end = wanted.removeprefix("bytes=").split("-")
        first = len(body) - int(end) if start == "" else int(start)
        last = len(body) - 1 if start == "" or end == "" else min(int(end), len(body) - 1)
        part = body[first : last + 1]
        self._send(206, part, {"Content-Range": f"bytes {first}-{last}/{len(body)}"})

    def _send(self, status, body, headers=()):
        self.send_response(status)
        self.send_header(
            "Content-Type", "text/html" if body[:9] == b"<!DOCTYPE" else "application/zip"
        )
        self.send_header("Content-Length", str(len(body)))
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
            self.server.index.sent += len(body)

    def log_message(self, *_):
        pass


class PackageIndex:
    """files: name -> bytes. ranges: whether range requests are answered. sent: bytes so far."""

    def __init__(self, files: dict[str, bytes], ranges: bool):
        self.files, self.ranges, self.sent, self.requests = files, ranges, 0, []
        self.address = ""


@contextmanager
def serve(files: dict[str, bytes], ranges: bool = True):
    """Serve an index of one package; yields a PackageIndex."""
    index = PackageIndex(files, ranges)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.index = index
        index.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield index
        server.shutdown()
