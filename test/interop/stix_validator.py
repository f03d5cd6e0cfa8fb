"""Judges STIX bundles: stix2-validator in strict mode, then python-stix2.

Standard input: a JSON list of bundles. Standard output: a JSON list as long, of lists of what is wrong with each.
`--check` only says whether both libraries are here, with the schemas that some releases of the validator lack.
"""

import io
import json
import logging
import os
import sys
from contextlib import redirect_stdout

logging.disable(logging.CRITICAL)


def wrong_with(bundle):
    import stix2
    from stix2validator import ValidationOptions, validate_instance

    errors = []
    result = validate_instance(bundle, ValidationOptions(version="2.1", strict=True))
    results = result if isinstance(result, list) else [result]
    for each in results:
        objects = getattr(each, "object_results", None) or [each]
        errors += [str(error) for one in objects for error in (one.errors or [])]
    try:
        parsed = stix2.parse(bundle, version="2.1")
    except (ValueError, stix2.exceptions.STIXError) as error:
        return errors + [str(error)]
    for came, read in zip(bundle["objects"], parsed["objects"]):
        if isinstance(read, stix2.v21.base._Observable):
            content = {name: value for name, value in came.items() if name != "id"}
            made = stix2.parse_observable(content, version="2.1")["id"]
            if made != came["id"]:
                errors.append(f"{came['id']}: python-stix2 gives it {made}")
    return errors


def main():
    import stix2  # noqa: F401
    import stix2validator

    schemas = os.path.join(os.path.dirname(stix2validator.__file__), "schemas-2.1")
    if not os.path.isdir(schemas):
        sys.exit(f"no {schemas}")
    if "--check" in sys.argv:
        return
    bundles = json.load(sys.stdin)
    with redirect_stdout(io.StringIO()):
        verdicts = [wrong_with(bundle) for bundle in bundles]
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
