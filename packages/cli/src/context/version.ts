declare const MI_PATTERNS_VERSION: string | undefined;
declare const digestOfBuild: string | undefined;

/** The version in package.json; the bundler writes it in. */
export const version = typeof MI_PATTERNS_VERSION === 'string' ? MI_PATTERNS_VERSION : '0.0.0-development';

/** Digest of the built command; undefined for code that is not built, which may change at any time. */
export const build = typeof digestOfBuild === 'string' ? digestOfBuild : undefined;
