"""Reads lists with the client of openapi-generator. Prints each operation and its number of rows."""

import re
import sys

import openapi_client

host, *operations = sys.argv[1:]
api = openapi_client.AggregatesApi(openapi_client.ApiClient(openapi_client.Configuration(host=host)))
for operation in operations:
    method = getattr(api, re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower())
    print(operation, len(method().data))
