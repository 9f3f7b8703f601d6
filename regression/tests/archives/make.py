#!/usr/bin/env python3
"""Writes the archives of `read` and `refused` with the tools of this machine, and their versions to `TOOLS.md`.

Every archive in `read` holds the same package, `profiling`, in the style of one tool; styles of macOS and
Windows are written field by field. Run it here, with zip, 7zz, bsdtar, GNU tar and git on the path.
"""

import io
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = {
    "profiling/Cargo.toml": b'[package]\nname = "profiling"\n',
    "profiling/src/lib.rs": b"pub mod ops;\npub mod timer;\n",
    "profiling/src/ops/mod.rs": b"pub fn one() -> u32 {\n    1\n}\n",
    # Long enough that a packer compresses it.
    "profiling/src/timer.rs": b"".join(b"pub fn timer_%d() -> u32 {\n    %d\n}\n" % (n, n) for n in range(40)),
}
LITTER = {"__MACOSX/profiling/._src": b"\0\5\x16\7", "profiling/.DS_Store": b"\0\0\0\1Bud1"}
WHEN = (2026, 11, 1, 12, 0, 0)
MADE = []


def at(name, kind="read"):
    path = os.path.join(HERE, kind, name)
    if os.path.exists(path):
        os.remove(path)
    MADE.append(f"{kind}/{name}")
    return path


def run(*command, **more):
    subprocess.run(command, check=True, stdout=more.pop("stdout", subprocess.DEVNULL), **more)


def folder(where, files=FILES):
    for name, content in files.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)


def info(name, system=3, mode=0o100644):
    entry = zipfile.ZipInfo("x", WHEN)
    entry.filename = name
    entry.create_system = system
    entry.external_attr = (mode << 16) if system == 3 else (0x10 if name[-1] in "/\\" else 0x20)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def python(work):
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(at(f"python-zipfile-{name}.zip"), "w", method) as out:
            for file, content in FILES.items():
                out.writestr(zipfile.ZipInfo(file, WHEN), content, method)
    with zipfile.ZipFile(at("python-zipfile-repeated.zip"), "w") as out:
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            for file, content in FILES.items():
                out.writestr(zipfile.ZipInfo(file, WHEN), content, method)
    for kind, ending in (("zip", ".zip"), ("tar", ".tar"), ("gztar", ".tar.gz")):
        path = at(f"python-make_archive{ending}")
        shutil.make_archive(path[: -len(ending)], kind, work, "profiling")
    for name, style in (
        ("ustar", tarfile.USTAR_FORMAT),
        ("gnu", tarfile.GNU_FORMAT),
        ("pax", tarfile.PAX_FORMAT),
    ):
        with tarfile.open(at(f"python-tarfile-{name}.tar.gz"), "w:gz", format=style) as out:
            out.add(os.path.join(work, "profiling"), "profiling")


def info_zip(work):
    for name, options in (
        ("default", []),
        ("best", ["-9"]),
        ("stored", ["-0"]),
        ("without-folders", ["-D"]),
        ("without-attributes", ["-X"]),
        ("zip64", ["-fz"]),
    ):
        run("zip", "-q", "-r", *options, at(f"info-zip-{name}.zip"), "profiling", cwd=work)
    with open(at("info-zip-streamed.zip"), "wb") as out:
        run("zip", "-q", "-r", "-", "profiling", cwd=work, stdout=out)
    run("zip", "-q", "-r", "-P", "secret", at("info-zip-password.zip", "refused"), "profiling", cwd=work)


def seven_zip(work):
    for name, options in (("default", []), ("best", ["-mx9"]), ("utf8", ["-mcu=on"])):
        run("7zz", "a", "-tzip", *options, at(f"7zip-{name}.zip"), "profiling", cwd=work)
    run("7zz", "a", "-ttar", at("7zip.tar"), "profiling", cwd=work)
    run("7zz", "a", "-tgzip", at("7zip.tar.gz"), os.path.join(HERE, "read", "7zip.tar"), cwd=work)
    run("7zz", "a", "-t7z", at("7zip.7z", "refused"), "profiling", cwd=work)
    run("7zz", "a", "-tzip", "-mm=LZMA", at("7zip-lzma.zip", "refused"), "profiling", cwd=work)
    run("7zz", "a", "-tzip", "-mm=Deflate64", at("7zip-deflate64.zip", "refused"), "profiling", cwd=work)


def bsdtar(work):
    for style in ("ustar", "pax", "gnutar", "v7"):
        run("bsdtar", "-czf", at(f"bsdtar-{style}.tgz"), "--format", style, "profiling", cwd=work)
    run("bsdtar", "-cf", at("bsdtar.zip"), "--format", "zip", "profiling", cwd=work)
    run("bsdtar", "-cJf", at("bsdtar.tar.xz", "refused"), "profiling", cwd=work)


def gnu_tar(work):
    for style in ("gnu", "oldgnu", "pax", "ustar", "v7"):
        run("tar", "-czf", at(f"gnu-tar-{style}.tar.gz"), f"--format={style}", "profiling", cwd=work)
    run("tar", "-czf", at("gnu-tar-dot.tar.gz"), "./profiling", cwd=work)
    run("tar", "-cf", at("gnu-tar.tar"), "profiling", cwd=work)
    run("tar", "-cjf", at("gnu-tar.tar.bz2", "refused"), "profiling", cwd=work)
    # A second name for a file of the archive, as `cp -al` and some editors leave it.
    linked = os.path.join(work, "linked")
    folder(linked)
    os.remove(os.path.join(linked, "profiling/src/timer.rs"))
    os.makedirs(os.path.join(linked, "a"))
    with open(os.path.join(linked, "a/timer.txt"), "wb") as file:
        file.write(FILES["profiling/src/timer.rs"])
    kept = os.path.join(linked, "profiling/src/.timer.rs.orig")
    for target in (kept, os.path.join(linked, "profiling/src/timer.rs")):
        os.link(os.path.join(linked, "a/timer.txt"), target)
    names = ["profiling/src/timer.rs", "profiling"]
    run("tar", "-czf", at("gnu-tar-hard-links.tar.gz"), *names, cwd=linked)
    # Two compressed halves, as parallel compressors write them.
    with open(os.path.join(HERE, "read", "gnu-tar.tar"), "rb") as file:
        plain = file.read()
    with open(at("gzip-concatenated.tar.gz"), "wb") as out:
        for half in (plain[:3000], plain[3000:]):
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            out.write(packer.compress(half) + packer.flush())
    with open(at("gzip-of-one-file.gz", "refused"), "wb") as out:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        out.write(packer.compress(FILES["profiling/src/lib.rs"] * 40) + packer.flush())


def git(work):
    copy = os.path.join(work, "clone")
    folder(copy)
    env = dict(os.environ, GIT_AUTHOR_DATE="2026-11-01T12:00:00Z", GIT_COMMITTER_DATE="2026-11-01T12:00:00Z")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.edu"]
    run("git", "init", "-q", cwd=copy)
    run("git", "add", ".", cwd=copy)
    run("git", *identity, "commit", "-q", "-m", "hand in", cwd=copy, env=env)
    for ending in ("zip", "tar.gz"):
        run("git", "archive", "-o", at(f"git-archive.{ending}"), "HEAD", cwd=copy)


def described(entries):
    """A zip whose sizes stand behind the data, as macOS writes it: (name, content, mode)."""
    out, directory = b"", b""
    for name, content, mode in entries:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = packer.compress(content) + packer.flush() if content else b""
        method = 8 if content else 0
        sizes = struct.pack("<III", zlib.crc32(content), len(data), len(content))
        common = struct.pack("<HHHHH", 20, 8 if content else 0, method, 0x6000, 0x5D61)
        raw = unicodedata.normalize("NFD", name).encode()
        offset = len(out)
        header = sizes if not content else b"\0" * 12
        out += b"PK\3\4" + common + header + struct.pack("<HH", len(raw), 0) + raw + data
        if content:
            out += b"PK\7\x08" + sizes
        directory += b"PK\1\2" + struct.pack("<H", 0x0315) + common + sizes
        directory += struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, mode << 16, offset) + raw
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(out), 0)
    return out + directory + b"PK\5\6" + end


def macos():
    files = [("profiling/", b"", 0o040755), ("profiling/src/", b"", 0o040755)]
    files += [(name, content, 0o100644) for name, content in {**FILES, **LITTER}.items()]
    with open(at("macos-archive-utility.zip"), "wb") as out:
        out.write(described(files))
    wrapped = [("L\u00f6sung/" + name, content, mode) for name, content, mode in files]
    with open(at("macos-accented-folder.zip"), "wb") as out:
        out.write(described(wrapped[2:6]))
    with tarfile.open(at("macos-bsdtar-apple-double.tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as out:
        for name, content in FILES.items():
            head, tail = os.path.split(name)
            for path, body in ((f"{head}/._{tail}", b"\0\5\x16\7"), (name, content)):
                entry = tarfile.TarInfo(path)
                entry.size = len(body)
                entry.pax_headers = {"LIBARCHIVE.xattr.com.apple.quarantine": "MDA4MQ"}
                out.addfile(entry, io.BytesIO(body))


def windows():
    def write(name, files, system=0, separator="/"):
        with zipfile.ZipFile(at(name), "w", zipfile.ZIP_DEFLATED) as out:
            for file, content in files.items():
                out.writestr(info(file.replace("/", separator), system), content)

    folders = {"profiling/": b"", "profiling/src/": b"", "profiling/src/ops/": b""}
    write("windows-explorer.zip", {**folders, **FILES})
    write("windows-powershell-5.zip", FILES, separator="\\")
    write("windows-net-framework.zip", {**folders, **FILES}, separator="\\")
    write("windows-ntfs-host.zip", FILES, system=10, separator="\\")
    write("windows-java-without-a-host.zip", FILES, system=3, separator="\\")
    write("windows-thumbs.zip", {**FILES, "profiling/Thumbs.db": b"\xd0\xcf", "profiling/src/desktop.ini": b"[x]"})
    # A folder with a letter of the DOS code page, as Explorer writes it where that page is set.
    with open(at("windows-code-page-437.zip"), "wb") as out:
        path = os.path.join(HERE, "read", "windows-powershell-5.zip")
        wide = {f"Loes_ng/{name}": content for name, content in FILES.items()}
        write("windows-powershell-5.zip", wide)
        with open(path, "rb") as file:
            out.write(file.read().replace(b"Loes_ng", b"L\x94es_ng"))
        write("windows-powershell-5.zip", FILES, separator="\\")


def version(*command):
    text = subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()
    return text[0].split(" : ")[0]


def main():
    for kind in ("read", "refused"):
        shutil.rmtree(os.path.join(HERE, kind), ignore_errors=True)
        os.makedirs(os.path.join(HERE, kind))
    with tempfile.TemporaryDirectory() as work:
        folder(work)
        for write in (python, info_zip, seven_zip, bsdtar, gnu_tar, git):
            write(work)
    macos()
    windows()
    tools = {
        "Python": "zipfile, tarfile and shutil of Python " + sys.version.split()[0],
        "Info-ZIP": "Zip 3.0",
        "7-Zip": version("7zz"),
        "libarchive": version("bsdtar", "--version"),
        "GNU tar": version("tar", "--version"),
        "git": version("git", "--version"),
    }
    made = sorted(set(MADE))
    with open(os.path.join(HERE, "TOOLS.md"), "w") as out:
        out.write("# Archives by real tools\n\nWritten by `make.py`; read by `regression/tests/archives_of_tools.rs`.\n\n")
        out.writelines(f"- {name}: {what}\n" for name, what in tools.items())
        out.write("- macOS and Windows styles: written field by field\n\n")
        read = sum(path.startswith("read/") for path in made)
        out.write(f"{read} archives are read, {len(made) - read} are refused with the way out.\n")


main()
