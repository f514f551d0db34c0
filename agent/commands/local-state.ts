import { createHmac, randomBytes } from 'node:crypto';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { readConfig } from '../config.ts';
import { type Identity, isEnrolled, readIdentity } from '../identity.ts';
import { type PolicyInForce, policyInForce } from '../policy-in-force.ts';
import { openSpoolToRead } from '../spool-file.ts';
import { spoolReader } from '../spool-reader.ts';

/** The policy is the collector's, or the one that holds until it has said something. */
export interface LocalState extends PolicyInForce {
  readonly identity?: Identity;
}

/** What the data folder tells a command that sends nothing, enrolled or not. */
export function localState(options: {
  readonly 'data-dir'?: string | undefined;
  readonly 'log-level'?: string | undefined;
}): LocalState {
  const { dataDir } = readConfig({ dataDir: options['data-dir'], logLevel: options['log-level'] });
  if (!isEnrolled(dataDir)) return { policy: DEFAULT_POLICY };
  using database = openSpoolToRead(dataDir);
  return { identity: readIdentity(dataDir), ...policyInForce(database && spoolReader(database)) };
}

/** Hashes under a key that nobody keeps: they differ from run to run. */
export function passingHash(): (text: string) => string {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}
