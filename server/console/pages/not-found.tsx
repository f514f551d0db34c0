import { Link } from 'wouter';
import { PageHead } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageHead title="No such page" />
      <Empty title="There is nothing under this address.">
        <p>
          <Link href="/">Go to the queue</Link>
        </p>
      </Empty>
    </>
  );
}
