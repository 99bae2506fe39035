"""Sets Django up. Import it before models, in a process that a benchmark has started."""

import django

django.setup()
