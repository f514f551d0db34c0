import { DAY, instant, millis } from '../../shared/time.ts';

export function dayAfter(day: string): string {
  return instant(millis(`${day}T00:00:00.000Z`) + DAY).slice(0, 10);
}
