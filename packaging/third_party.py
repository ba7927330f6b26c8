#!/usr/bin/env python3
"""Prints the licenses of everything that is linked into the program: name, version, SPDX expression and the texts that come
with each crate, a text once for all crates that share it. Reads `cargo metadata`; asks no registry."""

import collections
import hashlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = ("license", "licence", "copying", "copyright", "notice", "unlicense")


def metadata():
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    host = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)


def linked(data):
    """Packages that the program is built from: normal dependencies, all the way; none of tests or of builds."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    packages = {package["id"]: package for package in data["packages"]}
    todo = [name for name, package in packages.items() if package["name"] == "rihla" and package["source"] is None]
    seen = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for dep in nodes[name]["deps"]:
            if any(kind["kind"] is None for kind in dep["dep_kinds"]):
                todo.append(dep["pkg"])
    found = [packages[name] for name in seen if packages[name]["source"] is not None]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.lower().startswith(NAMES) and path.suffix in ("", ".txt", ".md", ".MIT", ".APACHE"):
            yield path.read_text(encoding="utf-8", errors="replace").strip()


def main():
    packages = linked(metadata())
    shared = collections.OrderedDict()
    print(f"Rihla contains code of {len(packages)} other crates.\n")
    for package in packages:
        terms = package["license"] or f"see {package['license_file']}"
        print(f"{package['name']} {package['version']}: {terms}")
        for text in texts(package):
            shared.setdefault(hashlib.sha256(text.encode()).digest(), (text, []))[1].append(package["name"])
    for text, names in shared.values():
        print("\n" + "=" * 80 + "\n" + ", ".join(sorted(set(names))) + "\n" + "-" * 80 + "\n" + text)
    return 0 if packages else 1


if __name__ == "__main__":
    sys.exit(main())
