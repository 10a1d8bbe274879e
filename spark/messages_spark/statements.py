"""The SQL of a task, for the table and columns of the contract."""

from messages_spark.contract import Contract

_STAGED = "pg_temp.staged_messages"
# Locks the list until the transaction ends. An erasure waits for such transactions before it deletes.
SELECT_IS_ERASING = "SELECT erasure.is_in_use()"
SETTLE_REDRIVEN = "SELECT quarantine.settle(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[])"
SELECT_WRITE = "SELECT 1 FROM public.spark_writes WHERE query_id = %s AND batch_id = %s AND partition_id = %s"
#: Whether the mart has a micro-batch.
SELECT_BATCH = "SELECT FROM public.spark_writes WHERE query_id = %s AND batch_id = %s LIMIT 1"
SELECT_POSITIONS = """
    SELECT partition, next_offset FROM public.consumer_positions
    WHERE consumer_group = %(group)s AND topic = %(topic)s AND topic_id = %(topic_id)s"""
#: Only this job writes its positions, so they may also go back.
UPSERT_POSITIONS = """
    INSERT INTO public.consumer_positions (consumer_group, topic, topic_id, partition, next_offset, end_offset)
    SELECT %(group)s, %(topic)s, %(topic_id)s, partition, next_offset, next_offset
    FROM unnest(%(partitions)s::integer[], %(offsets)s::bigint[]) AS position (partition, next_offset)
    ON CONFLICT (consumer_group, topic, topic_id, partition)
    DO UPDATE SET next_offset = excluded.next_offset, end_offset = excluded.end_offset, written_at = now()"""
SELECT_PARTS_DONE = "SELECT query_id::text, batch_id FROM public.spark_writes WHERE query_id = ANY (%s::uuid[])"
# Only the part of the range that is not recorded yet.
INSERT_SKIPPED = """
    INSERT INTO public.skipped_records
      (consumer_group, topic, topic_id, partition, from_offset, to_offset, reason)
    SELECT %(group)s, %(topic)s, %(topic_id)s, %(partition)s, begins, %(end)s, 'deleted'
    FROM (
      SELECT greatest(%(begin)s::bigint, max(to_offset)) AS begins FROM public.skipped_records
      WHERE consumer_group = %(group)s AND topic = %(topic)s AND topic_id = %(topic_id)s
        AND partition = %(partition)s AND from_offset <= %(begin)s
    ) AS range
    WHERE begins < %(end)s
    ON CONFLICT DO NOTHING"""


class Statements:
    """SQL for the table and columns of the contract."""

    def __init__(self, contract: Contract) -> None:
        names = [column.name for column in contract.columns]
        columns = ", ".join(names)
        table, key, version = f"public.{contract.table}", contract.key, contract.version_column
        changing = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        self._key, self._version = names.index(key), names.index(version)
        # Each session has its own staging table.
        self.create_staged = f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGED} (LIKE {table}) ON COMMIT DELETE ROWS"
        self.copy_staged = f"COPY {_STAGED} ({columns}) FROM STDIN WITH (NULL '')"
        self.delete_staged = f"DELETE FROM {_STAGED}"
        self.delete_erased = f"""
            DELETE FROM {_STAGED}
            WHERE client_id IN (SELECT erasure.blocked(ARRAY(SELECT DISTINCT client_id FROM {_STAGED})))"""
        # Keeps the newest of the rows with the same id, and the first of equally new ones. Sorting by id makes
        # concurrent writers lock rows in the same order. Rows that are already stored are filtered out first, because
        # ON CONFLICT locks, and so rewrites, even the rows that it does not change.
        self.merge_staged = f"""
            WITH newest AS (
              SELECT DISTINCT ON ({key}) {columns} FROM {_STAGED} ORDER BY {key}, {version} DESC, ctid
            ), written AS (
              INSERT INTO {table} AS mart ({columns})
              SELECT {columns} FROM newest
              WHERE NOT EXISTS (
                SELECT FROM {table} AS stored WHERE stored.{key} = newest.{key} AND stored.{version} >= newest.{version}
              )
              ORDER BY {key}
              ON CONFLICT ({key}) DO UPDATE SET {changing} WHERE mart.{version} < excluded.{version}
              RETURNING xmax = 0 AS inserted
            )
            SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written"""
        # Returns the reasons of each new entry, and null for each record of an erased client.
        self.insert_quarantined = """
            WITH rejected AS (
              SELECT topic, partition, "offset",
                -- In two steps: multiplying an interval uses floating-point numbers.
                timestamptz 'epoch' + milliseconds / 1000 * interval '1 second'
                  + milliseconds %% 1000 * interval '1 millisecond' AS recorded_at,
                key, value, headers, reasons, original,
                CASE WHEN (SELECT erasure.is_in_use()) THEN coalesce(erasure.is_blocked(value), false) ELSE false END
                  AS is_erased
              FROM unnest(
                %s::text[], %s::integer[], %s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[], %s::jsonb[],
                %s::jsonb[], %s::jsonb[]
              ) AS record (topic, partition, "offset", milliseconds, key, value, headers, reasons, original)
            ), stored AS (
              INSERT INTO public.quarantined_messages
                (topic, partition, "offset", recorded_at, key, value, headers, reasons, original)
              SELECT topic, partition, "offset", recorded_at, key, value, headers, reasons, original
              FROM rejected WHERE NOT is_erased
              ON CONFLICT DO NOTHING
              RETURNING reasons
            )
            SELECT reasons FROM stored UNION ALL SELECT NULL FROM rejected WHERE is_erased"""
        # A repeated task changes nothing, so the counts of its first run stay.
        self.insert_write = """
            INSERT INTO public.spark_writes (query_id, batch_id, partition_id, records, inserted, updated, unchanged,
              quarantined, tombstones, repaired, unknown_fields, erased)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT DO NOTHING"""

    def key_and_version(self, line: str) -> tuple[str, str]:
        """The key and the version of a row, from its line for COPY. Neither holds a character that COPY escapes."""
        texts = line.rstrip("\n").split("\t")
        return texts[self._key], texts[self._version]
