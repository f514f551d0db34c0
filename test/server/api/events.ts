/** One server-sent event as it came. */
export interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

export interface Events {
  /** The next events, `count` of them; fewer when the stream ends. Comments and `retry` are left out. */
  take(count: number): Promise<Event[]>;
  /** Events up to and with the first that is meant; all when the stream ends before. */
  takeUntil(meant: (event: Event) => boolean): Promise<Event[]>;
  /** Everything until the stream ends. */
  rest(): Promise<Event[]>;
  /** Resolves with the next piece of text that is not an event. */
  comment(): Promise<string>;
  close(): Promise<void>;
}

/** Reads an event stream as a browser does. */
export function eventsOf(answer: Response): Events {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('the answer has no body');
  let text = '';
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  const take = async (count: number): Promise<Event[]> => {
    const events: Event[] = [];
    while (events.length < count) {
      const found = await block();
      if (found === undefined) break;
      const event = eventOf(found);
      if (event) events.push(event);
    }
    return events;
  };
  return {
    take,
    takeUntil: async (meant) => {
      const events: Event[] = [];
      for (;;) {
        const [event] = await take(1);
        if (event) events.push(event);
        if (!event || meant(event)) return events;
      }
    },
    rest: () => take(Number.POSITIVE_INFINITY),
    comment: async () => {
      for (;;) {
        const found = await block();
        if (found === undefined) throw new Error('the stream ended');
        if (!eventOf(found)) return found;
      }
    },
    close: () => reader.cancel(),
  };
}

function eventOf(block: string): Event | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const data = fields.get('data');
  return data === undefined
    ? undefined
    : { event: fields.get('event') ?? 'message', id: fields.get('id'), data };
}
