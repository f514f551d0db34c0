import { QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import type { Right } from '../../shared/account.ts';
import { newQueryClient } from './data/queries.ts';
import { Frame } from './frame/frame.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { QueuePage } from './pages/queue.tsx';
import { SignInPage, signInPath } from './pages/sign-in.tsx';
import { Allowed } from './parts/allowed.tsx';
import { Skeleton } from './parts/states.tsx';

/** The pages by path. All but the queue, where everybody begins, are loaded when they are first gone to. */
const PAGES: readonly (readonly [string, ComponentType])[] = [
  ['/', QueuePage],
  ['/cases', page(async () => (await import('./pages/cases.tsx')).CasesPage)],
  ['/contractors', page(async () => (await import('./pages/contractors.tsx')).ContractorsPage)],
  ['/endpoints', page(async () => (await import('./pages/endpoints.tsx')).EndpointsPage)],
  ['/endpoints/tokens', page(async () => (await import('./pages/tokens.tsx')).TokensPage)],
  ['/places', page(async () => (await import('./pages/places.tsx')).PlacesPage)],
  ['/rules', page(async () => (await import('./pages/rules.tsx')).RulesPage)],
  ['/rules/coverage', page(async () => (await import('./pages/coverage.tsx')).CoveragePage)],
  ['/exceptions', page(async () => (await import('./pages/exceptions.tsx')).ExceptionsPage)],
  ['/account', page(async () => (await import('./pages/account.tsx')).AccountPage)],
  ['/help', page(async () => (await import('./pages/help.tsx')).HelpPage)],
  ['/overview', page(async () => (await import('./pages/overview.tsx')).OverviewPage)],
  ['/admin/roster', page(async () => (await import('./pages/admin/roster.tsx')).AdminRosterPage)],
  ['/admin/accounts', page(async () => (await import('./pages/admin/accounts.tsx')).AdminAccountsPage)],
  ['/admin/collector', page(async () => (await import('./pages/admin/setup.tsx')).AdminCollectorPage)],
  ['/admin/actions', page(async () => (await import('./pages/admin/action-log.tsx')).ActionLogPage)],
  [
    '/audit',
    only(
      'audit',
      'Audit',
      page(async () => (await import('./pages/audit.tsx')).AuditPage),
    ),
  ],
  [
    '/exceptions/new',
    only(
      'triage',
      'Ask for an exception',
      page(async () => (await import('./pages/exception-request.tsx')).ExceptionRequestPage),
    ),
  ],
];

/** Pages of one thing: `/endpoints/:id`. */
const PAGES_OF_ONE: readonly (readonly [string, ComponentType<{ readonly id: string }>])[] = [
  ['/findings', page(async () => (await import('./pages/finding.tsx')).FindingPage)],
  ['/cases', page(async () => (await import('./pages/case.tsx')).CasePage)],
  ['/contractors', page(async () => (await import('./pages/contractor.tsx')).ContractorPage)],
  ['/endpoints', page(async () => (await import('./pages/endpoint.tsx')).EndpointPage)],
  ['/places', page(async () => (await import('./pages/place.tsx')).PlacePage)],
  ['/rules', page(async () => (await import('./pages/rule.tsx')).RulePage)],
  ['/exceptions', page(async () => (await import('./pages/exception.tsx')).ExceptionPage)],
];

export function App() {
  const [client] = useState(() => newQueryClient(() => navigate(signInPath(), { replace: true })));
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route>
          <Frame>
            <Suspense fallback={<Skeleton rows={12} />}>
              <Switch>
                {PAGES.map(([path, Page]) => (
                  <Route key={path} path={path} component={Page} />
                ))}
                {PAGES_OF_ONE.map(([path, Page]) => (
                  <Route key={path} path={`${path}/:id`}>
                    {({ id }) => <Page key={id} id={decoded(id)} />}
                  </Route>
                ))}
                <Route path="/admin">
                  <Redirect to="/admin/roster" replace />
                </Route>
                <Route component={NotFoundPage} />
              </Switch>
            </Suspense>
          </Frame>
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}

function page<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await load() }));
}

function only(right: Right, title: string, Page: ComponentType): ComponentType {
  return () => (
    <Allowed right={right} title={title}>
      <Page />
    </Allowed>
  );
}

/** Ids are written into addresses encoded: those of places hold colons and slashes, those of people may be mail addresses. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
