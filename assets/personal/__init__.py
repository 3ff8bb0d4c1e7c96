"""People's own values: who may see them and why, finding and erasing them, how long they are kept.

A person is reached through a record that names them and that the viewer sees; whoever is named by no
such record is not found, as somebody who does not exist.
"""
