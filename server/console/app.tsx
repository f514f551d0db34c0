import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Route, Switch } from 'wouter';
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

const AuditPage = lazy(() => import('./pages/audit.tsx').then((page) => ({ default: page.AuditPage })));

export function App() {
  const [client] = useState(() => newQueryClient(() => navigate(signInPath(), { replace: true })));
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route>
          <Frame>
            <Switch>
              <Route path="/" component={QueuePage} />
              <Route path="/findings/:id">{({ id }) => <FindingPage key={id} id={id} />}</Route>
              <Route path="/cases" component={CasesPage} />
              <Route path="/cases/:id">{({ id }) => <CasePage key={id} id={id} />}</Route>
              <Route path="/contractors" component={ContractorsPage} />
              <Route path="/contractors/:id">{({ id }) => <ContractorPage key={id} id={id} />}</Route>
              <Route path="/endpoints" component={EndpointsPage} />
              <Route path="/endpoints/:id">{({ id }) => <EndpointPage key={id} id={id} />}</Route>
              <Route path="/audit">
                <Suspense fallback={<Skeleton />}>
                  <AuditPage />
                </Suspense>
              </Route>
              <Route component={NotFoundPage} />
            </Switch>
          </Frame>
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}
