import { userInfo } from 'node:os';

/**
 * The user's home folder: `HOME`, else the one that the system keeps for the user. Undefined for a user whom the system
 * does not know, as in a container that runs under a number of its own. Node's `homedir` throws there, and takes an
 * empty `HOME` for the current folder.
 */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment['HOME']) return environment['HOME'];
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
