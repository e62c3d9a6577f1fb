/** What the CRD takes of each; the rest is left out, or cut. */
export const MAXIMUM_PORTS = 256;
export const MAXIMUM_POLICIES = 64;
export const MAXIMUM_CONTAINERS = 16;
export const MAXIMUM_OWNERS = 16;
/** Eight templates, each in both IP families. */
export const MAXIMUM_SWEEPS = 16;
/** In characters. */
export const MAXIMUM_OWNER_LENGTH = 317;
export const MAXIMUM_MESSAGE_LENGTH = 1024;
export const MAXIMUM_MANIFEST_LENGTH = 32_768;
