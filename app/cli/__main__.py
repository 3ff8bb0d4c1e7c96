"""``python -m app.cli``: the console command where no script is installed."""

from app.cli import main

main()
