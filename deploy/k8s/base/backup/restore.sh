#!/usr/bin/env bash
# Restores a backup of backup.sh into a mart that mart-init has created. It adds missing rows and replaces older versions of
# messages; every other stored row stays. So it may run on a live mart, and may be repeated. Erased clients are left out: by the list of
# this mart, or by that of the backup if this mart has never erased anybody.
#
# Needs psql, the PG* variables and the user who owns the tables.
#   BACKUP_DIR         (default /backups)
#   RESTORE_FROM       name of a backup, such as 20260131T031500Z (default: the newest complete one)
#   RESTORE_PART_ROWS  rows per statement (default 100000), which the triggers of messages hold in memory
set -euo pipefail
shopt -s nullglob inherit_errexit

backups=${BACKUP_DIR:-/backups}
export PART_ROWS=${RESTORE_PART_ROWS:-100000}
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10} PGCLIENTENCODING=UTF8 LC_ALL=C
# With the default of 4 MB, triggers and recount take twice as long.
export PGOPTIONS="-c statement_timeout=0 -c lock_timeout=0 -c work_mem=64MB ${PGOPTIONS:-}"

[[ $PART_ROWS =~ ^[1-9][0-9]{0,8}$ ]] || { echo "RESTORE_PART_ROWS is '$PART_ROWS', not a number of rows" >&2; exit 1; }

refuse() { echo "Nothing was restored: $1" >&2; exit 1; }
run_sql() { psql -X -A -t -v ON_ERROR_STOP=1 "$@"; }
ask() { run_sql -q -c "$1"; }

whole=("$backups"/????????T??????Z/manifest)
if [ -n "${RESTORE_FROM:-}" ]; then
  manifest=$backups/$RESTORE_FROM/manifest
  [ -f "$manifest" ] || manifest=$manifest.fewer-rows # set aside by backup.sh
  names=("${whole[@]%/manifest}")
  [ -f "$manifest" ] || refuse "there is no complete backup $RESTORE_FROM; there are: ${names[*]##*/}"
else
  ((${#whole[@]})) || refuse "there is no complete backup in $backups"
  manifest=${whole[-1]}
fi
folder=${manifest%/*}
echo "From the backup ${folder##*/}"

# Check everything before changing anything.
declare -A rows_of columns_of
migration=
while read -r kind name rows sha256 columns; do
  case $kind in
    migration) migration=$name ;;
    table)
      echo "$sha256  $folder/$name.copy.gz" | sha256sum --check --quiet || refuse "$name.copy.gz is damaged; choose another backup with RESTORE_FROM"
      [ -n "$(ask "SELECT to_regclass('$([[ $name == *.* ]] || echo public.)$name')")" ] || refuse "the table $name is missing; run mart-init first"
      rows_of[$name]=$rows columns_of[$name]=$columns
      ;;
  esac
done < "$manifest"
[ -n "$migration" ] || refuse "$manifest names no migration"
present=$(ask 'SELECT max(timestamp) FROM migrations')
[ "${rows_of[messages]}" != 0 ] || [ -n "${RESTORE_FROM:-}" ] || refuse "the backup ${folder##*/} has no messages; name a backup with RESTORE_FROM"
((migration <= present)) || refuse "the backup is of a newer schema (migration $migration, here $present); run the newer mart-init first"

# Keeps backups and other restores away. The session, and with it the lock, ends with this script.
coproc LOCK { PGOPTIONS="$PGOPTIONS -c idle_session_timeout=0" run_sql -q; }
echo "SELECT pg_try_advisory_lock(hashtextextended('messages-pipeline restore', 0));" >&"${LOCK[1]}"
read -r locked <&"${LOCK[0]}" || locked=
[ "$locked" = t ] || refuse 'a backup or another restore is running; try again when it has ended'

# Splits rows into statements of at most PART_ROWS rows, each preceded by $1 (which ends in a COPY) and followed by $2.
parts() {
  BEFORE=$1 AFTER=$2 awk '
    (NR - 1) % ENVIRON["PART_ROWS"] == 0 { print ENVIRON["BEFORE"] }
    { print }
    NR % ENVIRON["PART_ROWS"] == 0 { print "\\.\n" ENVIRON["AFTER"] }
    END { if (NR % ENVIRON["PART_ROWS"]) print "\\.\n" ENVIRON["AFTER"] }'
}

# Replaces the list of erased clients and its key, unless this mart has erased a client itself: then its own list is the newer one.
list_erased() {
  local tables=(erasure.secret erasure.blocked_clients erasures) table staged
  {
    echo 'BEGIN; LOCK TABLE erasure.blocked_clients IN SHARE ROW EXCLUSIVE MODE;'
    for table in "${tables[@]}"; do
      staged=staged_${table#erasure.}
      echo "CREATE TEMPORARY TABLE $staged (LIKE $table);"
      echo "COPY $staged (${columns_of[$table]}) FROM stdin;"
      gzip -dc "$folder/$table.copy.gz"
      echo '\.'
    done
    echo 'UPDATE erasure.secret SET key = staged.key FROM staged_secret AS staged WHERE NOT EXISTS (SELECT FROM erasures);'
    echo 'INSERT INTO erasure.blocked_clients SELECT * FROM staged_blocked_clients WHERE NOT EXISTS (SELECT FROM erasures) ON CONFLICT DO NOTHING;'
    echo 'INSERT INTO erasures SELECT * FROM staged_erasures ON CONFLICT DO NOTHING;'
    echo 'COMMIT;'
  } | run_sql -q
}

# Merges each part in its own transaction. Filters out stored rows first, as ON CONFLICT would lock each of them.
merged() { # TABLE COLUMNS
  local table=$1 columns=$2 key match on_conflict='DO NOTHING' newer='' is_erased=false
  key=$(ask "SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute, pg_index
             WHERE indrelid = '$table'::regclass AND indisprimary AND attrelid = indrelid AND attnum = ANY (indkey)")
  if [ "$table" = messages ]; then
    on_conflict="DO UPDATE SET ($columns) = ROW (excluded.${columns//,/, excluded.}) WHERE messages.updated_at < excluded.updated_at"
    newer='AND stored.updated_at >= staged.updated_at'
  fi
  case $table in
    messages | client_first_purchase_date) is_erased='client_id IN (SELECT erasure.blocked(ARRAY(SELECT client_id FROM staged)))' ;;
    quarantined_messages) is_erased='erasure.is_blocked(value)' ;;
    quarantine_attempts) is_erased='record_hash NOT IN (SELECT record_hash FROM quarantined_messages)' ;;
  esac
  match="(stored.${key//,/, stored.}) = (staged.${key//,/, staged.})"
  gzip -dc "$folder/$table.copy.gz" | parts "
    BEGIN;
    CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT $columns FROM $table WITH NO DATA;
    COPY staged ($columns) FROM stdin;" "
    DELETE FROM staged WHERE (SELECT erasure.is_in_use()) AND $is_erased;
    ANALYZE staged;
    INSERT INTO $table ($columns)
    SELECT * FROM staged WHERE NOT EXISTS (SELECT FROM $table AS stored WHERE $match $newer)
    ORDER BY $key
    ON CONFLICT ($key) $on_conflict;
    COMMIT;"
}

# COMMIT comes only after the last row.
copied() { # COLUMNS
  echo 'BEGIN; LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE;' &&
    echo "DO 'BEGIN IF EXISTS (SELECT FROM messages) OR erasure.is_in_use() THEN RAISE ''messages is no longer empty, or a client was erased: run the restore again''; END IF; END';" &&
    gzip -dc "$folder/messages.copy.gz" | parts "COPY messages ($1) FROM stdin;" '' &&
    echo 'COMMIT;'
}

restore() { # TABLE: prints how many rows it has written
  if [ "$1" = messages ] && [ "$(ask 'SELECT EXISTS (SELECT FROM messages) OR erasure.is_in_use()')" = f ]; then
    copied "${columns_of[$1]}" | run_sql | awk '$1 == "COPY" { n += $2 } END { print n + 0 }'
  else
    merged "$1" "${columns_of[$1]}" | run_sql | awk '$1 == "INSERT" { n += $3 } END { print n + 0 }'
  fi
}

[ -z "${rows_of[erasure.secret]:-}" ] || list_erased
printf '%-28s %12s %12s %8s\n' table 'in backup' written seconds
for table in campaigns client_first_purchase_date holidays holiday_corrections quarantined_messages quarantine_attempts messages; do
  [ -n "${rows_of[$table]:-}" ] || continue
  began=$SECONDS
  written=$(restore "$table")
  printf '%-28s %12s %12s %8s\n' "$table" "${rows_of[$table]}" "$written" $((SECONDS - began))
done

differences=$(ask 'SELECT count(*) FROM ledger.differences')
((differences == 0)) || { echo "The ledger differs from a recount in $differences entries: SELECT ledger.rebuild()" >&2; exit 1; }
echo 'The sums of the ledger agree with a recount of all rows'
