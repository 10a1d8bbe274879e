import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import type { ConsumerGroupDetails } from './components/consumer-group.component.js';
import type { KafkaDetails } from './components/kafka.component.js';
import type { MartDetails } from './components/mart.component.js';
import type { PostgresqlDetails } from './components/postgresql.component.js';
import type { ProducerDetails } from './components/producer.component.js';
import type { ReadServerDetails } from './components/read-server.component.js';
import type { AnyState } from './system-state.js';

/** The state of the components as metrics. Values of a component that does not respond are removed: an old value would look current. */
@Injectable()
export class SystemMetrics {
  private readonly up = this.metrics.gauge('componentUp');
  private readonly degraded = this.metrics.gauge('componentDegraded');
  private readonly probeSeconds = this.metrics.gauge('componentProbeSeconds');

  private readonly brokers = this.metrics.gauge('kafkaBrokers');
  private readonly topicPartitions = this.metrics.gauge('kafkaTopicPartitions');
  private readonly endOffset = this.metrics.gauge('kafkaEndOffset');
  private readonly oldestOffset = this.metrics.gauge('kafkaOldestOffset');
  private readonly underReplicated = this.metrics.gauge('kafkaUnderReplicated');
  private readonly leader = this.metrics.gauge('kafkaLeader');

  private readonly groupMembers = this.metrics.gauge('groupMembers');
  private readonly groupOffset = this.metrics.gauge('groupOffset');
  private readonly groupLag = this.metrics.gauge('groupLag');
  private readonly groupLagSum = this.metrics.gauge('groupLagSum');
  private readonly groupLagSeconds = this.metrics.gauge('groupLagSeconds');

  private readonly files = this.metrics.gauge('producerFiles');
  private readonly producedRows = this.metrics.gauge('producedRows');

  private readonly martRows = this.metrics.gauge('martRows');
  private readonly martChanged = this.metrics.gauge('martChanged');
  private readonly newestSent = this.metrics.gauge('newestSent');
  private readonly quarantined = this.metrics.gauge('quarantinedRecords');
  private readonly skippedRecords = this.metrics.gauge('skippedRecords');
  private readonly ledgerPending = this.metrics.gauge('ledgerPending');
  private readonly ledgerPendingSeconds = this.metrics.gauge('ledgerPendingSeconds');
  private readonly ledgerTriggersOff = this.metrics.gauge('ledgerTriggersOff');
  private readonly ledgerDifferences = this.metrics.gauge('ledgerDifferences');
  private readonly ledgerRecounted = this.metrics.gauge('ledgerRecounted');

  private readonly databaseSize = this.metrics.gauge('databaseSize');
  private readonly deltasBytes = this.metrics.gauge('ledgerDeltasBytes');
  private readonly oldestSnapshot = this.metrics.gauge('oldestSnapshotSeconds');
  private readonly connections = this.metrics.gauge('databaseConnections');
  private readonly connectionsLimit = this.metrics.gauge('databaseConnectionsLimit');

  private readonly readDelay = this.metrics.gauge('readServerDelay');

  constructor(
    private readonly metrics: Metrics,
    private readonly topic: string,
  ) {
    // Gauges without labels start at 0, which would look like a measurement.
    this.clear('kafka');
    this.clear('producer');
    this.clear('mart');
    this.clear('postgresql');
    this.clear('read_server');
  }

  update(state: AnyState): void {
    const { name: component, status, seconds } = state;
    const label = { part: component };
    if (status === 'absent') {
      for (const gauge of [this.up, this.degraded, this.probeSeconds]) gauge.remove(label);
    } else {
      this.up.set(label, status === 'down' ? 0 : 1);
      this.degraded.set(label, status === 'degraded' ? 1 : 0);
      this.probeSeconds.set(label, seconds ?? 0);
    }
    this.clear(component);
    if (state.details !== undefined) this.set(state);
  }

  private set(state: AnyState): void {
    switch (state.name) {
      case 'kafka':
        return this.setKafka(state.details!);
      case 'consumer_group':
        return this.setGroup(state.details!);
      case 'producer':
        return this.setProducer(state.details!);
      case 'postgresql':
        return this.setPostgresql(state.details!);
      case 'mart':
        return this.setMart(state.details!);
      case 'read_server':
        return this.setReadServer(state.details!);
      case 'spark':
        // Master, workers and job export their own metrics.
        return;
    }
  }

  private setKafka({ brokers, topic, partitions }: KafkaDetails): void {
    this.brokers.set(brokers.length);
    this.topicPartitions.set({ topic }, partitions.length);
    for (const { partition, leader, replicas, in_sync: inSync, ...offsets } of partitions) {
      const labels = { topic, partition };
      this.leader.set(labels, leader);
      this.underReplicated.set(labels, inSync < replicas ? 1 : 0);
      this.endOffset.set(labels, offsets.end_offset);
      this.oldestOffset.set(labels, offsets.oldest_offset);
    }
  }

  private setGroup({ group: consumergroup, members, lag, partitions }: ConsumerGroupDetails): void {
    this.groupMembers.set({ consumergroup }, members.length);
    this.groupLagSum.set({ consumergroup, topic: this.topic }, lag);
    for (const { partition, ...details } of partitions) {
      const labels = { consumergroup, topic: this.topic, partition };
      this.groupLag.set(labels, details.lag);
      if (details.committed_offset !== null) this.groupOffset.set(labels, details.committed_offset);
      if (details.seconds_behind !== null) this.groupLagSeconds.set(labels, details.seconds_behind);
    }
  }

  private setProducer({ files, rows }: ProducerDetails): void {
    if (files === null || rows === null) return;
    const done = files.filter((file) => file.done).length;
    this.files.set({ state: 'done' }, done);
    this.files.set({ state: 'open' }, files.length - done);
    this.producedRows.set(rows);
  }

  private setPostgresql(details: PostgresqlDetails): void {
    this.databaseSize.set(details.size_bytes);
    if (details.ledger_deltas_bytes !== null) this.deltasBytes.set(details.ledger_deltas_bytes);
    if (details.oldest_snapshot_seconds !== null) this.oldestSnapshot.set(details.oldest_snapshot_seconds);
    this.connections.set(details.connections);
    this.connectionsLimit.set(details.connections_limit);
  }

  private setReadServer({ delay_seconds: seconds }: ReadServerDetails): void {
    if (seconds !== null) this.readDelay.set(seconds);
  }

  private setMart(details: MartDetails): void {
    this.martRows.set(details.rows);
    if (details.changed_at !== null) this.martChanged.set(details.changed_at.getTime() / 1000);
    if (details.newest_sent_at === null) this.newestSent.remove({});
    else this.newestSent.set(details.newest_sent_at.getTime() / 1000);
    this.quarantined.set(details.quarantined);
    for (const { topic, partition, reason, records } of details.skipped) {
      this.skippedRecords.set({ topic, partition, reason }, records);
    }
    this.ledgerPending.set(details.ledger_pending);
    this.ledgerPendingSeconds.set(details.ledger_pending_seconds);
    this.ledgerTriggersOff.set(details.ledger_triggers_off.length);
    this.ledgerDifferences.set(details.ledger_differences);
    if (details.ledger_recounted_at !== null) {
      this.ledgerRecounted.set(details.ledger_recounted_at.getTime() / 1000);
    }
  }

  private clear(component: AnyState['name']): void {
    for (const gauge of this.gaugesOf(component)) {
      gauge.reset();
      // After a reset, a gauge without labels is 0 instead of gone.
      gauge.remove({});
    }
  }

  private gaugesOf(component: AnyState['name']): readonly { reset(): void; remove(labels: object): void }[] {
    switch (component) {
      case 'kafka':
        return [
          this.brokers,
          this.topicPartitions,
          this.endOffset,
          this.oldestOffset,
          this.underReplicated,
          this.leader,
        ];
      case 'consumer_group':
        return [this.groupMembers, this.groupOffset, this.groupLag, this.groupLagSum, this.groupLagSeconds];
      case 'producer':
        return [this.files, this.producedRows];
      case 'postgresql':
        return [this.databaseSize, this.deltasBytes, this.oldestSnapshot, this.connections, this.connectionsLimit];
      case 'mart':
        return [
          this.martRows,
          this.martChanged,
          this.newestSent,
          this.quarantined,
          this.skippedRecords,
          this.ledgerPending,
          this.ledgerPendingSeconds,
          this.ledgerTriggersOff,
          this.ledgerDifferences,
          this.ledgerRecounted,
        ];
      case 'read_server':
        return [this.readDelay];
      case 'spark':
        return [];
    }
  }
}
