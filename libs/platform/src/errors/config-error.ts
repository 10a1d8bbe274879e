import { PipelineError } from './pipeline-error.js';

/** The environment does not describe a runnable configuration; the message lists every bad variable. */
export class ConfigError extends PipelineError {
  override readonly code = 'CONFIG_INVALID';

  /** @param problems one line for each bad variable: name, what is wrong, what is accepted. */
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is invalid; correct these environment variables:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}
