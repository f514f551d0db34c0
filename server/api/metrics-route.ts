import { CodedError } from '../../shared/errors.ts';
import { METRICS_TYPE } from '../metrics.ts';
import { bearerOf, callerOf, requireRight } from './auth.ts';
import type { Api } from './options.ts';

/** `GET /metrics`: for whoever is on this machine, unless proxies speak for others, and for API tokens that may read. */
export async function metricsAnswer(api: Api, request: Request): Promise<Response> {
  const { metrics } = api;
  if (!metrics) throw new CodedError('NOT_FOUND', { path: '/metrics' });
  if (bearerOf(request) !== undefined || !metrics.fromLoopback || !isLoopback(api.clientAddress(request)))
    requireRight(await callerOf(api, request, false), 'read');
  const text = await metrics.of.text({ feedReaders: api.readers.size });
  return new Response(text, { headers: { 'content-type': METRICS_TYPE } });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}
