import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { statusQuery } from '../data/queries.ts';

/** Where places come from, with the links that the licenses of the data ask for. */
export function Attribution() {
  const { data: status } = useQuery(statusQuery);
  if (!status) return null;
  const { description, attributions } = status.geo;
  return (
    <footer className="attribution">
      Places: {description}
      {attributions.map(({ text, url }) => (
        <Fragment key={url}>
          {' · '}
          <a href={url} rel="noreferrer" target="_blank">
            {text}
          </a>
        </Fragment>
      ))}
    </footer>
  );
}
