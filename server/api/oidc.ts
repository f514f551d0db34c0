import * as oidc from 'openid-client';
import type { Role } from '../../shared/account.ts';
import { CodedError } from '../../shared/errors.ts';
import { SECOND } from '../../shared/time.ts';
import type { OidcSettings } from '../oidc-config.ts';
import type { Identity } from '../store/accounts.ts';

/** Somebody whom the identity provider vouches for. */
export interface Vouched {
  readonly identity: Identity;
  /** What they could be called here, best first. */
  readonly names: readonly string[];
  /** The role that the provider's claim maps to. */
  readonly role: Role | undefined;
  /** The role of whoever comes for the first time without one. */
  readonly roleOfNew: Role | undefined;
}

/** What has to come back unchanged from the provider. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** An OpenID Connect provider: authorization code with PKCE. It is asked for nothing before somebody wants to sign in. */
export interface SignInProvider {
  readonly label: string;
  /** Where to send the browser. Throws PROVIDER_UNAVAILABLE. */
  begin(redirectUri: string): Promise<{ readonly url: URL; readonly flow: Flow }>;
  /** Who came back with this address. Throws PROVIDER_UNAVAILABLE, PROVIDER_REFUSED. */
  finish(returnedTo: URL, flow: Flow): Promise<Vouched>;
}

const TIMEOUT_SECONDS = 10;
/** A provider that was down is asked again after so long, so that a crowd does not ask it for each. */
const RETRY_MS = 5 * SECOND;

export function oidcProvider(settings: OidcSettings): SignInProvider {
  const discovered = discovery(settings);
  return {
    label: settings.label,
    begin: async (redirectUri) => {
      const config = await discovered();
      const flow = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      });
      return { url, flow };
    },
    finish: async (returnedTo, flow) => {
      const config = await discovered();
      try {
        const claims = await claimsOf(config, returnedTo, { flow, roleClaim: settings.roleClaim });
        return vouched(claims, settings);
      } catch (cause) {
        throw new CodedError(isOutage(cause) ? 'PROVIDER_UNAVAILABLE' : 'PROVIDER_REFUSED', {}, { cause });
      }
    },
  };
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

function discovery({ issuer, clientId, clientSecret }: OidcSettings): () => Promise<oidc.Configuration> {
  let config: Promise<oidc.Configuration> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  const url = new URL(issuer);
  const discover = () =>
    oidc.discovery(
      url,
      clientId,
      undefined,
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // The configuration allows http on loopback alone.
        ...(url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {}),
      },
    );
  return async () => {
    if (!config && performance.now() - failedAt < RETRY_MS) throw new CodedError('PROVIDER_UNAVAILABLE');
    config ??= discover();
    try {
      return await config;
    } catch (cause) {
      config = undefined;
      failedAt = performance.now();
      throw new CodedError('PROVIDER_UNAVAILABLE', { issuer }, { cause });
    }
  };
}

/** Of the ID token, and of the user info where the token does not hold the role. */
async function claimsOf(
  config: oidc.Configuration,
  returnedTo: URL,
  { flow, roleClaim }: { readonly flow: Flow; readonly roleClaim: string },
): Promise<Claims> {
  const tokens = await oidc.authorizationCodeGrant(config, returnedTo, {
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    pkceCodeVerifier: flow.verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new CodedError('PROVIDER_REFUSED');
  if (valuesOf(claims, roleClaim).length > 0 || !config.serverMetadata().userinfo_endpoint) return claims;
  return { ...(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
}

function vouched(claims: Claims, { roleClaim, roles }: OidcSettings): Vouched {
  const values = valuesOf(claims, roleClaim);
  const [mapped] = Object.entries(roles).filter(([value]) => value !== EVERYBODY && values.includes(value));
  const email = claims['email_verified'] === false ? undefined : claims['email'];
  const names = [email, claims['preferred_username']].filter((name) => typeof name === 'string');
  return {
    identity: { issuer: claims.iss, subject: claims.sub },
    names,
    role: mapped?.[1],
    roleOfNew: roles[EVERYBODY],
  };
}

/** In `roles`: whomever the provider lets in. */
const EVERYBODY = '*';

/** A claim by its name, or by a path such as `realm_access.roles`; one value or a list. */
function valuesOf(claims: Readonly<Record<string, unknown>>, claim: string): readonly string[] {
  const value = claims[claim] ?? claim.split('.').reduce(partOf, claims);
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}

function partOf(value: unknown, part: string): unknown {
  const parts = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return parts.find(([name]) => name === part)?.[1];
}

/** fetch tells a network that failed as TypeError; a provider that took too long has a code. */
function isOutage(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT');
}
