import { sign } from 'node:crypto';
import type { Hello } from '../../shared/frames.ts';
import { helloText } from '../../shared/seal.ts';
import { instant } from '../../shared/time.ts';
import type { RawIdentity } from './raw-agent.ts';

/** A hello as this endpoint would say it to this nonce, with what is given in place of the usual. */
export function signHello(identity: RawIdentity, nonce: string, change: Partial<Hello>): Hello {
  const said = {
    endpoint: identity.endpoint,
    epoch: '0'.repeat(32),
    oldest: 1,
    next: 1,
    boot: 'boot-1',
    agent: 'raw',
    time: instant(Date.now()),
    ...change,
  };
  const text = Buffer.from(helloText(nonce, said));
  const signature = change.signature ?? sign(null, text, identity.key).toString('base64url');
  return { ...said, type: 'hello', signature };
}
