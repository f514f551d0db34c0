import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import type { OidcSettings } from '../../server/oidc-config.ts';

export interface IdentityProvider extends AsyncDisposable {
  readonly settings: OidcSettings;
  /** Lets this collector's people in from now on. Before, nothing answers. */
  admit(collector: string): void;
}

/** Ada is in the group of analysts, ben in one that is mapped to nothing; whoever else is in none. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { ada: ['staff', 'soc'], ben: ['staff'] };

/** A real OpenID provider on loopback, whose sign-in page takes any password. */
export async function openIdentityProvider(): Promise<IdentityProvider> {
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    if (provider) void provider.callback()(request, response);
    else response.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  const settings: OidcSettings = {
    issuer,
    clientId: 'farhand',
    clientSecret: 'a secret of the test',
    label: 'Example ID',
    scope: 'openid profile email',
    roleClaim: 'groups',
    roles: { soc: 'analyst' },
  };
  return {
    settings,
    admit: (collector) => {
      provider = new Provider(issuer, {
        clients: [
          {
            client_id: settings.clientId,
            client_secret: settings.clientSecret ?? '',
            redirect_uris: [`${collector}/api/v1/sign-in/oidc/callback`],
          },
        ],
        claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
        findAccount: (_, id) => ({
          accountId: id,
          claims: async () => ({ sub: id, email: `${id}@example.com`, groups: GROUPS[id] }),
        }),
      });
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a browser does at the provider: follows redirects, signs in and agrees. Gives the address that leads back. */
export async function signInAt(begin: string, login: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = new URL(begin);
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 12; step += 1) {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body ? { method: 'POST', body } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    const page = await answer.text();
    body = undefined;
    if (location !== null) url = new URL(location, url);
    else if (page.includes('name="prompt" value="login"'))
      body = new URLSearchParams({ prompt: 'login', login, password: 'any' });
    else if (page.includes('name="prompt" value="consent"'))
      body = new URLSearchParams({ prompt: 'consent' });
    else throw new Error(`the provider said ${answer.status} ${page.slice(0, 500)}`);
    if (url.pathname.endsWith('/callback')) return url;
  }
  throw new Error('the provider never led back');
}
