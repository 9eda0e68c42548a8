"""What schemathesis cannot know: who asks, and what the formats of the document stand for."""

import itertools

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core import NOT_SET

LETTERS = st.text("abcxyzéß가나다漢字0129_-", min_size=1, max_size=12).filter(lambda name: name[0] not in "_-")
WORDS = st.lists(LETTERS, min_size=1, max_size=5).map(" ".join)
SPANS = st.tuples(st.integers(1, 23), st.sampled_from("smh")).map(lambda span: f"{span[0]}{span[1]}")

schemathesis.openapi.format("nick", LETTERS)
schemathesis.openapi.format("room", LETTERS | st.tuples(LETTERS, LETTERS).map("/".join))
schemathesis.openapi.format("line", WORDS)
schemathesis.openapi.format("search", WORDS | LETTERS.map(lambda word: f'"{word}" -not {word}*'))
schemathesis.openapi.format("moment", SPANS | st.just("2026-11-21T06:30:05Z"))
schemathesis.openapi.format("span", SPANS | st.just("off"))

NICKS = (f"visitor{number}" for number in itertools.count())
NEED_TOKEN = ("DELETE /api/sessions", "POST /api/rooms/{room}/messages")


# Anew for each request, since one of the requests ends what it is asked with.
@schemathesis.auth(refresh_interval=None)
class Session:
    strangers = itertools.cycle((False, True))

    def get(self, case, context):
        if case.operation.label not in NEED_TOKEN and next(self.strangers):
            return None
        url = f"{case.operation.base_url}/api/sessions"
        answer = requests.post(url, json={"nick": next(NICKS)}, timeout=10)
        answer.raise_for_status()
        return answer.json()["token"]

    def set(self, case, token, context):
        if token:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


# A body where the method has none is refused before anybody looks at the address.
@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method.upper() in ("GET", "HEAD", "DELETE", "OPTIONS"):
        case.body = NOT_SET
