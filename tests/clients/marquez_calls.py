"""Calls methods of marquez-python: `marquez_calls.py URL`, with a JSON list of `[METHOD, ARGUMENT...]` as input.

Prints each answer as JSON, one a line; `{"error": NAME}` where the client raised an error of its own.
"""

import json
import sys
import warnings

from marquez_client import MarquezClient
from marquez_client.errors import MarquezError
from marquez_client.models import DatasetId, DatasetType, JobType

# What its methods want as objects of its own, by the number of the argument.
CONVERT = {
    "create_dataset": {2: DatasetType},
    "create_job": {2: JobType, 4: lambda ids: [DatasetId(*one) for one in ids],
                   5: lambda ids: [DatasetId(*one) for one in ids]},
}


def main(url):
    warnings.simplefilter("ignore")  # Most of what it writes with is deprecated.
    client = MarquezClient(url=url)
    for name, *arguments in json.load(sys.stdin):
        for number, convert in CONVERT.get(name, {}).items():
            arguments[number] = convert(arguments[number])
        try:
            answer = getattr(client, name)(*arguments)
        except MarquezError as error:
            answer = {"error": type(error).__name__}
        print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
