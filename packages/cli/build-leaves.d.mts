import type { Plugin } from 'esbuild';

export declare function importLeaves(): Plugin;
export declare function withLeaves(text: string): string;
