# pgAdmin's settings (its config.py explains each); pgAdmin reads this file through CONFIG_DISTRO_FILE_PATH.
import os

DATA_DIR = os.environ['PGADMIN_DATA_DIR']

# One person on one machine: no accounts and no login. The key in the address keeps out other users of the machine.
SERVER_MODE = False
MASTER_PASSWORD_REQUIRED = False
DEFAULT_SERVER = '127.0.0.1'
# Rejects foreign host names that point at this machine (DNS rebinding).
ALLOWED_HOSTS = ['127.0.0.1', 'localhost']

# The key ring holds the master key of the user's own pgAdmin.
USE_OS_SECRET_STORAGE = False

# Do not list other servers of this machine.
AUTO_DISCOVER_SERVERS = False

# Send nothing to the outside.
UPGRADE_CHECK_ENABLED = False
LLM_ENABLED = False
