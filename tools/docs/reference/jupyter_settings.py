"""Prints the settings of the server extension, with what their help texts say, as JSON."""

import json
import re

from jupyterlab_pachyderm.settings import MountServerSettings
from traitlets import Enum

settings = []
for name, trait in MountServerSettings.class_own_traits(config=True).items():
    text, variable, default = re.fullmatch(r"(.*?)\s*Environment: (\w+)\.\s*Default: (.*)\.", trait.help, re.DOTALL).groups()
    settings.append({"name": name, "variable": variable, "default": default, "text": text, "values": trait.values if isinstance(trait, Enum) else []})
print(json.dumps(settings))
