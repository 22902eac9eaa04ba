"""Search a tree of files for texts, inside archives, pictures and encodings too."""

import base64
import io
import zipfile
import zlib


def forms(text):
    """Give the bytes that a text may be stored as."""
    plain = text.encode("utf-8")
    found = {plain, text.encode("utf-16-le"), text.encode("latin-1", "replace")}
    # Base64 shifts with what stands before: look for the inner part of all three shifts.
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        found.add(coded[4:-2] if shift else coded[:-2])
    return {one for one in found if len(one) > 3}


def contents(path):
    """Give a file's bytes, those inside it included."""
    data = path.read_bytes()
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode() + b"\n" + archive.read(name)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        for at in range(len(data)):
            if data[at : at + 4] in (b"zTXt", b"iTXt", b"tEXt"):
                yield data[at : at + 4000]
    if data[:2] == b"\x1f\x8b":
        yield zlib.decompress(data, 31)


def find(folder, texts):
    """List where texts stand in a tree, as file and text."""
    wanted = {text: forms(text) for text in texts}
    return sorted(
        (path.relative_to(folder).as_posix(), text)
        for path in folder.rglob("*")
        if path.is_file()
        for data in contents(path)
        for text, codes in wanted.items()
        if any(code in data for code in codes)
    )
