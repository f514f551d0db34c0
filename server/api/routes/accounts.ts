import {
  accountChangeSchema,
  accountSchema,
  accountsSchema,
  madeLinkSchema,
  newAccountSchema,
} from '../../../shared/api/account.ts';
import { instant, millis } from '../../../shared/time.ts';
import { accounts, changeAccount, existingAccount, makeAccount } from '../../store/accounts.ts';
import { LINK_MS, linkFor } from '../../store/sign-in-links.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

const JSON_TYPE = 'application/json';
const CHANGING = { method: 'post', open: false, right: 'administer', personal: true } as const;

export const accountRoutes: readonly Route[] = [
  reads({
    path: '/accounts',
    summary: 'Who may sign in, as what, and when they last did',
    right: 'administer',
    query: NO_QUERY,
    response: accountsSchema,
    answer: async ({ api }) => ({ accounts: await accounts(api.store.db) }),
  }),
  {
    ...CHANGING,
    path: '/accounts',
    summary: 'Makes an account; a link lets its person in',
    body: newAccountSchema,
    response: { schema: accountSchema, mediaType: JSON_TYPE },
    run: make,
  },
  {
    ...CHANGING,
    path: '/accounts/:name',
    summary: 'Gives an account another role, disables or enables it; both count at once',
    body: accountChangeSchema,
    response: { schema: accountSchema, mediaType: JSON_TYPE },
    run: change,
  },
  {
    ...CHANGING,
    path: '/accounts/:name/link',
    summary: 'Makes a link that signs this account in once, within 30 minutes',
    response: { schema: madeLinkSchema, mediaType: JSON_TYPE },
    run: link,
  },
];

async function make(incoming: Incoming): Promise<Response> {
  const wanted = await parsedBody(newAccountSchema, incoming.request);
  const by = byOf(incoming);
  const { db } = incoming.api.store;
  return Response.json(await db.transaction().execute((trx) => makeAccount(trx, wanted, by)));
}

async function change(incoming: Incoming): Promise<Response> {
  const wanted = await parsedBody(accountChangeSchema, incoming.request);
  const changing = { change: wanted, by: byOf(incoming) };
  const name = incoming.params['name'] ?? '';
  const { db } = incoming.api.store;
  return Response.json(await db.transaction().execute((trx) => changeAccount(trx, name, changing)));
}

async function link(incoming: Incoming): Promise<Response> {
  const { api } = incoming;
  const by = byOf(incoming);
  const token = await api.store.db.transaction().execute(async (trx) => {
    const { name } = await existingAccount(trx, incoming.params['name'] ?? '');
    return linkFor(trx, { account: name }, by);
  });
  const expiresAt = instant(millis(by.at) + LINK_MS);
  return Response.json({ url: `${api.publicUrl()}/sign-in#${token}`, expiresAt });
}
