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
import { FindingPage } from './pages/finding.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { QueuePage } from './pages/queue.tsx';
import { SignInPage, signInPath } from './pages/sign-in.tsx';
import { Skeleton } from './parts/states.tsx';

const EndpointPage = lazy(() =>
  import('./pages/endpoint.tsx').then((page) => ({ default: page.EndpointPage })),
);
const EndpointsPage = lazy(() =>
  import('./pages/endpoints.tsx').then((page) => ({ default: page.EndpointsPage })),
);
const TokensPage = lazy(() => import('./pages/tokens.tsx').then((page) => ({ default: page.TokensPage })));
const PlacePage = lazy(() => import('./pages/place.tsx').then((page) => ({ default: page.PlacePage })));
const PlacesPage = lazy(() => import('./pages/places.tsx').then((page) => ({ default: page.PlacesPage })));
const RulePage = lazy(() => import('./pages/rule.tsx').then((page) => ({ default: page.RulePage })));
const RulesPage = lazy(() => import('./pages/rules.tsx').then((page) => ({ default: page.RulesPage })));
const CoveragePage = lazy(() =>
  import('./pages/coverage.tsx').then((page) => ({ default: page.CoveragePage })),
);
const ExceptionPage = lazy(() =>
  import('./pages/exception.tsx').then((page) => ({ default: page.ExceptionPage })),
);
const ExceptionsPage = lazy(() =>
  import('./pages/exceptions.tsx').then((page) => ({ default: page.ExceptionsPage })),
);
const ExceptionRequestPage = lazy(() =>
  import('./pages/exception-request.tsx').then((page) => ({ default: page.ExceptionRequestPage })),
);

const AuditPage = lazy(() => import('./pages/audit.tsx').then((page) => ({ default: page.AuditPage })));

export function App() {
  const [client] = useState(() => newQueryClient(() => navigate(signInPath(), { replace: true })));
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route>
          <Frame>
            <Suspense fallback={<Skeleton />}>
              {' '}
              <Switch>
                <Route path="/" component={QueuePage} />
                <Route path="/findings/:id">{({ id }) => <FindingPage key={id} id={id} />}</Route>
                <Route path="/cases" component={CasesPage} />
                <Route path="/cases/:id">{({ id }) => <CasePage key={id} id={id} />}</Route>
                <Route path="/contractors" component={ContractorsPage} />
                <Route path="/contractors/:id">{({ id }) => <ContractorPage key={id} id={id} />}</Route>
                <Route path="/endpoints" component={EndpointsPage} />
                <Route path="/endpoints/tokens" component={TokensPage} />
                <Route path="/endpoints/:id">{({ id }) => <EndpointPage key={id} id={id} />}</Route>
                <Route path="/places" component={PlacesPage} />
                <Route path="/places/:id">{({ id }) => <PlacePage key={id} id={placeIn(id)} />}</Route>
                <Route path="/rules" component={RulesPage} />
                <Route path="/rules/coverage" component={CoveragePage} />
                <Route path="/rules/:id">{({ id }) => <RulePage key={id} id={id} />}</Route>
                <Route path="/exceptions" component={ExceptionsPage} />
                <Route path="/exceptions/new" component={ExceptionRequestPage} />
                <Route path="/exceptions/:id">{({ id }) => <ExceptionPage key={id} id={id} />}</Route>
                <Route path="/audit" component={AuditPage} />
                <Route component={NotFoundPage} />
              </Switch>
            </Suspense>
          </Frame>
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}

/** Ids of places hold colons and slashes, which stay encoded in the address. */
function placeIn(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
