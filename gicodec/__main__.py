"""Run ``gsi`` as ``python -m gicodec``."""

import sys

from gicodec.cli.main import main

sys.exit(main())
