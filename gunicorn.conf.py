"""How gunicorn serves the application; it reads this file from the folder it is started in."""

from gunicorn.arbiter import Arbiter
from gunicorn.http import message

# An address pasted with ten thousand Chinese characters in it is answered by the application, in
# the reader's language; gunicorn itself would refuse it in English, and takes no more than 8,190.
LONGEST_ADDRESS = 131_072
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS


def when_ready(server: Arbiter) -> None:
    """Before any request is answered: no known passwords on an address that others reach."""
    from app.config import Settings
    from app.demonstration import DemonstrationInPublic, refuse_in_public

    names = [listener.sock.getsockname() for listener in server.LISTENERS]
    listening = [str(name[0]) if isinstance(name, tuple) else f"unix:{name}" for name in names]
    try:
        refuse_in_public(listening, Settings.from_environment())
    except DemonstrationInPublic as refusal:
        server.log.error(str(refusal))
        raise SystemExit(3) from None
