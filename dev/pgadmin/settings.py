# Settings of pgAdmin's own kind (its config.py explains each); pgAdmin reads this file by CONFIG_DISTRO_FILE_PATH.
import os

DATA_DIR = os.environ['PGADMIN_DATA_DIR']

# One person on one machine: no accounts and no login. Others on the machine are kept out by the key in the address.
SERVER_MODE = False
MASTER_PASSWORD_REQUIRED = False
DEFAULT_SERVER = '127.0.0.1'
# A foreign site whose name is made to point at this machine gets nothing.
ALLOWED_HOSTS = ['127.0.0.1', 'localhost']

# The key ring holds the master key of the pgAdmin that people may have installed for themselves.
USE_OS_SECRET_STORAGE = False

# Servers of this machine that have nothing to do with the mart.
AUTO_DISCOVER_SERVERS = False

# Nothing is sent anywhere.
UPGRADE_CHECK_ENABLED = False
LLM_ENABLED = False
