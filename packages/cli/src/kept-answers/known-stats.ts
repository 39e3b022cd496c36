import { Stats } from 'node:fs';

const others = [
  'atime',
  'atimeMs',
  'birthtime',
  'birthtimeMs',
  'blksize',
  'blocks',
  'ctime',
  'ctimeMs',
  'dev',
  'gid',
  'ino',
  'mtime',
  'mtimeMs',
  'nlink',
  'uid',
] as const satisfies (keyof Stats)[];

/**
 * A status of which only what {@link describeStatus} names may be read: `askedForOther` is called for everything else.
 * Kinds are in the mode. Without private fields, which take longer until V8 has compiled this.
 */
class KnownStats {
  readonly mode: number;
  readonly size: number;
  readonly rdev: number;
  private readonly stats: Stats;
  private readonly askedForOther: () => void;

  constructor(stats: Stats, askedForOther: () => void) {
    this.mode = stats.mode;
    this.size = stats.size;
    this.rdev = stats.rdev;
    this.stats = stats;
    this.askedForOther = askedForOther;
  }

  static {
    // isFile() and the like read the mode.
    Object.setPrototypeOf(this.prototype, Stats.prototype);
    for (const name of others) {
      Object.defineProperty(this.prototype, name, {
        get(this: KnownStats) {
          this.askedForOther();
          return this.stats[name];
        },
      });
    }
  }
}

/** As {@link KnownStats}. */
export function knownStats(stats: Stats, askedForOther: () => void): Stats {
  return new KnownStats(stats, askedForOther) as unknown as Stats;
}

/** What a run may know of a status, for its fingerprint. */
export function describeStatus(stats: Stats | undefined): string {
  return stats === undefined ? '-' : `${stats.mode} ${stats.size} ${stats.rdev}`;
}
