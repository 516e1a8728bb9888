"""The tidy test itself can fail: each rule is broken once in a tree of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

TIDY = Path(__file__).with_name("tidy.py")


def broken_rules(tmp_path, name, text):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    (file.parent / "README.md").write_text("what it is\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(TIDY), str(tmp_path)], capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize(
    "name, text, expected",
    [
        (
            "src/base/a.cc",
            '#include "src/http/server.h"\n',
            'layer: src/base may not include "src/http/server.h"',
        ),
        ("src/http/a.cc", '#include "src/store/database.h"\n', "layer: src/http may not include"),
        (
            "services/s3/a.cc",
            '#include "services/lambda/service.h"\n',
            "layer: services/s3 may not include",
        ),
        ("src/events/a.cc", "#include <sqlite3.h>\n", "header: <sqlite3.h> belongs to src/store/sqlite/"),
        ("services/s3/a.cc", "auto now = std::chrono::system_clock::now();\n", "call: "),
        ("services/s3/a.cc", 'auto* home = getenv("HOME");\n', "call: "),
        ("src/base/a.cc", "int x;\n" * 501, "file: 501 lines, more than 500"),
        ("src/base/a.cc", "void f() {\n" + "    g();\n" * 70 + "}\n", "function: 72 lines, more than 70"),
        ("src/base/a.cc", "// " + "x" * 108 + "\n", "column: 111 columns, more than 110"),
        ("src/base/a.cc", "// TODO later\n", "word: 'TODO'"),
        ("src/base/a.cc", "class TableManager;\n", "word: 'TableManager'"),
    ],
)
def test_a_broken_rule_is_found(tmp_path, name, text, expected):
    code, output = broken_rules(tmp_path, name, text)
    assert code == 1
    assert expected in output


@pytest.mark.parametrize(
    "name, text",
    [
        (
            "services/s3/a.cc",
            '#include "services/lambda/model/invoke.h"\n#include "src/gateway/service.h"\n',
        ),
        ("src/http/a.cc", "#include <boost/beast/core.hpp>\n"),
        ("src/base/a.cc", "void f() {\n" + "    g();\n" * 68 + "}\n"),
    ],
)
def test_what_the_rules_allow_passes(tmp_path, name, text):
    code, output = broken_rules(tmp_path, name, text)
    assert (code, output) == (0, "tidy: all rules hold\n")


def test_the_project_itself_is_tidy():
    run = subprocess.run([sys.executable, str(TIDY)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
