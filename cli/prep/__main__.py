"""`python -m prep` is `prep`."""

import sys

from prep.app import main

sys.exit(main())
