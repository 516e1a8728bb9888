"""How a worker finds and loads the modules of its function. Beside python_worker.py, which imports it."""

import os
import sys
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)


class FunctionLoader(SourceFileLoader):
    """Takes a cached module for what it is only where it was written after its source: Python itself compares
    whole seconds and sizes, and an edit may change neither."""

    def get_data(self, path):
        if path.endswith(".pyc") and os.stat(path).st_mtime_ns <= os.stat(self.path).st_mtime_ns:
            raise OSError("older than its source")
        return super().get_data(path)


def load_freshly(root):
    """From here on FunctionLoader loads what is found below `root`."""
    make_finder = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (FunctionLoader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def find_in(folder):
        if folder != root and not folder.startswith(root + "/"):
            raise ImportError("not of the function")
        return make_finder(folder)

    sys.path_hooks.insert(0, find_in)


def forget_shadowed(root, preloaded):
    """A preloaded module must not hide the function's own of the same name: that one is first on sys.path."""
    for entry in os.listdir(root):
        name = entry[:-3] if entry.endswith(".py") else entry
        if name not in preloaded:
            continue
        if name == entry and not os.path.exists(os.path.join(root, entry, "__init__.py")):
            continue
        for loaded in list(sys.modules):
            if loaded == name or loaded.startswith(name + "."):
                del sys.modules[loaded]
