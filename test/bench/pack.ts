import { statSync } from 'node:fs';
import { join } from 'node:path';
import { receive } from '../../server/ingest/sealed-batch.ts';
import { startIngest } from '../../server/ingest/ingest.ts';
import { openLog } from '../../server/log.ts';
import { enrollEndpoint } from '../../server/store/endpoints.ts';
import { openStore } from '../../server/store/store.ts';
