"""The script that spark-submit runs. The job is in messages_spark."""

import sys

from messages_spark.job import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
