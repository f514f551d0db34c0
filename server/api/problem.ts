import type { Problem } from '../../shared/api.ts';
import { type CodedError, ERRORS } from '../../shared/errors.ts';

/** What a client may know of an error. Of a defect or a broken store it learns the code alone; the log has the rest. */
export function problemOf(error: CodedError): Problem {
  const { hint, http } = ERRORS[error.code];
  if (http >= 500) return { code: error.code, message: error.code, hint };
  return {
    code: error.code,
    message: error.message,
    hint,
    ...(Object.keys(error.context).length === 0 ? {} : { context: error.context }),
  };
}

export function problemResponse(error: CodedError): Response {
  return Response.json(problemOf(error), { status: ERRORS[error.code].http });
}
