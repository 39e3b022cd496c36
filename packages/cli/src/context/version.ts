declare const MI_PATTERNS_VERSION: string | undefined;

/** The version in package.json; the bundler writes it in. */
export const version = typeof MI_PATTERNS_VERSION === 'string' ? MI_PATTERNS_VERSION : '0.0.0-development';
