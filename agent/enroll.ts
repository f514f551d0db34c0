import { hostname } from 'node:os';
import * as z from 'zod/mini';
import {
  type EnrollmentToken,
  type EnrollResponse,
  enrollmentTokenSchema,
  enrollResponseSchema,
  TOKEN_PREFIX,
} from '../shared/enrollment.ts';
import { CodedError, codedError } from '../shared/errors.ts';
import { ENROLL_PATH } from '../shared/frames.ts';
import { problemsOf } from '../shared/problems.ts';
import { SECOND } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import { isErrorCode } from './backoff.ts';
import { exchange } from './exchange.ts';
import { isEnrolled, newKeys, prepareDataDir, writeIdentity } from './identity.ts';

const TIMEOUT_MS = 30 * SECOND;
const ANSWER_BYTES = 64 * 1024;
const problemSchema = z.object({ code: z.string() });

/**
 * Registers a new key pair with the collector of the token and keeps the identity in `dataDir`. `name` is what people call
 * the machine. Returns the endpoint's id. Throws
 * ALREADY_ENROLLED, ENROLLMENT_TOKEN_*, ENROLLMENT_FAILED, COLLECTOR_INSECURE or COLLECTOR_UNTRUSTED.
 */
export async function enroll(tokenText: string, dataDir: string, name = hostname()): Promise<string> {
  if (isEnrolled(dataDir)) throw new CodedError('ALREADY_ENROLLED', { dataDir });
  const token = parseToken(tokenText);
  // A folder that cannot be written must show before the token is spent.
  prepareDataDir(dataDir);
  const { publicKey, privateKey } = newKeys();
  const { endpoint, organizationKey, mirrors } = await register(token, publicKey, name);
  const { url, pin } = token;
  writeIdentity(dataDir, {
    endpoint,
    url,
    ...(pin === undefined ? {} : { pin }),
    organizationKey,
    ...(mirrors === undefined ? {} : { mirrors }),
    privateKey,
  });
  return endpoint;
}

/** Throws ENROLLMENT_TOKEN_INVALID. The token itself is in no message. */
export function parseToken(text: string): EnrollmentToken {
  const token = text.trim();
  if (!token.startsWith(TOKEN_PREFIX)) throw new CodedError('ENROLLMENT_TOKEN_INVALID', { reason: 'shape' });
  const json = Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url').toString('utf8');
  const result = z.safeParse(enrollmentTokenSchema, jsonOf(json));
  if (!result.success) throw new CodedError('ENROLLMENT_TOKEN_INVALID', { reason: problemsOf(result.error) });
  return result.data;
}

async function register(
  { url, pin, secret }: EnrollmentToken,
  publicKey: string,
  name: string,
): Promise<EnrollResponse> {
  const body = JSON.stringify({ secret, publicKey, hostname: name.slice(0, 253), agent: VERSION });
  const { status, text } = await exchange({
    url: new URL(url.replace(/\/+$/, '') + ENROLL_PATH),
    pin,
    body,
    mostBytes: ANSWER_BYTES,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause) => {
    const error = codedError(cause, 'ENROLLMENT_FAILED');
    if (error.code !== 'FRAME_TOO_LARGE') throw error;
    throw new CodedError('ENROLLMENT_FAILED', { ...error.context }, { cause });
  });
  if (status === 200 || status === 201) {
    const answer = z.safeParse(enrollResponseSchema, jsonOf(text));
    if (answer.success) return answer.data;
    throw new CodedError('ENROLLMENT_FAILED', { reason: 'the answer does not follow farhand.v1' });
  }
  const problem = z.safeParse(problemSchema, jsonOf(text));
  if (problem.success && isErrorCode(problem.data.code)) throw new CodedError(problem.data.code);
  throw new CodedError('ENROLLMENT_FAILED', { status });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON fits no schema; the parser's own message would quote a secret.
    return undefined;
  }
}
