"""``python -m gicodec`` is ``gsi``."""

import sys

from gicodec.cli.main import main

sys.exit(main())
