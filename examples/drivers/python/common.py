"""What both programs need: the HTTP status of an error, and one line of output for each step."""
import traceback

STATUS = {
    "22004": 401,                                                               # no owner: nobody is logged in
    "42501": 403,
    "P0002": 404,
    "P0003": 409, "TO409": 409, "23503": 409, "23505": 409, "23P01": 409,
    "22023": 422, "22P02": 422, "22000": 422, "22003": 422, "22007": 422, "22008": 422, "23514": 422,
    "40001": 503, "40P01": 503, "55P03": 503, "57014": 503,                     # try again
}


def http_status(sqlstate):
    """What a web application answers when a call raises this SQLSTATE."""
    return STATUS.get(sqlstate, 500)


class Steps:
    """Use as `with steps("create"):` around what is to succeed."""

    def __init__(self):
        self.count = self.failed = 0

    def __call__(self, name):
        self.name = name
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.count += 1
        self.failed += error is not None
        print(f"{'not ok' if error else 'ok'} {self.count} - {self.name}", flush=True)
        if error:
            print("# " + "".join(traceback.format_exception(kind, error, trace)).replace("\n", "\n# "))
        return isinstance(error, Exception)

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
