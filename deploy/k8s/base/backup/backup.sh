#!/usr/bin/env bash
# Backs up the rows of the mart: a COPY of each table, all in one snapshot, to BACKUP_DIR/<UTC time>/. The schema is left out,
# as mart-init creates it, and so is spark_writes: without it Spark repeats some writes, which changes nothing.
#
# The manifest is written last and marks the backup as complete; a bucket could not rename the folder atomically. Needs psql, the
# PG* variables and a user who may read the tables.
#
# A backup with over a tenth fewer rows than the one before, for example of a mart that is half restored, is set aside: its manifest is
# called manifest.fewer-rows, it is restored only by name, it never pushes out another one, and the exit code is 3.
#   BACKUP_DIR                (default /backups)
#   BACKUP_KEEP               how many complete backups to keep (default 7)
#   BACKUP_ACCEPT_FEWER_ROWS  true: rows were removed on purpose, do not set this backup aside
set -euo pipefail
shopt -s nullglob inherit_errexit

backups=${BACKUP_DIR:-/backups}
keep=${BACKUP_KEEP:-7}
[[ $keep =~ ^[1-9][0-9]{0,3}$ ]] || { echo "BACKUP_KEEP is '$keep', not a number from 1 to 9999" >&2; exit 1; }
tables=(messages quarantined_messages quarantine_attempts campaigns client_first_purchase_date holidays holiday_corrections
  erasures erasure.secret erasure.blocked_clients)
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10} PGCLIENTENCODING=UTF8 PGTZ=UTC PGDATESTYLE=ISO
export PGOPTIONS="-c statement_timeout=0 -c lock_timeout=0 ${PGOPTIONS:-}"
complete=("$backups"/????????T??????Z/manifest)

name=$(date -u +%Y%m%dT%H%M%SZ)
export folder=$backups/$name # for the shells that psql starts
mkdir "$folder"
trap '[ -f "$folder/manifest" ] || [ -f "$folder/manifest.fewer-rows" ] || rm -rf "$folder"' EXIT

# \copy, unlike \g |program, fails if the program fails. The columns are read after COPY has locked the table.
statements() {
  cat <<'SQL'
DO $$ BEGIN
  IF NOT pg_try_advisory_lock_shared(hashtextextended('messages-pipeline restore', 0)) THEN
    RAISE 'not backed up: a restore is running';
  END IF;
END $$;
SQL
  echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
  echo "SELECT 'server', current_setting('server_version');"
  echo "SELECT 'migration', max(timestamp) FROM migrations;"
  for table in "${tables[@]}"; do
    cat <<SQL
\\copy $table TO PROGRAM 'gzip -1 > "\$folder/$table.copy.gz"'
SELECT 'table', '$table', :ROW_COUNT, string_agg(quote_ident(attname), ',' ORDER BY attnum)
FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
SQL
  done
  echo 'COMMIT;'
}

described=$(statements | psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1)
echo "began $name" > "$folder/manifest.partial"
while read -r kind table rows columns; do
  if [ "$kind" = table ]; then
    file=$folder/$table.copy.gz
    echo "table $table $rows $(sha256sum < "$file" | cut -c 1-64) $columns"
    printf '%-28s %12s rows %14s bytes\n' "$table" "$rows" "$(stat -c %s "$file")" >&2
  else
    echo "$kind $table"
  fi
done <<< "$described" >> "$folder/manifest.partial"

fewer=
if ((${#complete[@]})) && [ "${BACKUP_ACCEPT_FEWER_ROWS:-}" != true ]; then
  fewer=$(awk '
    $1 != "table" || $2 ~ /^(holiday|erasure|quarantine_attempts)/ { next } # a handful of rows, which people edit
    NR == FNR { before[$2] = $3; next }
    $3 * 10 < before[$2] * 9 { printf "  %s: %d rows, %d before\n", $2, $3, before[$2] }
  ' "${complete[-1]}" "$folder/manifest.partial")
fi
manifest=manifest
[ -z "$fewer" ] || manifest=manifest.fewer-rows
sync "$folder"/*
mv "$folder/manifest.partial" "$folder/$manifest"
sync

remove() { # The manifest first, so that a partly removed backup never looks complete.
  rm -f "$1/manifest" "$1/manifest.fewer-rows"
  rm -rf "$1"
  echo "Removed $2 ${1##*/}"
}
whole=("$backups"/????????T??????Z/"$manifest")
for old in "${whole[@]:0:$((${#whole[@]} > keep ? ${#whole[@]} - keep : 0))}"; do
  remove "${old%/*}" 'the old backup'
done
yesterday=$(date -u -d '1 day ago' +%Y%m%dT%H%M%SZ)
for other in "$backups"/????????T??????Z; do
  [ -f "$other/manifest" ] || [ -f "$other/manifest.fewer-rows" ] || [[ ${other##*/} > $yesterday ]] || remove "$other" 'the incomplete backup'
done

if [ -n "$fewer" ]; then
  before=${complete[-1]%/manifest}
  echo "Backup $name is set aside, because it lacks over a tenth of the rows of the backup ${before##*/}:
$fewer
If rows are missing in the mart, restore ${before##*/}. If they were removed on purpose, back up once with BACKUP_ACCEPT_FEWER_ROWS=true" >&2
  exit 3
fi
echo "Backup $name is complete"
