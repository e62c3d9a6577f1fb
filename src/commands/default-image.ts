import packageJson from '../../package.json' with { type: 'json' };

/** The image of this release, as the manifests name it. */
export const DEFAULT_IMAGE = `ghcr.io/portlock/portlock:v${packageJson.version}`;
