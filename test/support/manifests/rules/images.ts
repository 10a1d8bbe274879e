import { parseImage } from '../image.js';
import type { Rule } from '../rule.js';

export const images: Rule = {
  name: 'every image has a version as its tag, the same in all containers, and is pulled once',
  violations: (set) => {
    const tags = new Map<string, string>();
    return set.workloads.flatMap(({ id, containers }) =>
      containers.flatMap(({ name, image = '', imagePullPolicy }) => {
        const { repository, tag } = parseImage(image);
        const first = tags.get(repository) ?? tag;
        if (first !== undefined) tags.set(repository, first);
        return [
          ...(tag !== undefined && /\d/.test(tag) ? [] : [`the image ${image} has no version`]),
          ...(tag === first ? [] : [`the image ${repository} has the tag ${tag} here, ${first} elsewhere`]),
          ...(imagePullPolicy === 'IfNotPresent' ? [] : ['its imagePullPolicy is not IfNotPresent']),
        ].map((violation) => `${id}, container ${name}: ${violation}`);
      }),
    );
  },
};
