import { Module } from '@nestjs/common';
import { LedgerFolder } from './ledger-folder.js';
import { LedgerWatch } from './ledger-watch.js';

/** Keeps the ledger fast, and watches that its sums are right. Needs DatabaseModule and MetricsModule. */
@Module({ providers: [LedgerFolder, LedgerWatch], exports: [LedgerFolder, LedgerWatch] })
export class LedgerModule {}
