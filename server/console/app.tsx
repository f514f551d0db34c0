import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { newQueryClient } from './data/queries.ts';
import { Frame } from './frame/frame.tsx';
import { CasePage } from './pages/case.tsx';
import { CasesPage } from './pages/cases.tsx';
import { ContractorPage } from './pages/contractor.tsx';
import { ContractorsPage } from './pages/contractors.tsx';
import { EndpointPage } from './pages/endpoint.tsx';
import { EndpointsPage } from './pages/endpoints.tsx';
import { FindingPage } from './pages/finding.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { QueuePage } from './pages/queue.tsx';
import { SignInPage, signInPath } from './pages/sign-in.tsx';
import { Skeleton } from './parts/states.tsx';

const OverviewPage = lazy(() =>
  import('./pages/overview.tsx').then((page) => ({ default: page.OverviewPage })),
);
const AdminRosterPage = lazy(() =>
  import('./pages/admin/roster.tsx').then((page) => ({ default: page.AdminRosterPage })),
);
const AdminAccountsPage = lazy(() =>
  import('./pages/admin/accounts.tsx').then((page) => ({ default: page.AdminAccountsPage })),
);
const ActionLogPage = lazy(() =>
  import('./pages/admin/action-log.tsx').then((page) => ({ default: page.ActionLogPage })),
);
const AdminCollectorPage = lazy(() =>
  import('./pages/admin/setup.tsx').then((page) => ({ default: page.AdminCollectorPage })),
);
const AccountPage = lazy(() =>
  import('./pages/account.tsx').then(({ AccountPage }) => ({ default: AccountPage })),
);

export function App() {
  const [client] = useState(() => newQueryClient(() => navigate(signInPath(), { replace: true })));
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route>
          <Frame>
            <Suspense fallback={<Skeleton />}>
              <Switch>
                <Route path="/" component={QueuePage} />
                <Route path="/overview" component={OverviewPage} />
                <Route path="/admin">
                  <Redirect to="/admin/roster" replace />
                </Route>
                <Route path="/admin/roster" component={AdminRosterPage} />
                <Route path="/admin/accounts" component={AdminAccountsPage} />
                <Route path="/admin/collector" component={AdminCollectorPage} />
                <Route path="/admin/actions" component={ActionLogPage} />
                <Route path="/findings/:id">{({ id }) => <FindingPage key={id} id={id} />}</Route>
                <Route path="/cases" component={CasesPage} />
                <Route path="/cases/:id">{({ id }) => <CasePage key={id} id={id} />}</Route>
                <Route path="/contractors" component={ContractorsPage} />
                <Route path="/contractors/:id">{({ id }) => <ContractorPage key={id} id={id} />}</Route>
                <Route path="/endpoints" component={EndpointsPage} />
                <Route path="/endpoints/:id">{({ id }) => <EndpointPage key={id} id={id} />}</Route>
                <Route path="/account" component={AccountPage} />
                <Route component={NotFoundPage} />
              </Switch>
            </Suspense>
          </Frame>
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}
