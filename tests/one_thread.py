"""Linear algebra with one thread in every process of the tests, which share their cores with each other anyway.

Two processes with two threads each on two cores wait for one another by spinning: a training of 60 pictures then takes
four times as much of the processor. Has to come before numpy; processes that tests start inherit it.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
