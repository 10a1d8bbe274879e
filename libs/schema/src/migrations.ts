import { CreateTables1795392000000 } from './migrations/1795392000000-create-tables.js';
import { CreateLedger1795478400000 } from './migrations/1795478400000-create-ledger.js';
import { CreateSparkWrites1795564800000 } from './migrations/1795564800000-create-spark-writes.js';
import { IndexQuarantine1795651200000 } from './migrations/1795651200000-index-quarantine.js';
import { CreateSkippedRecords1796000000000 } from './migrations/1796000000000-create-skipped-records.js';
import { IdentifyQuarantinedRecords1796100000000 } from './migrations/1796100000000-identify-quarantined-records.js';
import { ExtendLedger1796200000000 } from './migrations/1796200000000-extend-ledger.js';
import { CreateHolidayCorrections1796400000000 } from './migrations/1796400000000-create-holiday-corrections.js';
import { AddLatency1796500000000 } from './migrations/1796500000000-add-latency.js';
import { IndexQuarantineKeys1796600000000 } from './migrations/1796600000000-index-quarantine-keys.js';
import { GuardLedger1796700000000 } from './migrations/1796700000000-guard-ledger.js';
import { SkipDeadDeltas1796800000000 } from './migrations/1796800000000-skip-dead-deltas.js';
import { CompareDays1796900000000 } from './migrations/1796900000000-compare-days.js';
import { CreateErasure1797000000000 } from './migrations/1797000000000-create-erasure.js';
import { ReadBacklogDirectly1797100000000 } from './migrations/1797100000000-read-backlog-directly.js';
import { CreatePipelines1797200000000 } from './migrations/1797200000000-create-pipelines.js';
import { IndexKeptDeltas1797300000000 } from './migrations/1797300000000-index-kept-deltas.js';
import { NoticeTheEndOfOldSnapshots1797350000000 } from './migrations/1797350000000-notice-the-end-of-old-snapshots.js';
import { TrackQuarantinedRecords1797400000000 } from './migrations/1797400000000-track-quarantined-records.js';

/** All migrations in order. Listed by hand: a bundle or an image has no folder to search. */
export const migrations = [
  CreateTables1795392000000,
  CreateLedger1795478400000,
  CreateSparkWrites1795564800000,
  IndexQuarantine1795651200000,
  CreateSkippedRecords1796000000000,
  IdentifyQuarantinedRecords1796100000000,
  ExtendLedger1796200000000,
  CreateHolidayCorrections1796400000000,
  AddLatency1796500000000,
  IndexQuarantineKeys1796600000000,
  GuardLedger1796700000000,
  SkipDeadDeltas1796800000000,
  CompareDays1796900000000,
  CreateErasure1797000000000,
  ReadBacklogDirectly1797100000000,
  CreatePipelines1797200000000,
  IndexKeptDeltas1797300000000,
  NoticeTheEndOfOldSnapshots1797350000000,
  TrackQuarantinedRecords1797400000000,
];
