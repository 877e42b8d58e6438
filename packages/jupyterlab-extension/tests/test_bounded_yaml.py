"""Specifications in notebooks, which may come from anybody, are bounded before they are read."""

import pytest
import yaml

from jupyterlab_pachyderm.bounded_yaml import read_yaml


def test_a_specification_is_read():
    assert read_yaml("cross:\n- pfs: &a {repo: a, glob: /}\n- pfs: *a\n") == {"cross": [{"pfs": {"repo": "a", "glob": "/"}}] * 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 60_000, "nests deeper"),
        ("- " * 30_000, "nests deeper"),
        ("{a: " * 15_000, "nests deeper"),
        ("a: &a [b]\nc: [" + "*a, " * 21 + "]", "aliases"),
        ("a" * 70_000, "longer than 64 KiB"),
        ('"' + '\\"' * 30_000, "quoted scalar"),
    ],
)
def test_one_that_is_made_to_exhaust_the_parser_is_refused(text, reason):
    with pytest.raises(yaml.YAMLError, match=reason):
        read_yaml(text)
