import { PipelineError } from './pipeline-error.js';

/** The environment is not a valid configuration. The message lists every bad variable. */
export class ConfigError extends PipelineError {
  override readonly code = 'CONFIG_INVALID';

  /** @param problems one line per bad variable: its name, what is wrong, what is accepted. */
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration is invalid; correct these environment variables:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}
