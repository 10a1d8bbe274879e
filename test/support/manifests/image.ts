/** Parts of the name of a container image. */
export interface Image {
  /** Without the tag. */
  readonly repository: string;
  /** The last part of the name, such as 'consumer' in 'europe-docker.pkg.dev/shop/messages-pipeline/consumer:0.1.0'. */
  readonly name: string;
  readonly tag?: string;
}

export function parseImage(image: string): Image {
  const [withTag = ''] = image.split('@');
  // A colon before the last slash belongs to a registry's port.
  const [, repository = withTag, tag] = /^(.*):([^/:]+)$/.exec(withTag) ?? [];
  return { repository, name: repository.slice(repository.lastIndexOf('/') + 1), tag };
}
