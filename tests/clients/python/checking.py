"""What the checks share."""

import traceback
from contextlib import contextmanager

LEGACY, MODERN = "2025-11-25", "2026-07-28"


class Checks:
    """Counts what passes and what fails, and goes on after a failure."""

    def __init__(self):
        self.mode, self.passed, self.failed = "", 0, 0

    @contextmanager
    def __call__(self, name):
        try:
            yield
        except Exception:
            self.failed += 1
            print(f"FAILED {self.mode}: {name}", traceback.format_exc(), sep="\n")
        else:
            self.passed += 1

    def skip(self, name, reason):
        """Something that this client cannot do."""
        print(f"skipped {self.mode}: {name}: {reason}", flush=True)

    @contextmanager
    def fails(self, name, code):
        """Something that must be answered with this JSON-RPC error."""
        with self(name):
            try:
                yield
            except Exception as error:
                found = getattr(getattr(error, "error", None), "code", None)
                if found is None:
                    raise
                equal(found, code)
            else:
                raise AssertionError(f"no error; {code} was expected")


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r}; {wanted!r} was expected")


def wire(result):
    """The result as it was on the wire: there the names are the same in all versions."""
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)
