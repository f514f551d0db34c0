import type { Collector } from '../../server/collector.ts';
import type { Role } from '../../shared/account.ts';
import { exportsSchema } from '../../shared/api/exports.ts';
import { findingsPageSchema } from '../../shared/api/findings.ts';
import { type TriageRequest, triageStateSchema } from '../../shared/api/triage.ts';
import { casesPageSchema } from '../../shared/api.ts';
import { type ChangeRequest, proposalSchema } from '../../shared/proposal.ts';
import { DAY, instant } from '../../shared/time.ts';
import { until } from '../support/until.ts';

/** What invented analysts did before somebody looks: triage, requests that two people decide on, tokens, an audit pack. */
export async function letPeopleWork(collector: Collector): Promise<void> {
  const [demo, robin, alex, audrey] = await Promise.all([
    signIn(collector, 'demo', 'admin'),
    signIn(collector, 'robin', 'analyst'),
    signIn(collector, 'alex', 'analyst'),
    signIn(collector, 'audrey', 'auditor'),
    signIn(collector, 'vivian', 'viewer'),
  ]);
  await triage(robin, alex);
  await exceptions(robin, alex);
  await demo.post('/tokens', { contractor: 'ada', uses: 1, hours: 72 });
  await demo.post('/tokens', { uses: 25, hours: 24 });
  await demo.post('/api-tokens', {
    name: 'Ticket system',
    scopes: ['read', 'triage'],
    expiresAt: instant(Date.now() + 90 * DAY),
  });
  await robin.post('/saved-filters', {
    name: 'Critical, not taken',
    query: 'severity=critical&assignee=none',
  });
  await exportPack(audrey);
}

async function triage(robin: Person, alex: Person): Promise<void> {
  const { cases } = casesPageSchema.parse(await robin.get('/cases'));
  const story = cases.find(({ contractors }) => contractors.includes('cole'));
  if (story) {
    await step(robin, `/cases/${story.id}`, { version: 0, assign: 'robin', status: 'investigating' });
    await step(alex, `/cases/${story.id}`, {
      version: 1,
      note: 'The supplier confirms that all three laptops went to the same street in Phoenix. Calling the contractors before we decide.',
    });
    await step(robin, `/cases/${story.id}`, {
      version: 2,
      note: 'Two of three do not pick up; the third has no camera.',
    });
  }
  const { findings } = findingsPageSchema.parse(await robin.get('/findings?outcome=open'));
  const shared = findings.find(({ rule }) => rule === 'shared-egress');
  if (shared) {
    await step(robin, `/findings/${shared.id}`, { version: 0, assign: 'robin' });
    await step(alex, `/findings/${shared.id}`, {
      version: 1,
      note: 'One household by the look of it, but nobody declared a shared site.',
    });
  }
  const explained = findings.find(({ contractors }) => contractors.includes('lou'));
  if (explained) {
    await step(alex, `/findings/${explained.id}`, {
      version: 0,
      assign: 'alex',
      decision: 'benign',
      reason: 'A presentation tool of the team; it was asked about and is gone since.',
    });
  }
}

async function step(by: Person, path: string, request: TriageRequest): Promise<void> {
  triageStateSchema.parse(await by.post(`${path}/triage`, request));
}

async function exceptions(robin: Person, alex: Person): Promise<void> {
  const now = Date.now();
  const permission = (contractor: string, permits: object, days: number): ChangeRequest => ({
    change: {
      kind: 'exception',
      permission: { contractor, ...permits, from: instant(now - 30 * DAY), until: instant(now + days * DAY) },
    },
    reason: 'Agreed with the project lead, see the order of this quarter.',
  });
  const approved = proposalSchema.parse(
    await robin.post('/proposals', permission('noel', { country: 'US' }, 45)),
  );
  await alex.post(`/proposals/${approved.id}/decision`, {
    decide: 'approve',
    reason: 'The travel is in the calendar; ends with it.',
  });
  await alex.post('/proposals', permission('dana', { tool: 'rustdesk' }, 14));
  await robin.post('/proposals', {
    change: { kind: 'settings', rule: 'several-remote-tools', settings: { vendors: 3 } },
    reason: 'Two vendors are usual where the help desk changes over.',
  });
}

async function exportPack(audrey: Person): Promise<void> {
  const now = Date.now();
  await audrey.post('/exports', {
    from: instant(now - 30 * DAY),
    to: instant(now),
    contractors: [],
    endpoints: [],
    cases: [],
    redact: false,
  });
  await until(async () => {
    const { exports } = exportsSchema.parse(await audrey.get('/exports'));
    return exports.every(({ status }) => status !== 'running');
  });
}

interface Person {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

async function signIn(collector: Collector, account: string, role: Role): Promise<Person> {
  const api = `${collector.url}/api/v1`;
  const token = new URL(await collector.signInLink(account, role)).hash.slice(1);
  const ask = async (path: string, init: RequestInit, cookie = '') => {
    const headers = { 'content-type': 'application/json', origin: collector.url, cookie };
    const answer = await fetch(api + path, { ...init, headers });
    if (!answer.ok) throw new Error(`${account}: ${path} answered ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const signedIn = await ask('/sign-in', { method: 'POST', body: JSON.stringify({ token }) });
  const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
  return {
    get: async (path) => (await ask(path, {}, cookie)).json(),
    post: async (path, body) =>
      (await ask(path, { method: 'POST', body: JSON.stringify(body) }, cookie)).json(),
  };
}
