import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import {
  type EnrollmentToken,
  type EnrollRequest,
  type EnrollResponse,
  enrollRequestSchema,
  TOKEN_PREFIX,
} from '../../shared/enrollment.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { idSchema } from '../../shared/ids.ts';
import { isIpv6, networkOf } from '../../shared/ip.ts';
import type { Mirror } from '../../shared/mirror.ts';
import { problemsOf } from '../../shared/problems.ts';
import { type Instant, instant } from '../../shared/time.ts';
import { problemResponse } from '../api/problem.ts';
import type { Clock } from '../clock.ts';
import { publicKeyOf } from '../ingest/verify.ts';
import type { Log } from '../log.ts';
import { type Action, appendAction } from '../store/actions.ts';
import { markDirty } from '../store/dirty.ts';
import { addEndpoint, namesakes } from '../store/endpoints.ts';
import { appendFeed } from '../store/feed.ts';
import { organizationKey } from '../store/meta.ts';
import type { Db, Store } from '../store/store.ts';
import { addToken, type TokenUse, useToken } from '../store/tokens.ts';
import { rateLimit } from './admission.ts';

export interface EnrollmentOptions {
  readonly store: Store;
  /** Told to every endpoint that enrolls. */
  readonly mirrors: readonly Mirror[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A company's laptops enroll through one address when they are rolled out; ten thousand take some minutes. */
const PER_ADDRESS = { burst: 200, perSecond: 5, maxKeys: 10_000 };
const OVERALL = { burst: 1_000, perSecond: 50, maxKeys: 1 };
const RETRY_AFTER_SECONDS = 5;

/** `POST /enroll`: a token's secret and a public key in, an endpoint's id and the organization key out. */
export function enrollmentEndpoint({
  store,
  mirrors,
  clock,
  log,
}: EnrollmentOptions): (request: Request, ip: string) => Promise<Response> {
  const byAddress = rateLimit({ ...PER_ADDRESS, clock: () => performance.now() });
  const overall = rateLimit({ ...OVERALL, clock: () => performance.now() });
  return async (request, ip) => {
    try {
      if (request.method !== 'POST') throw new CodedError('NOT_FOUND');
      // The address first: one that asks too often must not use up what is for all.
      if (!byAddress.take(isIpv6(ip) ? (networkOf(ip, 64) ?? ip) : ip) || !overall.take(''))
        throw new CodedError('TOO_MANY_REQUESTS');
      const enrolled = await enroll(store, await readRequest(request), { ip, at: instant(clock()) });
      const response: EnrollResponse = {
        ...enrolled,
        ...(mirrors.length === 0 ? {} : { mirrors: [...mirrors] }),
      };
      log.info({ endpointId: response.endpoint, ip }, 'endpoint enrolled');
      return Response.json(response, { status: 201 });
    } catch (thrown) {
      const error = codedError(thrown);
      const response = problemResponse(error);
      // Whoever asks too often must not fill the log either.
      const tooOften = error.code === 'TOO_MANY_REQUESTS';
      const level = tooOften ? 'debug' : error.kind.level;
      log[level]({ code: error.code, ip, err: error }, 'enrollment refused');
      if (tooOften) response.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
      return response;
    }
  };
}

const MAX_BODY_BYTES = 8 * 1024;

async function readRequest(request: Request): Promise<EnrollRequest> {
  // Without a length the body could be endless; agents always send one.
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!(length <= MAX_BODY_BYTES))
    throw new CodedError('REQUEST_INVALID', {
      reason: `a body of at most ${MAX_BODY_BYTES} bytes with its length is expected`,
    });
  const body: unknown = await request.json().catch((cause: unknown) => {
    throw new CodedError('REQUEST_INVALID', { reason: 'not JSON' }, { cause });
  });
  const parsed = z.safeParse(enrollRequestSchema, body);
  if (!parsed.success) throw new CodedError('REQUEST_INVALID', { reason: problemsOf(parsed.error) });
  return parsed.data;
}

/** Further refusals of one token are counted only: whoever has an old token must not be able to fill the action log. */
const REFUSALS_ON_LOG = 10;
const REFUSED = {
  unknown: 'ENROLLMENT_TOKEN_INVALID',
  revoked: 'ENROLLMENT_TOKEN_REVOKED',
  expired: 'ENROLLMENT_TOKEN_EXPIRED',
  used: 'ENROLLMENT_TOKEN_USED',
} as const;

interface From {
  readonly ip: string;
  readonly at: Instant;
}

/**
 * Registers an endpoint's key under a token. Throws ENROLLMENT_TOKEN_INVALID, _REVOKED, _EXPIRED or _USED; or SIGNATURE_INVALID when
 * the key is none and ENROLLMENT_KEY_KNOWN when it is enrolled already, and then the token keeps its use.
 */
async function enroll(store: Store, request: EnrollRequest, from: From): Promise<EnrollResponse> {
  publicKeyOf(request.publicKey);
  const outcome = await store.db.transaction().execute(async (trx) => {
    const use = await useToken(trx, request.secret, from.at);
    if ('refused' in use) {
      await logRefusal(trx, use, from);
      return new CodedError(REFUSED[use.refused], 'id' in use ? { token: use.id } : {});
    }
    return addedEndpoint(trx, { request, use, from });
  });
  if (outcome instanceof CodedError) throw outcome;
  store.dirty.ring();
  store.feed.ring();
  return outcome;
}

/** A token that nobody made is not worth a line. */
async function logRefusal(db: Db, use: TokenUse, { at, ip }: From): Promise<void> {
  if (!('times' in use) || use.times > REFUSALS_ON_LOG) return;
  const { refused, id, times } = use;
  await appendAction(db, {
    at,
    actor: '',
    source: ip,
    action: 'endpoint.enroll-refused',
    subject: id,
    detail: { reason: refused, times, ...(times === REFUSALS_ON_LOG ? { further: 'counted only' } : {}) },
  });
}

interface Enrolling {
  readonly request: EnrollRequest;
  readonly use: { readonly id: string; readonly contractor: string | undefined };
  readonly from: From;
}

async function addedEndpoint(
  db: Db,
  { request: { hostname, publicKey, agent }, use, from: { at, ip } }: Enrolling,
): Promise<EnrollResponse> {
  const id = `ep-${randomBytes(6).toString('hex')}`;
  const contractor = use.contractor ?? id;
  const sameName = await namesakes(db, { contractor, hostname });
  // Thrown, so that the token gets its use back.
  const endpoint = { id, contractor, hostname, publicKey, agentVersion: agent, token: use.id };
  if (!(await addEndpoint(db, endpoint, at))) throw new CodedError('ENROLLMENT_KEY_KNOWN');
  await appendAction(db, {
    at,
    actor: `endpoint:${id}`,
    source: ip,
    action: 'endpoint.enroll',
    subject: id,
    detail: { contractor, hostname, token: use.id, ...(sameName.length === 0 ? {} : { sameName }) },
  });
  await markDirty(db, at, [{ scope: 'contractor', subject: contractor }]);
  await appendFeed(db, at, [
    { topic: 'endpoint', ref: id },
    { topic: 'contractor', ref: contractor },
  ]);
  return { endpoint: id, organizationKey: await organizationKey(db) };
}

export interface TokenRequest {
  readonly url: string;
  readonly pin?: string | undefined;
  readonly contractor?: string | undefined;
  readonly uses: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly at: Instant;
  /** Who asks, and by what way, for the action log. */
  readonly by?: Pick<Action, 'actor' | 'source'>;
}

/**
 * Makes an enrollment token, the one string to paste. It is stored hashed, so it is shown once. Only inside a transaction, for the
 * action log.
 */
export async function createToken(db: Db, request: TokenRequest): Promise<string> {
  const { text } = await makeToken(db, request);
  return text;
}

/** As `createToken`, with the id by which people speak of it. */
export async function makeToken(
  db: Db,
  request: TokenRequest,
): Promise<{ readonly id: string; readonly text: string }> {
  const { url, pin, contractor, uses, expiresAt, at, by = { actor: 'collector', source: '' } } = request;
  if (contractor !== undefined) z.parse(idSchema, contractor);
  const secret = randomBytes(32).toString('base64url');
  const expires = instant(expiresAt);
  const id = await addToken(db, { secret, contractor, uses, expiresAt: expires, createdBy: by.actor }, at);
  const detail = { uses, expires, ...(contractor === undefined ? {} : { contractor }) };
  await appendAction(db, { ...by, at, action: 'token.create', subject: id, detail });
  const token: EnrollmentToken = { url, ...(pin === undefined ? {} : { pin }), secret, expires };
  return { id, text: TOKEN_PREFIX + Buffer.from(JSON.stringify(token)).toString('base64url') };
}
