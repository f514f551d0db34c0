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
import type { Mirror } from '../../shared/mirror.ts';
import { problemsOf } from '../../shared/problems.ts';
import { type Instant, instant } from '../../shared/time.ts';
import { problemResponse } from '../api/problem.ts';
import type { Clock } from '../clock.ts';
import { publicKeyOf } from '../ingest/verify.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import { markDirty } from '../store/dirty.ts';
import { addEndpoint } from '../store/endpoints.ts';
import { appendFeed } from '../store/feed.ts';
import { organizationKey } from '../store/meta.ts';
import type { Db, Store } from '../store/store.ts';
import { addToken, useToken } from '../store/tokens.ts';
import { rateLimit } from './admission.ts';

export interface EnrollmentOptions {
  readonly store: Store;
  /** Told to every endpoint that enrolls. */
  readonly mirrors: readonly Mirror[];
  readonly clock: Clock;
  readonly log: Log;
}

/** `POST /enroll`: a token's secret and a public key in, an endpoint's id and the organization key out. */
export function enrollmentEndpoint({
  store,
  mirrors,
  clock,
  log,
}: EnrollmentOptions): (request: Request, ip: string) => Promise<Response> {
  const attempts = rateLimit({ burst: 200, perSecond: 5, maxKeys: 10_000, clock: () => performance.now() });
  return async (request, ip) => {
    try {
      if (request.method !== 'POST') throw new CodedError('NOT_FOUND');
      if (!attempts.take(ip)) throw new CodedError('TOO_MANY_REQUESTS');
      const enrolled = await enroll(store, await readRequest(request), { ip, at: instant(clock()) });
      const response: EnrollResponse = {
        ...enrolled,
        ...(mirrors.length === 0 ? {} : { mirrors: [...mirrors] }),
      };
      log.info({ endpointId: response.endpoint, ip }, 'endpoint enrolled');
      return Response.json(response, { status: 201 });
    } catch (thrown) {
      const error = codedError(thrown);
      log[error.kind.level]({ code: error.code, ip, err: error }, 'enrollment refused');
      return problemResponse(error);
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

/**
 * Registers an endpoint's key under a token. Throws ENROLLMENT_TOKEN_INVALID, _EXPIRED or _USED, or SIGNATURE_INVALID when the
 * key is none; then the token keeps its use.
 */
async function enroll(
  store: Store,
  request: EnrollRequest,
  from: { readonly ip: string; readonly at: Instant },
): Promise<EnrollResponse> {
  const { at, ip } = from;
  publicKeyOf(request.publicKey);
  const id = `ep-${randomBytes(6).toString('hex')}`;
  const response = await store.db.transaction().execute(async (trx) => {
    const token = await useToken(trx, request.secret, at);
    const contractor = token.contractor ?? id;
    const { hostname, publicKey, agent: agentVersion } = request;
    await addEndpoint(trx, { id, contractor, hostname, publicKey, agentVersion }, at);
    await appendAction(trx, {
      at,
      actor: `endpoint:${id}`,
      source: ip,
      action: 'endpoint.enroll',
      subject: id,
      detail: { contractor, hostname },
    });
    await markDirty(trx, at, [{ scope: 'contractor', subject: contractor }]);
    await appendFeed(trx, at, [
      { topic: 'endpoint', ref: id },
      { topic: 'contractor', ref: contractor },
    ]);
    return { endpoint: id, organizationKey: await organizationKey(trx) };
  });
  store.dirty.ring();
  store.feed.ring();
  return response;
}

export interface TokenRequest {
  readonly url: string;
  readonly pin?: string | undefined;
  readonly contractor?: string | undefined;
  readonly uses: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly at: Instant;
}

/** Makes an enrollment token: the one string to paste. It is stored hashed, so it is shown once. */
export async function createToken(
  db: Db,
  { url, pin, contractor, uses, expiresAt, at }: TokenRequest,
): Promise<string> {
  if (contractor !== undefined) z.parse(idSchema, contractor);
  const secret = randomBytes(32).toString('base64url');
  const expires = instant(expiresAt);
  await addToken(db, { secret, contractor, uses, expiresAt: expires }, at);
  const token: EnrollmentToken = { url, ...(pin === undefined ? {} : { pin }), secret, expires };
  return TOKEN_PREFIX + Buffer.from(JSON.stringify(token)).toString('base64url');
}
