import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../data/queries.ts';

/** Where places come from, with the link that the data's license asks for. */
export function Attribution() {
  const { data: status } = useQuery(statusQuery);
  if (!status) return null;
  const { description, attribution } = status.geo;
  return (
    <footer className="attribution">
      Places: {description}
      {attribution && (
        <>
          {' · '}
          <a href={attribution.url} rel="noreferrer" target="_blank">
            {attribution.text}
          </a>
        </>
      )}
    </footer>
  );
}
