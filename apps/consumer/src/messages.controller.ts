import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { contract } from '#schema/contract.js';
import { BatchProcessor } from './batch-processor.js';
import type { KafkaBatch } from './transport/kafka-batch.js';

@Controller()
export class MessagesController {
  constructor(private readonly processor: BatchProcessor) {}

  @EventPattern(contract.topic)
  handle(@Payload() batch: KafkaBatch): Promise<void> {
    return this.processor.process(batch);
  }
}
