import { readConsumerConfig } from '../../../apps/consumer/src/config/consumer-config.js';
import { readGatewayConfig } from '../../../apps/gateway/src/config/gateway-config.js';
import { readEraseConfig, readEraseOptions } from '../../../apps/mart-init/src/config/erase-config.js';
import { readMartInitConfig } from '../../../apps/mart-init/src/config/mart-init-config.js';
import { readProducerConfig } from '../../../apps/producer/src/config/producer-config.js';
import { checkOptions, parseCommandLine } from '#sample-data/options.js';
import type { Labels } from './kubernetes.js';

/**
 * The configuration readers of the apps, by image name. Each returns the values of all variables that it knows, and throws an error
 * that names the invalid ones.
 */
export const CONFIG_READERS: Readonly<
  Record<string, (args: readonly string[], env: Labels, command: readonly string[]) => object>
> = {
  consumer: (args, env) => readConsumerConfig(args, env),
  gateway: (_args, env) => readGatewayConfig(env),
  'mart-init': (args, env, command) => (command.includes(ERASE) ? readErase(args, env) : readMartInitConfig(args, env)),
  'sample-data': (args) => checkOptions(parseCommandLine(args) ?? { out: '' }),
  producer: (args, env) => readProducerConfig(args, env),
};

/** The other command in mart-init's image. */
export const ERASE = 'dist/apps/mart-init/src/erase/main.js';

/** Kubernetes puts the id of a client into the arguments. */
function readErase(args: readonly string[], { CLIENT, ...env }: Labels): object {
  readEraseOptions(args.map((arg) => arg.replace('$(CLIENT)', CLIENT || '-3')));
  return { ...readEraseConfig(env), CLIENT };
}

/** Names of the images that this project builds. */
export const OWN_IMAGES = [...Object.keys(CONFIG_READERS), 'spark'];

/** Read by Node.js itself. */
export const OF_NODE = ['NODE_ENV', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'];
