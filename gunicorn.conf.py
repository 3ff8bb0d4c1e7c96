"""How gunicorn serves the application; it reads this file from the folder it is started in."""

from gunicorn.http import message

# An address pasted with ten thousand Chinese characters in it is answered by the application, in
# the reader's language; gunicorn itself would refuse it in English, and takes no more than 8,190.
LONGEST_ADDRESS = 131_072
message.MAX_REQUEST_LINE = LONGEST_ADDRESS
limit_request_line = LONGEST_ADDRESS
