import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { pinnedVersion, REQUIREMENTS } from '../../dev/pgadmin/installation.js';
import { OWN_IMAGES } from '../support/manifests/apps.js';
import { parseImage } from '../support/manifests/image.js';
import { RENDERINGS } from '../support/manifests/rendered.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const kafka = /<kafka\.version>(.+)<\/kafka\.version>/.exec(readFileSync('dev/kafka/pom.xml', 'utf8'))?.[1];

describe.each(RENDERINGS)('%s', (_name, set) => {
  const tagsOf = (...names: string[]) => {
    const images = set.workloads.flatMap(({ containers }) => containers.map(({ image = '' }) => parseImage(image)));
    return [...new Set(images.filter(({ name }) => names.includes(name)).map(({ tag }) => tag))];
  };

  it.each([
    ['our images', OWN_IMAGES, version],
    ['Kafka', ['kafka'], kafka],
    ['pgAdmin', ['pgadmin4'], pinnedVersion(readFileSync(REQUIREMENTS, 'utf8'))],
  ])('%s: the version that is tested here', (_what, images, expected) => {
    expect(tagsOf(...images)).toEqual([expected]);
  });

  it('the label of all objects is the version of the project', () => {
    const labels = set.manifests.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/version']);
    expect([...new Set(labels)]).toEqual([version]);
  });
});
