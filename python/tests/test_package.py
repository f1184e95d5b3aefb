# SPDX-License-Identifier: Apache-2.0
"""The package itself: version, types, names, documentation."""

import ast
import inspect
import pathlib
import re
import typing

import joulecast as jc
from joulecast import _core

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = pathlib.Path(jc.__file__).parent
SPECIAL = {"__init__", "__len__", "__getitem__", "__iter__", "__contains__"}


def test_the_version_is_cmakes():
    text = (ROOT / "CMakeLists.txt").read_text()
    assert jc.__version__ == re.search(r"project\(joulecast VERSION ([\d.]+)", text)[1]


def test_type_checkers_find_the_types():
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "_core.pyi").exists()


def members(names):
    return {name for name in names
            if name in SPECIAL or not name.startswith(("__", "_pybind11_"))}


def parameters(doc):
    """Names of the parameters of a function of pybind11, by its signature in the docstring."""
    inside = re.match(r"\w+\((.*)\) -> ", doc)[1]
    return [name for name in re.findall(r"(?:^|, )(\w+): ", inside) if name != "self"]


def test_the_stub_says_what_the_module_has():
    stub = ast.parse((PACKAGE / "_core.pyi").read_text())
    names = set()
    for item in stub.body:
        if isinstance(item, ast.AnnAssign):
            names.add(item.target.id)
        elif isinstance(item, ast.ClassDef):
            names.add(item.name)
            check_class(getattr(_core, item.name), item)
        elif isinstance(item, ast.FunctionDef):
            names.add(item.name)
            written = [argument.arg for argument in item.args.args]
            assert written == parameters(getattr(_core, item.name).__doc__), item.name
    assert names == {name for name in vars(_core) if not name.startswith("_")}


def check_class(real, stub):
    written = {}
    for item in stub.body:
        written.setdefault(item.name, item)
    own = members(vars(real))
    if "__init__" not in written:  # Python cannot make one
        own.discard("__init__")
    assert members(written) == own, real
    for name, item in written.items():
        is_property = any(getattr(each, "id", "") == "property" for each in item.decorator_list)
        assert is_property == isinstance(vars(real)[name], property), f"{real}.{name}"
        if not is_property and name not in SPECIAL:
            names = [argument.arg for argument in item.args.args[1:]]
            assert names == parameters(vars(real)[name].__doc__), f"{real}.{name}"


def public():
    for name in jc.__all__:
        yield name, getattr(jc, name)


def test_every_public_name_is_documented():
    for name, item in public():
        assert item.__doc__, name
        if not inspect.isclass(item):
            continue
        for member, value in vars(item).items():
            if member.startswith("_") or isinstance(value, (str, int)):
                continue
            if isinstance(value, property) or callable(value):
                # The first line of pybind11's own is a signature.
                text = re.sub(r"^\w+\(.*\) -> .*\n*", "", value.__doc__ or "")
                assert text.strip(), f"{name}.{member}"


def test_public_names_are_those_of_the_package():
    for name, item in public():
        if inspect.isclass(item):
            assert item.__module__ == "joulecast", name
    assert sorted(jc.__all__) == jc.__all__


def test_every_function_has_its_types():
    for name, item in public():
        if not inspect.isfunction(item):
            continue
        hints = typing.get_type_hints(item)
        assert "return" in hints, name
        for parameter in inspect.signature(item).parameters:
            assert parameter in hints, f"{name}: {parameter}"
