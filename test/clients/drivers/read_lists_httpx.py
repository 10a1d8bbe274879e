"""Reads lists with the client of openapi-python-client. Prints each operation and its number of rows."""

import re
import sys
from importlib import import_module

from python_client import Client

host, *operations = sys.argv[1:]
client = Client(base_url=host)
for operation in operations:
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower()
    module = import_module(f"python_client.api.aggregates.{name}")
    print(operation, len(module.sync(client=client).data))
