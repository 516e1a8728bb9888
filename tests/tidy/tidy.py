#!/usr/bin/env python3
"""The structure of the tree as a test: layers, sizes, owners of headers and calls, words.

    python3 tests/tidy/tidy.py [ROOT]        exit 0: all rules hold; 1: each broken rule in a line

Rules stand in layers.txt, headers.txt, calls.txt and words.txt; exceptions, each with a reason, in
allowed.txt.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILE_LIMIT, FUNCTION_LIMIT, COLUMN_LIMIT = 500, 70, 110
TOP_LEVEL = {
    "CMakeLists.txt",
    "README.md",
    "CMakePresets.json",
    "src",
    "services",
    "emulator",
    "tests",
    "fixtures",
    "docker",
    "scripts",
}


def rules(name):
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


class Tidy:
    def __init__(self, root):
        self.root = root
        self.broken = []
        self.used = set()
        self.allowed = {}
        for line in rules("allowed.txt"):
            rule, path, reason = line.split(None, 2)
            self.allowed[rule, path] = reason

    def report(self, rule, path, message, line=0):
        if (rule, str(path)) in self.allowed:
            self.used.add((rule, str(path)))
            return
        self.broken.append(f"{path}{':' + str(line) if line else ''}: {rule}: {message}")

    def files(self):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        return [Path(name) for name in listed if (self.root / name).is_file()]

    def run(self):
        files = self.files()
        for name in sorted({path.parts[0] for path in files}):
            if name not in TOP_LEVEL and not name.startswith("."):
                self.report("top", name, "nothing else stands at the top level")
        layers = dict(line.split(":", 1) for line in rules("layers.txt"))
        layers = {folder: may.split() for folder, may in layers.items()}
        owned_headers = [
            (re.compile(line.split()[0] + "$"), line.split()[1:]) for line in rules("headers.txt")
        ]
        calls = [re.split(r"\s{2,}", line.strip()) for line in rules("calls.txt")]
        calls = [(re.compile(pattern), owners.split()) for pattern, owners in calls]
        words = [re.compile(line.strip()) for line in rules("words.txt")]
        code_folders = set()
        for path in files:
            if path.suffix not in (".cc", ".h", ".py", ".js", ".mjs", ".sh", ".cmake", ".sql"):
                continue
            text = (self.root / path).read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()
            if path.suffix in (".cc", ".h"):
                code_folders.add(path.parent)
                self.check_includes(path, lines, layers, owned_headers)
                self.check_calls(path, lines, calls)
                self.check_functions(path, lines)
            self.check_size(path, lines)
            if path.parts[:2] != ("tests", "tidy"):
                self.check_words(path, lines, words)
        for folder in sorted(code_folders):
            self.check_readme(folder)
        for key in sorted(set(self.allowed) - self.used):
            self.broken.append(
                f"tests/tidy/allowed.txt: {key[0]} {key[1]}: nothing is broken there; take the line out"
            )
        return self.broken

    # --- layers ---

    @staticmethod
    def layer_of(path, layers):
        parts = path.parts
        for depth in range(len(parts), 0, -1):
            name = "/".join(parts[:depth])
            if name in layers:
                return name
        if parts[0] == "services" and len(parts) > 2:
            return "/".join(parts[:2])
        return None

    def check_includes(self, path, lines, layers, owned_headers):
        layer = self.layer_of(path, layers)
        if path.parts[0] == "fixtures":
            return
        may = layers.get(layer, layers["services/*"] if layer and layer.startswith("services/") else [])
        for number, line in enumerate(lines, 1):
            match = re.match(r'#include ([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            header = match.group(2)
            if match.group(1) == '"':
                self.check_own(path, number, header, layer, may, layers)
            elif path.parts[0] != "tests":
                for pattern, places in owned_headers:
                    if pattern.match(header) and not any(str(path).startswith(place) for place in places):
                        self.report("header", path, f"<{header}> belongs to {' '.join(places)}", number)

    def check_own(self, path, number, header, layer, may, layers):
        target = Path(header)
        generated = target.parts[0] == "services" and len(target.parts) > 2 and target.parts[2] == "model"
        if generated and layer and layer.split("/")[0] in ("services", "emulator", "tests"):
            return
        if header.startswith("tests/") and path.parts[0] == "tests":
            return
        other = self.layer_of(target, layers)
        if (
            other is None
            or other == layer
            or (other.startswith(f"{layer}/") and layer.startswith("src/") and other not in layers)
        ):
            return
        allowed = other in may or (other.startswith("services/") and "services/*" in may)
        if not allowed:
            self.report("layer", path, f'{layer} may not include "{header}"', number)

    # --- files ---

    def check_calls(self, path, lines, calls):
        if path.parts[0] in ("tests", "fixtures"):
            return
        for number, line in enumerate(lines, 1):
            code = line.split("//")[0]
            for pattern, owners in calls:
                if pattern.search(code) and not any(str(path).startswith(owner) for owner in owners):
                    self.report("call", path, f"'{line.strip()}' belongs to {' '.join(owners)}", number)

    def check_functions(self, path, lines):
        """As clang-format writes functions: a body's closing brace stands in its opening line's column."""
        start = re.compile(
            r"^(\s*)(?!namespace|struct|class|enum|union|extern|else|switch\b|if\b|for\b|while\b|do\b|try|"
            r"return|case|default|constexpr \w+ \w+\[)[^=]*\)[^;=]*\{$|^TEST_CASE\(.*\{$"
        )
        at = 0
        while at < len(lines):
            match = start.match(lines[at])
            if not match or "//" in lines[at].split('"')[0]:
                at += 1
                continue
            indent = len(lines[at]) - len(lines[at].lstrip())
            # A parameter list over several lines starts further to the right than the body ends.
            end = at + 1
            while end < len(lines):
                stripped = lines[end].lstrip()
                depth = len(lines[end]) - len(stripped)
                if stripped.startswith("}") and depth <= indent:
                    break
                end += 1
            length = end - at + 1
            if length > FUNCTION_LIMIT:
                self.report("function", path, f"{length} lines, more than {FUNCTION_LIMIT}", at + 1)
            at += 1

    def check_size(self, path, lines):
        if len(lines) > FILE_LIMIT:
            self.report("file", path, f"{len(lines)} lines, more than {FILE_LIMIT}")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMN_LIMIT and "http" not in line:
                self.report("column", path, f"{len(line)} columns, more than {COLUMN_LIMIT}", number)

    def check_words(self, path, lines, words):
        for number, line in enumerate(lines, 1):
            for word in words:
                found = word.search(line)
                if found:
                    self.report("word", path, f"'{found.group(0)}'", number)

    def check_readme(self, folder):
        """A folder with code has a README.md, or a folder above it below the top explains it."""
        for candidate in (folder, *folder.parents):
            if len(candidate.parts) < 2 and str(candidate) not in ("emulator",):
                break
            if (self.root / candidate / "README.md").is_file():
                return
        self.report("readme", folder, "no README.md says what this folder is")


def main():
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE.parents[1]
    broken = Tidy(root).run()
    for line in broken:
        print(line)
    print(f"tidy: {len(broken)} rules broken" if broken else "tidy: all rules hold")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
